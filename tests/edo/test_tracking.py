"""What became of documents: the row moves only forward, whatever the operator tells, and people have one list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from billing import records
from billing.adapters.diadoc.settings import ACT_FILE
from billing.domain.edo_fate import Annulment, Fate, News, Stage, again, operation_id
from billing.domain.edo_reasons import Reason
from billing.domain.periods import utc_text
from billing.ports import ABSENT, StaleError, Write
from billing.ports_edo import (
    BadDocumentError,
    Cms,
    EdoEvent,
    EdoKind,
    NeedsPersonError,
    Outgoing,
    PersonSigns,
    Posted,
    Signature,
    Tracked,
)
from billing.ports_edo import TestSignature as SignedByTest
from billing.records_edo import CURSORS, EVIDENCE, EdoState, edo_shard, open_shard
from billing.usecases.edo.stops import stoppable
from billing.usecases.edo.tracking.events import read_feed
from billing.usecases.edo.tracking.statuses import take_news
from billing.usecases.track_edo import TrackedRun, track_edo
from tests.edo.house import ROMASHKA, EdoHouse
from tests.usecases.house import ACCOUNT, a_card, a_charge, a_payment

ACT = f"2026-01.act.{ROMASHKA['inn']}.0"
PDF = b"%PDF-1.7 an act"
SUBJECT = f"document.{ACCOUNT}.{ACT}"


class Sent(EdoHouse):
    """An act of 5 500 roubles for January that Romashka's box has been sent, on 1 April at 04:00 in Moscow."""

    def __init__(self, *, signature: Signature | None = None, answered: bool = True, **client: Any) -> None:
        super().__init__(a_card(), a_payment(10_000_00), a_charge(5_500_00), at="2026-02-01 12:00")
        self.night()
        self.box = self.partner(**client)
        self.at("2026-03-31 12:00").track()  # the first reading: what was before is nobody's news
        self.at("2026-04-01 04:00")
        self.posted = self.post(signature or SignedByTest(), answered=answered)

    def post(self, signature: Signature, *, attempt: int = 1, answered: bool = True) -> Posted:
        """What `send_to_edo` does at last; without an answer, it does not know that it was done."""
        key = operation_id(environment="test", document=f"{ACCOUNT}/{ACT}", revision="0", attempt=attempt)
        stage = Stage.AWAITS_OUR_SIGNATURE if isinstance(signature, PersonSigns) else Stage.SENT
        state = EdoState(
            fate=Fate(stage=Stage.SIGNED, attempt=attempt), box=self.box, inn=ROMASHKA["inn"], operation=key
        )
        self.put(state, due=True)
        document = Outgoing(
            kind=ACT_FILE,
            custom_id=f"{ACCOUNT}/{ACT}",
            signature=signature,
            content=PDF,
            wants_answer=True,
            metadata=(
                ("FileName", "act.pdf"),
                ("DocumentNumber", "1"),
                ("DocumentDate", "01.02.2026"),
                ("TotalSum", "5500.00"),
            ),
        )
        posted = self.edo.edo.post(self.box, [document], operation=key)
        if answered:
            fate = replace(state.fate, stage=stage, message=posted.message, entity=posted.documents[f"{ACCOUNT}/{ACT}"])
            self.put(replace(state, fate=fate), due=False)
        return posted

    def put(self, state: EdoState, *, due: bool) -> None:
        stored = self.store.get("documents", ACCOUNT, ACT)
        assert stored
        writes = [Write("documents", ACCOUNT, ACT, {**stored.row, "edo": records.plain(state)}, stored.version)]
        work = self.store.get("work", edo_shard(ACCOUNT), f"{ACCOUNT}#{ACT}")
        row = {"account": ACCOUNT, "document": ACT, "month": "2026-01", "since": "2026-02-02T00:00:00Z"}
        if due and not work:
            writes.append(Write("work", edo_shard(ACCOUNT), f"{ACCOUNT}#{ACT}", row, ABSENT))
        if work and not due:
            writes.append(Write("work", work.pk, work.sk, None, work.version))
        self.store.tx(writes)

    def track(self, **how: Any) -> TrackedRun:
        return track_edo(self.outside, self.edo, until=self.until, **how)

    def tracked(self, *, hours: float = 1, **how: Any) -> Sent:
        """A run that much later, by when the operator has done what was under way."""
        self.wait(hours=hours)
        self.track(**how)
        return self

    @property
    def state(self) -> EdoState:
        state = self.edo_state(ACT)
        assert state
        return state

    @property
    def fate(self) -> Fate:
        return self.state.fate

    @property
    def place(self) -> dict[str, str]:
        return {"message_id": self.posted.message, "entity_id": self.posted.documents[f"{ACCOUNT}/{ACT}"]}

    @property
    def reason(self) -> Reason | None:
        line = self.for_people().get(SUBJECT)
        return line.reason if line else None

    def waits(self, partition: str) -> bool:
        return self.store.get("work", partition, f"{ACCOUNT}#{ACT}") is not None

    def cursor(self) -> dict[str, Any]:
        stored = self.store.get("control", CURSORS, "events")
        assert stored
        return dict(stored.row)


