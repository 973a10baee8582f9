"""Each handler takes its sample event and does the one thing it is named for."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from billing import paper, wiring
from billing.domain.errors import InvalidInputError, UnavailableError
from billing.ports import Write
from billing.records_letters import HEAD, key_of
from billing.usecases import orders
from tests.handlers.conftest import EVENTS, event
from tests.usecases.house import House

Call = Callable[..., Any]
ACCOUNT = "c-000123"
NOTHING_FAILED = {"batchItemFailures": []}
FUNCTIONS = sorted(p.parent.name for p in (EVENTS.parent / "functions").glob("*/app.py"))


def bodies(house: House, queue: str) -> list[Any]:
    return [message for name, message in house.queue.sent if name == queue]


def failed(answer: dict[str, Any]) -> list[str]:
    return [item["itemIdentifier"] for item in answer["batchItemFailures"]]


def changed(name: str, n: int = 0, **body: Any) -> Any:
    """A sample event with one record's body changed."""
    said = event(name)
    said["Records"][n]["body"] = json.dumps({**json.loads(said["Records"][n]["body"]), **body})
    return said


def test_there_is_a_sample_event_for_each_function_of_the_night():
    night = {"take_from_crm", "close_month", "issue_documents", "send_letter", "track_letters", "sweep"}

    assert night <= set(FUNCTIONS)
    assert all((EVENTS / f"{name}.json").exists() for name in night)


def test_messages_of_the_crm_become_rows(house: House, call: Call):
    answer = call("take_from_crm", event("take_from_crm"))

    assert answer == NOTHING_FAILED
    assert house.balance(ACCOUNT) == 450_000
    assert house.store.get("customers", ACCOUNT)


def test_a_wrong_message_is_no_failure_of_its_batch(house: House, call: Call):
    answer = call("take_from_crm", changed("take_from_crm", 2, amount=-1))

    assert answer == NOTHING_FAILED
    assert house.refused() == ["amount: Input should be greater than 0"]
    (dead,) = bodies(house, "crm-dead-letters")
    assert (dead["group"], dead["outcome"]) == (ACCOUNT, "refused")


def test_a_database_that_is_away_sends_back_the_rest_of_the_group_in_order(house: House, call: Call):
    """A later message of an account must not overtake an earlier one."""
    write, calls = house.store.tx, iter([True, False])

    def tx(writes: Any) -> None:
        if not next(calls, True):
            raise UnavailableError("busy")
        write(writes)

    house.store.tx = tx  # type: ignore[method-assign]
    said = event("take_from_crm")

    answer = call("take_from_crm", said)

    records = said["Records"]
    assert failed(answer) == [r["messageId"] for r in records[1:]]
    assert call("take_from_crm", {"Records": records[1:]}) == NOTHING_FAILED
    assert house.balance(ACCOUNT) == 450_000


def test_a_batch_of_which_every_message_must_wait_is_no_error_of_the_function(house: House, call: Call):
    def tx(writes: Any) -> None:
        raise UnavailableError("busy")

    house.store.tx = tx  # type: ignore[method-assign]
    said = event("take_from_crm")

    assert failed(call("take_from_crm", said)) == [record["messageId"] for record in said["Records"]]


def test_the_schedule_queues_every_account_of_the_past_month(house: House, call: Call):
    call("take_from_crm", event("take_from_crm"))

    answer = call("close_month", event("close_month"))

    assert answer == {"month": "2026-01", "queued": True}
    assert bodies(house, "issue-documents") == [{"month": "2026-01", "accounts": [ACCOUNT]}]


def test_a_preview_answers_with_the_papers_and_writes_nothing(house: House, call: Call):
    call("take_from_crm", event("take_from_crm"))
    before = house.everything()

    answer = call("close_month", event("close_month.preview"))

    assert [d["total"] for d in answer["documents"]] == ["5500.00", "1000.00"]
    assert house.everything() == before
    assert bodies(house, "issue-documents") == []