# --- the way of a document ---------------------------------------------------------------------------------------


def test_a_document_is_delivered_and_then_signed_by_the_recipient():
    house = Sent().tracked()
    assert (house.fate.stage, house.reason) == (Stage.DELIVERED, None)
    assert house.waits(open_shard(ACCOUNT))

    house.at("2026-04-03 11:20").diadoc.recipient_signs(**house.place)
    house.tracked()

    assert house.fate.stage is Stage.ACCEPTED
    assert not house.waits(open_shard(ACCOUNT))
    assert house.fate.since
    assert utc_text(house.fate.since).startswith("2026-04-03T08:2")
    assert house.fate.delivered_at
    assert utc_text(house.fate.delivered_at).startswith("2026-04-01T01:00:2")


def test_a_refusal_is_on_the_list_with_the_words_of_the_client():
    house = Sent().tracked()
    house.diadoc.recipient_rejects(**house.place, text="Не та сумма")

    house.tracked()

    assert house.fate.stage is Stage.REFUSED
    line = house.for_people()[SUBJECT]
    assert (line.reason, line.detail, line.document) == (Reason.REFUSED, "Не та сумма", ACT)


def test_a_proposal_to_annul_is_on_the_list_with_its_reason():
    house = Sent().tracked()
    house.diadoc.recipient_asks_revocation(**house.place, text="Акт за другой месяц")

    house.tracked()

    line = house.for_people()[SUBJECT]
    assert (line.reason, line.detail) == (Reason.ANNULMENT_ASKED_BY_THEM, "Акт за другой месяц")


@pytest.mark.parametrize(
    "how",
    [
        pytest.param({}, id="by a universal message"),
        pytest.param({"as_universal": False}, id="by a notice of the old form"),
        pytest.param({"of_power": True}, id="of the signer's power"),
    ],
)
def test_a_request_to_clarify_is_on_the_list_with_its_text(how: dict[str, bool]):
    house = Sent().tracked()
    house.diadoc.recipient_asks_to_clarify(**house.place, text="Укажите номер договора", **how)

    house.tracked()

    assert house.fate.stage is Stage.DELIVERED
    line = house.for_people()[SUBJECT]
    assert (line.reason, line.detail) == (Reason.CLARIFICATION_ASKED, "Укажите номер договора")


@pytest.mark.parametrize("status", ["IsNotValid", "IsNotAttached"])
def test_a_power_of_attorney_that_does_not_hold_is_on_the_list_until_it_does(status: str):
    house = Sent().tracked()
    assert house.reason is None

    house.diadoc.power_is_bad(**house.place, status=status, text="Доверенность отозвана")
    house.tracked()
    line = house.for_people()[SUBJECT]
    house.diadoc.power_is_bad(**house.place, status="IsValid", text="Доверенность действительна")
    house.tracked()

    assert (line.reason, line.detail) == (Reason.POWER_NOT_VALID, "Доверенность отозвана")
    assert house.reason is None


@pytest.mark.parametrize("answer", [pytest.param(400, id="refused"), pytest.param(404, id="not there")])
def test_a_refusal_whose_words_cannot_be_had_is_on_the_list_without_them(answer: int):
    house = Sent().tracked()
    house.diadoc.recipient_rejects(**house.place, text="Не та сумма")
    house.fail("server_error", "V4/GetEntityContent", times=99, status=answer)

    house.tracked()

    assert house.fate.stage is Stage.REFUSED
    line = house.for_people()[SUBJECT]
    assert (line.reason, line.detail) == (Reason.REFUSED, "")


def test_an_invalid_signature_is_on_the_list_with_what_is_wrong_with_it():
    house = Sent(signature=Cms(der=b"0\x00")).tracked()

    assert house.fate.stage is Stage.SIGNATURE_INVALID
    line = house.for_people()[SUBJECT]
    assert line.reason is Reason.SIGNATURE_INVALID
    assert "подпись не соответствует файлу" in line.detail
    assert house.waits(open_shard(ACCOUNT))


def test_an_invalid_signature_whose_check_cannot_be_read_is_on_the_list_all_the_same():
    house = Sent(signature=Cms(der=b"0\x00"))
    house.fail("truncated", "GetSignatureInfo", times=99)

    house.tracked()

    assert (house.fate.stage, house.reason) == (Stage.SIGNATURE_INVALID, Reason.SIGNATURE_INVALID)


def test_a_document_that_a_person_signs_in_the_web_moves_on_and_its_line_goes():
    house = Sent(signature=PersonSigns()).tracked()
    assert (house.fate.stage, house.reason) == (Stage.AWAITS_OUR_SIGNATURE, Reason.WAITS_FOR_OUR_SIGNATURE)

    house.diadoc.sender_signs(**house.place)
    house.tracked()

    assert (house.fate.stage, house.reason) == (Stage.DELIVERED, None)


def test_an_error_in_roaming_is_on_the_list_until_the_client_signs():
    house = Sent().tracked()
    house.diadoc.roaming_fails(**house.place, text="Оператор получателя не принял документ")
    house.tracked()
    line = house.for_people()[SUBJECT]
    assert (line.reason, line.detail) == (Reason.ROAMING_ERROR, "Оператор получателя не принял документ")
    assert house.fate.stage is Stage.DELIVERED

    house.diadoc.recipient_signs(**house.place)
    house.tracked()

    assert (house.fate.stage, house.reason) == (Stage.ACCEPTED, None)


def test_a_receipt_that_we_owe_is_a_persons_and_the_way_has_not_ended_before_it_is_given():
    house = Sent().tracked()
    house.at("2026-04-03 11:20").diadoc.recipient_signs(**house.place)
    house.diadoc.sender_owes_receipt(**house.place)
    house.tracked(sweep=True)
    assert (house.fate.stage, house.reason) == (Stage.ACCEPTED, Reason.OUR_RECEIPT_IS_DUE)
    assert house.waits(open_shard(ACCOUNT))

    house.at("2026-04-04 12:00").diadoc.sender_gives_receipt(**house.place)
    house.tracked()

    assert (house.fate.stage, house.reason) == (Stage.ACCEPTED, None)
    assert not house.waits(open_shard(ACCOUNT))