def test_a_forced_closing_names_its_accounts(house: House, call: Call):
    call("take_from_crm", event("take_from_crm"))

    call("close_month", event("close_month.forced"))

    assert bodies(house, "issue-documents") == [{"month": "2026-01", "accounts": [ACCOUNT], "forced": True}]


def test_a_request_that_is_not_understood_is_an_error_that_the_console_shows(house: House, call: Call):
    with pytest.raises(InvalidInputError, match="unknown fields: monht"):
        call("close_month", {"monht": "2026-01"})


def test_a_batch_of_accounts_is_issued_and_its_letters_queued(house: House, call: Call):
    call("take_from_crm", event("take_from_crm"))

    answer = call("issue_documents", event("issue_documents"))

    assert answer == NOTHING_FAILED
    assert house.acts(ACCOUNT) == [550_000]
    assert len(bodies(house, "send-letter")) == 3


def test_a_batch_with_a_failed_account_comes_back_and_the_third_time_is_parked(
    house: House, call: Call, monkeypatch: pytest.MonkeyPatch
):
    def boom(document: Any, images: Any) -> bytes:
        raise ZeroDivisionError("boom")

    monkeypatch.setattr(paper, "draw", boom)
    call("take_from_crm", event("take_from_crm"))
    said = event("issue_documents")

    assert len(failed(call("issue_documents", said))) == 1
    assert house.parked() == {}
    said["Records"][0]["attributes"]["ApproximateReceiveCount"] = "3"
    assert call("issue_documents", said) == NOTHING_FAILED
    assert house.parked() == {ACCOUNT: "ZeroDivisionError: boom"}


def test_a_letter_is_sent_to_its_address(house: House, call: Call):
    call("take_from_crm", event("take_from_crm"))
    call("issue_documents", event("issue_documents"))

    assert call("send_letter", event("send_letter")) == NOTHING_FAILED

    assert house.addresses() == ["anna@romashka.example"]


def test_a_throttled_letter_comes_back_alone(house: House, call: Call):
    call("take_from_crm", event("take_from_crm"))
    call("issue_documents", event("issue_documents"))
    send, calls = house.mailer.send, iter([True])

    def throttled(*letter: Any, **how: Any) -> str:
        if next(calls, False):
            raise UnavailableError("slow down")
        return send(*letter, **how)

    house.mailer.send = throttled  # type: ignore[method-assign]
    said = event("send_letter")
    other = json.loads(json.dumps(said["Records"][0]))
    other["messageId"] = "other"
    other["body"] = json.dumps(next(m for m in bodies(house, "send-letter") if m != json.loads(other["body"])))
    said["Records"].append(other)

    answer = call("send_letter", said)

    assert failed(answer) == [said["Records"][0]["messageId"]]
    assert len(house.addresses()) == 1


def test_an_event_of_the_mail_service_moves_the_state(house: House, call: Call):
    call("take_from_crm", event("take_from_crm"))
    call("issue_documents", event("issue_documents"))
    call("send_letter", event("send_letter"))

    assert call("track_letters", event("track_letters")) == NOTHING_FAILED

    assert house.states()["anna@romashka.example"] == "delivered"


def test_a_long_order_is_filled_by_its_worker(house: House, call: Call, monkeypatch: pytest.MonkeyPatch):
    call("take_from_crm", event("take_from_crm"))
    monkeypatch.setattr(orders, "AT_ONCE_MAX", 0)
    record = orders.order_reconciliation(
        ACCOUNT,
        payer="9999000077",
        first=date(2026, 1, 1),
        last=date(2026, 1, 31),
        key="k",
        outside=house.outside,
        user="u-1",
    )
    (hint,) = bodies(house, "fill-orders")

    assert call("fill_orders", event("fill_orders")) == NOTHING_FAILED  # of an order that is not there
    assert call("fill_orders", changed("fill_orders", **hint)) == NOTHING_FAILED

    assert [d.status.value for d in house.documents(ACCOUNT) if d.id == record.id] == ["ready"]