def test_an_annulment_is_asked_and_agreed_and_the_files_are_fetched_anew():
    house = Sent().tracked()
    house.diadoc.recipient_signs(**house.place)
    for _ in range(3):
        house.tracked()
    assert house.state.archive == f"edo/{ACCOUNT}/{ACT}.zip"

    house.diadoc.recipient_asks_revocation(**house.place, text="Ошибка в сумме")
    house.tracked()
    assert (house.fate.annulment, house.reason) == (Annulment.ASKED_BY_THEM, Reason.ANNULMENT_ASKED_BY_THEM)
    assert house.fate.stage is Stage.ACCEPTED
    assert house.waits(open_shard(ACCOUNT))


# --- files -------------------------------------------------------------------------------------------------------


def test_when_it_is_over_its_files_are_in_the_bucket_once_they_are_made():
    house = Sent().tracked()
    house.diadoc.recipient_signs(**house.place)
    house.tracked()
    assert house.waits(EVIDENCE)
    assert house.state.print_form == ""  # the operator still makes them

    for _ in range(3):
        house.tracked()

    assert house.state.print_form == f"edo/{ACCOUNT}/{ACT}.print.pdf"
    assert house.state.protocol == f"edo/{ACCOUNT}/{ACT}.protocol.pdf"
    assert house.state.archive == f"edo/{ACCOUNT}/{ACT}.zip"
    assert house.files.files[f"edo/{ACCOUNT}/{ACT}.print.pdf"].startswith(b"%PDF")
    assert house.files.files[f"edo/{ACCOUNT}/{ACT}.zip"].startswith(b"PK")
    assert f"edo/{ACCOUNT}/{ACT}.protocol.sig" in house.files.files
    assert not house.waits(EVIDENCE)


def test_files_are_fetched_only_once():
    house = Sent().tracked()
    house.diadoc.recipient_signs(**house.place)
    for _ in range(4):
        house.tracked()
    house.diadoc.forget_calls()

    house.tracked(sweep=True).tracked()

    asked = {call["endpoint"] for call in house.calls()}
    assert not asked & {"generateprintform", "generatedocumentprotocol", "generatedocumentzip"}


def test_a_file_left_by_a_run_that_was_cut_off_stays():
    house = Sent().tracked()
    house.diadoc.recipient_signs(**house.place)
    house.files.put_once(f"edo/{ACCOUNT}/{ACT}.zip", b"PK of before", content_type="application/zip")

    for _ in range(4):
        house.tracked()

    assert house.files.files[f"edo/{ACCOUNT}/{ACT}.zip"] == b"PK of before"
    assert house.state.archive == f"edo/{ACCOUNT}/{ACT}.zip"


# --- the feed ----------------------------------------------------------------------------------------------------


def test_the_first_reading_replays_no_history():
    house = Sent()
    stored = house.store.get("control", CURSORS, "events")
    assert stored
    house.store.tx([Write("control", CURSORS, "events", None, stored.version)])
    house.wait(hours=1).diadoc.forget_calls()

    run = house.track()

    assert run.events == 0
    assert house.calls("V6/GetMessage") == []
    assert house.fate.stage is Stage.SENT


def test_events_are_read_once_and_an_idle_run_writes_nothing():
    house = Sent().tracked()
    before, calls = house.store.rows("control"), len(house.calls("V6/GetMessage"))

    run = house.wait(minutes=15).track()

    assert (run.events, run.ended) == (0, True)
    assert house.store.rows("control") == before
    assert len(house.calls("V6/GetMessage")) == calls


def test_the_cursor_is_saved_only_after_its_events_are_applied():
    house = Sent()
    before = house.cursor()
    house.fail("too_many_requests", "V6/GetMessage", times=100)

    run = house.wait(hours=1).track()

    assert (run.moved, run.ended) == (0, False)
    assert (house.cursor()["cursor"], house.cursor()["seen"]) == (before["cursor"], before["seen"])
    assert house.fate.stage is Stage.SENT
    house.diadoc.forget_faults()
    assert house.tracked().fate.stage is Stage.DELIVERED


def test_how_long_the_feed_was_not_read_to_its_end_is_measured():
    house = Sent()
    house.fail("server_error", "V8/GetNewEvents", times=1_000)
    house.wait(hours=1).track()
    assert house.metrics.counts["EdoEventLagHours"] == 0

    house.wait(hours=3).track()
    assert 3 <= house.metrics.counts["EdoEventLagHours"] < 3.1

    house.diadoc.forget_faults()
    house.metrics.counts.clear()
    house.wait(hours=3).track()
    assert house.metrics.counts["EdoEventLagHours"] == 0
    assert "behind_since" not in house.cursor()


def test_a_message_that_is_not_shown_does_not_hold_the_others_up():
    house = Sent()
    document = Outgoing(
        kind=EdoKind(type="Nonformalized", function="default", version="v1"),
        custom_id=f"{ACCOUNT}/hidden",
        signature=SignedByTest(),
        content=PDF,
        metadata=(("FileName", "letter.pdf"),),
    )
    hidden = house.edo.edo.post(house.box, [document], operation="hidden").message
    house.edo = replace(house.edo, edo=Hiding(house.edo.edo, hidden))  # type: ignore[arg-type]

    run = house.wait(hours=1).track()

    assert house.fate.stage is Stage.DELIVERED
    assert run.ended
    assert house.metrics.counts["EdoPassedOver"] == 1
    assert house.wait(hours=1).track().events == 0


@dataclass
class Hiding:
    """The operator, which does not show one message."""

    edo: Any
    hidden: str

    def __getattr__(self, name: str) -> Any:
        return getattr(self.edo, name)

    def documents_of(self, message: str) -> Sequence[Tracked]:
        if message == self.hidden:
            raise NeedsPersonError("Diadoc denies access")
        return self.edo.documents_of(message)  # type: ignore[no-any-return]


def test_another_box_has_another_feed_that_begins_now():
    house = Sent().tracked()
    house.edo = replace(house.edo, environment="other box")

    house.wait(hours=1).track()

    assert house.cursor()["cursor"] == ""
    assert house.cursor()["environment"] == "other box"


def lose_cursor(house: Sent) -> None:
    """The place where the feed was left is none for the operator any more."""
    stored = house.store.get("control", CURSORS, "events")
    assert stored
    row = {**stored.row, "cursor": "of another age"}
    house.store.tx([Write("control", CURSORS, "events", row, stored.version)])


def test_a_cursor_that_the_operator_does_not_know_any_more_is_given_up_and_nothing_is_missed():
    house = Sent()
    lose_cursor(house)

    run = house.wait(hours=1).track()

    assert (run.ended, house.fate.stage) == (True, Stage.DELIVERED)
    assert house.metrics.counts["EdoCursorsGivenUp"] == 1
    assert house.wait(minutes=15).track().ended


def test_without_its_cursor_the_feed_is_read_from_a_day_before_it_was_last_at_its_end():
    house = Sent().tracked()
    assert house.cursor()["since"] == "2026-03-31T09:00:00.000000Z", "not before the first reading"
    house.at("2026-04-03 11:20").diadoc.recipient_signs(**house.place)
    house.tracked()
    assert house.cursor()["since"] == "2026-04-02T09:20:00.000000Z"
    lose_cursor(house)
    before = house.fate

    run = house.wait(minutes=15).track()

    assert (run.events, run.moved, run.ended, house.fate) == (0, 0, True, before)


def test_documents_of_others_in_the_same_box_are_passed_over():
    house = Sent()
    document = Outgoing(
        kind=EdoKind(type="Nonformalized", function="default", version="v1"),
        custom_id="of another system",
        signature=SignedByTest(),
        content=PDF,
        metadata=(("FileName", "letter.pdf"),),
    )
    house.edo.edo.post(house.box, [document], operation="theirs")
    house.edo.edo.post(house.box, [replace(document, custom_id="nobody/2026-01.act.1.0")], operation="theirs too")

    run = house.wait(hours=1).track(sweep=True)

    assert run.ended
    assert house.fate.stage is Stage.DELIVERED
    assert list(house.for_people()) == []