def test_an_order_that_fails_comes_back_and_the_third_time_waits_for_a_person(
    house: House, call: Call, monkeypatch: pytest.MonkeyPatch
):
    def boom(document: Any, images: Any) -> bytes:
        raise ZeroDivisionError("boom")

    call("take_from_crm", event("take_from_crm"))
    monkeypatch.setattr(paper, "draw", boom)
    with pytest.raises(ZeroDivisionError):
        orders.order_invoice(ACCOUNT, amount=100, payer="9999000077", key="k", outside=house.outside, user="u-1")
    (work,) = house.store.rows("work")
    said = changed("fill_orders", account=ACCOUNT, item=work.sk)

    assert len(failed(call("fill_orders", said))) == 1
    said["Records"][0]["attributes"]["ApproximateReceiveCount"] = "3"
    assert call("fill_orders", said) == NOTHING_FAILED
    assert house.store.rows("work")[0].row["blocked"] == "ZeroDivisionError: boom"


def test_the_sweep_ends_the_run_with_its_report(house: House, call: Call):
    call("take_from_crm", event("take_from_crm"))
    call("close_month", event("close_month"))
    house.work()
    house.hear()
    house.wait(minutes=10)

    answer = call("sweep", event("sweep"))

    assert answer == {"hints": 0, "ended": ["2026-01"]}
    report = house.report()
    assert report
    assert report["difference"] == 0


def test_a_month_of_letters_is_sent_again_by_hand(house: House, call: Call):
    """Once nothing was refused, and once a letter was."""
    call("take_from_crm", event("take_from_crm"))
    call("issue_documents", event("issue_documents"))
    assert call("close_month", event("close_month.again")) == {"month": "2026-01", "again": 0, "cursor": ""}
    row = next(s for s in house.store.rows("deliveries") if "address" in s.row)
    house.store.tx([Write("deliveries", row.pk, row.sk, {**row.row, "status": "refused"}, row.version)])

    assert call("close_month", event("close_month.again")) == {"month": "2026-01", "again": 1, "cursor": ""}


def test_a_function_that_has_no_time_left_takes_nothing_new(house: House, call: Call):
    call("take_from_crm", event("take_from_crm"))

    answer = call("close_month", event("close_month"), left_ms=10_000)

    assert answer == {"month": "2026-01", "queued": False}
    house.wait(minutes=10)
    call("sweep", event("sweep"))
    assert bodies(house, "issue-documents") == [{"month": "2026-01", "accounts": [ACCOUNT]}]


def test_logs_hold_no_addresses_names_or_requisites(house: House, call: Call, monkeypatch: pytest.MonkeyPatch):
    log = io.StringIO()
    for handler in wiring.log.handlers:
        monkeypatch.setattr(handler, "stream", log)
    call("take_from_crm", event("take_from_crm"))
    call("take_from_crm", changed("take_from_crm", 2, key="other", payer={"inn": "9999000070"}))
    call("issue_documents", event("issue_documents"))
    call("send_letter", event("send_letter"))
    call("track_letters", event("track_letters"))
    reminder = "seller_reminder-7707083893-770701001-2026-02_0001"
    call("send_letter", changed("send_letter", letter=reminder))
    heard = json.dumps(event("track_letters")).replace("c-000123_2026-01_0001_", f"{reminder}_")
    call("track_letters", json.loads(heard))

    said = log.getvalue()

    assert "message taken" in said
    assert said.count('"seller_') == 2, "both letters of ours are named, by a digest"
    for secret in ("romashka.example", "Ромашка", "999900007", "Анна", "7707083893"):
        assert secret not in said
        assert json.dumps(secret).strip('"') not in said


def test_a_head_is_no_address(house: House, call: Call):
    """The row of the letter itself stands beside its addresses."""
    call("take_from_crm", event("take_from_crm"))
    call("issue_documents", event("issue_documents"))

    assert house.store.get("deliveries", *key_of(f"{ACCOUNT}_2026-01_0001", HEAD))
    assert HEAD not in {m["address"] for m in bodies(house, "send-letter")}