# --- the nightly look --------------------------------------------------------------------------------------------


def forget_events(house: Sent) -> None:
    """The cursor stands behind all that has happened: the feed will not tell of it."""
    stored = house.store.get("control", CURSORS, "events")
    assert stored
    row = {**stored.row, "cursor": house.edo.edo.events("", since=None)[-1].key}
    house.store.tx([Write("control", CURSORS, "events", row, stored.version)])


def test_a_look_that_was_cut_off_long_ago_begins_its_list_anew():
    house = Sent()
    house.wait(hours=1)
    forget_events(house)
    row = {"step": "unfinished", "cursor": "of another age"}
    house.store.tx([Write("control", CURSORS, "look", row, ABSENT)])

    run = house.track()

    assert (run.ended, house.fate.stage) == (True, Stage.DELIVERED)


@pytest.mark.parametrize("answered", [True, False])
def test_what_the_feed_has_lost_is_found_at_night(answered: bool):
    house = Sent(answered=answered)
    house.wait(hours=1)
    forget_events(house)
    house.track()
    assert house.fate.stage is (Stage.SENT if answered else Stage.SIGNED)

    house.tracked(sweep=True)

    assert house.fate.stage is Stage.DELIVERED
    assert not house.waits(edo_shard(ACCOUNT))


def test_an_end_of_which_the_feed_did_not_tell_is_found_at_night():
    """It is in the operator's list of unfinished documents no more: our own rows say what to ask for."""
    house = Sent().tracked()
    house.diadoc.recipient_signs(**house.place)
    forget_events(house)
    house.tracked()
    assert house.fate.stage is Stage.DELIVERED

    house.tracked(sweep=True)

    assert house.fate.stage is Stage.ACCEPTED


def test_a_look_that_finds_all_as_it_is_reads_no_message():
    house = Sent().tracked()
    house.diadoc.forget_calls()

    house.tracked(sweep=True)

    asked = [call["endpoint"] for call in house.calls()]
    assert asked.count("v3/getdocuments") == 2
    assert "v6/getmessage" not in asked


def test_a_look_that_was_cut_off_goes_on_with_the_next_run():
    house = Sent(answered=False)
    house.wait(hours=1)
    forget_events(house)
    house.fail("server_error", "V3/GetDocuments", times=100)
    assert not house.track(sweep=True).ended
    house.diadoc.forget_faults()

    run = house.wait(minutes=15).track()

    assert run.ended
    assert house.fate.stage is Stage.DELIVERED
    house.diadoc.forget_calls()
    house.wait(minutes=15).track()
    assert "v3/getdocuments" not in [call["endpoint"] for call in house.calls()]


# --- a sending that is repeated ----------------------------------------------------------------------------------


def test_a_lost_answer_is_made_up_by_the_feed_and_the_document_waits_to_go_out_no_more():
    house = Sent(answered=False)
    assert house.waits(edo_shard(ACCOUNT))

    house.tracked()

    assert (house.fate.stage, house.fate.message) == (Stage.DELIVERED, house.posted.message)
    assert not house.waits(edo_shard(ACCOUNT))


def test_a_failed_attempt_is_not_adopted_by_the_next():
    house = Sent(signature=Cms(der=b"0\x00"))
    house.tracked()
    assert house.fate.stage is Stage.SIGNATURE_INVALID
    house.put(replace(house.state, fate=again(house.fate)), due=True)

    house.tracked(sweep=True)
    assert (house.fate.stage, house.fate.attempt, house.fate.message) == (Stage.PLANNED, 2, "")
    assert house.waits(edo_shard(ACCOUNT))

    second = house.post(SignedByTest(), attempt=2, answered=False)
    house.tracked(sweep=True)
    assert (house.fate.stage, house.fate.message) == (Stage.DELIVERED, second.message)
    assert house.reason is None


# --- trouble -----------------------------------------------------------------------------------------------------


def test_a_run_that_nothing_can_succeed_in_is_alarmed_and_told():
    house = Sent()
    house.fail("no_subscription", times=1_000)

    run = house.wait(hours=1).track()

    assert run.stopped
    assert house.metrics.counts["EdoStopped"] == 1
    assert house.for_people()["edo.operator"].reason is Reason.PAYMENT_REQUIRED

    house.diadoc.forget_faults()
    house.tracked()
    assert "edo.operator" not in house.for_people()
    assert house.fate.stage is Stage.DELIVERED


def test_without_a_policy_nothing_is_asked():
    house = Sent()
    house.set_policy(None)
    house.diadoc.forget_calls()

    assert house.wait(hours=1).track(sweep=True) == TrackedRun()
    assert house.calls() == []


def test_a_run_that_is_stopped_by_something_else_is_not_taken_for_a_refusal():
    house = Sent()

    with pytest.raises(StaleError), stoppable("track", house.outside):
        raise StaleError([0])

    assert house.for_people() == {}


def test_two_runs_that_meet_apply_all_and_neither_fails():
    """The nightly one begins while the last of the day is still reading."""
    house = Sent()
    house.wait(hours=1)
    other: list[TrackedRun] = []
    write = house.store.tx

    def tx(writes: Sequence[Write]) -> None:
        if not other and any(w.pk == CURSORS for w in writes):
            other.append(TrackedRun())
            other[0] = house.track()
        write(writes)

    house.store.tx = tx  # type: ignore[method-assign]

    assert not house.track().ended
    assert other[0].ended
    assert house.fate.stage is Stage.DELIVERED


class CutError(Exception):
    """The machine went down."""


def cut_at(house: Sent, call: int) -> None:
    """The store's next calls are counted, and before the given one everything stops; the next process has its own."""
    left = [call]
    for name in ("get", "query", "tx"):
        whole = getattr(house.store, name)

        def counted(*said: Any, _whole: Any = whole, **more: Any) -> Any:
            left[0] -= 1
            if left[0] == 0:
                raise CutError
            return _whole(*said, **more)

        setattr(house.store, name, counted)


def mended(house: Sent) -> None:
    for name in ("get", "query", "tx"):
        delattr(house.store, name)


def test_a_run_that_is_cut_off_at_any_call_is_made_up_by_the_next():
    """Refused by the client, its answer lost: the row, the list, what waits and the files are as if nothing was cut."""
    for call in range(1, 100):
        house = Sent(answered=False)
        house.wait(hours=1).diadoc.recipient_rejects(**house.place, text="Не та сумма")
        cut_at(house, call)
        try:
            house.tracked(sweep=True)
            whole = True
        except CutError:
            whole = False
        mended(house)
        for _ in range(3):
            house.tracked()

        assert (house.fate.stage, house.reason) == (Stage.REFUSED, Reason.REFUSED), call
        assert not house.waits(edo_shard(ACCOUNT)), call
        assert not house.waits(open_shard(ACCOUNT)), call
        assert not house.waits(EVIDENCE), call
        assert house.state.archive, call
        if whole:
            assert call > 15  # all of its calls were cut once
            return
    raise AssertionError("a run of so many calls")


# --- forward only ------------------------------------------------------------------------------------------------

STAGES = (Stage.AWAITS_OUR_SIGNATURE, Stage.SENT, Stage.DELIVERED)
ENDS = (Stage.ACCEPTED, Stage.DISAGREED, Stage.REFUSED, Stage.FINISHED)
RANK = {stage: n for n, stage in enumerate(STAGES)} | dict.fromkeys(ENDS, len(STAGES))


@dataclass
class Telling:
    """An operator that says what it is told to."""

    now: Tracked

    def documents_of(self, message: str) -> Sequence[Tracked]:
        return [self.now]

    def words(self, message: str, entity: str) -> str:
        return "нет"


@st.composite
def histories(draw: st.DrawFn) -> list[News]:
    """What the operator would say at one moment after another, then out of order, repeated and with gaps."""
    stages = [*STAGES[draw(st.integers(0, 1)) :], draw(st.sampled_from(ENDS))]
    annulments = [Annulment.NONE, *draw(st.sampled_from([[], [Annulment.ASKED_BY_THEM]]))]
    said = [
        News(stage=stage, message="m", entity="e", as_of=100 + n, annulment=Annulment.NONE)
        for n, stage in enumerate(stages)
    ]
    said += [replace(said[-1], as_of=200 + n, annulment=a) for n, a in enumerate(annulments)]
    order = draw(st.lists(st.integers(0, len(said) - 1), max_size=3 * len(said)))
    return [said[n] for n in order]


HOUSE: list[Sent] = []


@settings(max_examples=150, deadline=None)
@given(histories())
def test_a_row_moves_only_forward_whatever_is_told_in_whatever_order(said: list[News]):
    house = HOUSE[0] if HOUSE else Sent()
    HOUSE[:] = [house]
    house.put(EdoState(fate=Fate(stage=Stage.SIGNED)), due=True)
    reached = -1
    for news in said:
        found = Tracked(news=news, custom_id=f"{ACCOUNT}/{ACT}", counterparty=house.box, kind=ACT_FILE)
        take_news(found, house.outside, replace(house.edo, edo=Telling(found)))  # type: ignore[arg-type]
        assert RANK[house.fate.stage] >= reached
        reached = RANK[house.fate.stage]

    if said:
        assert reached == max(RANK[news.stage] for news in said)
        newest = max(said, key=lambda news: news.as_of)
        assert house.fate.as_of == newest.as_of
        assert house.fate.annulment is newest.annulment or newest.annulment is Annulment.NONE
        assert not house.waits(edo_shard(ACCOUNT))


class ManyEvents:
    """A feed by itself: pages of a hundred; with `refuses`, the cursor is not known any more, once."""

    def __init__(self, house: EdoHouse) -> None:
        self.house, self.all, self.refuses = house, list[tuple[EdoEvent, datetime]](), False

    def happen(self, number: int) -> None:
        for n in range(len(self.all), len(self.all) + number):
            self.all.append((EdoEvent(id=f"e{n:04}", key=f"k{n:04}", message=""), self.house.now))

    def events(self, cursor: str = "", *, since: datetime | None = None) -> Sequence[EdoEvent]:
        if cursor and self.refuses:
            self.refuses = False
            raise BadDocumentError("cursor must have valid value")
        if cursor:
            start = next(n for n, (event, _) in enumerate(self.all) if event.key == cursor) + 1
            return [event for event, _ in self.all[start : start + 100]]
        assert since
        return [event for event, at in self.all if at >= since][:100]


def test_a_cursor_given_up_on_a_busy_day_does_not_stall_the_feed():
    """All of the first page read without a cursor is known already: what comes after it is not."""
    house = EdoHouse()
    many = ManyEvents(house)
    edo = replace(house.edo, edo=many)  # type: ignore[arg-type]
    read_feed(house.outside, edo, until=house.until)
    house.wait(hours=1)
    many.happen(150)
    assert read_feed(house.outside, edo, until=house.until).events == 150
    house.wait(hours=1)
    many.happen(30)
    many.refuses = True

    found = read_feed(house.outside, edo, until=house.until)

    assert (found.events, found.ended) == (30, True)


def test_a_message_that_got_no_answer_is_read_once_more_by_the_next_run():
    house = Sent()
    house.fail("server_error", "V6/GetMessage", status=503, times=4)
    house.wait(hours=1).track()
    assert house.fate.stage is Stage.SENT
    assert house.metrics.counts["EdoPassedOver"] == 1

    house.wait(minutes=15).track()

    assert house.fate.stage is Stage.DELIVERED
    assert house.cursor()["passed_over"] == []
