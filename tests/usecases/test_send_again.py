"""One document once more, to one address or to all: a letter of its own, five times a day at most."""

from __future__ import annotations

from typing import Any

import pytest

from billing.domain.documents import DocumentKind, DocumentStatus
from billing.domain.errors import ConflictError, InvalidInputError, NotFoundError, UnavailableError
from billing.ports import Write
from billing.records_letters import address_digest
from billing.usecases.kept_letters import letters_about
from billing.usecases.notifications import change_notifications, confirm_address, notifications_of
from billing.usecases.orders import order_invoice
from billing.usecases.send_again import send_again
from tests.usecases.cutting import every_cut
from tests.usecases.house import ACCOUNT, FEBRUARY, ROMASHKA, House, a_card, a_charge, a_payment

ANNA, BUH, AUDIT = "anna@romashka.example", "buh@romashka.example", "audit@auditor.example"
ACT_ID = f"2026-01.act.{ROMASHKA['inn']}.0"
NBSP = "\u00a0"


def a_house(*emails: str) -> House:
    house = House(
        a_card(administrators=[{"user": "u-1", "emails": list(emails or (ANNA, BUH))}]),
        a_payment(1_000_000),
        a_charge(550_000),
    )
    house.night()
    house.mailer.letters.clear()
    return house.at("2026-02-10 15:00")


def again(house: House, *addresses: str, document: str = ACT_ID) -> str:
    letter = send_again(ACCOUNT, document, addresses=addresses, outside=house.outside)
    house.work()
    return letter


def test_a_document_goes_to_all_again_the_very_same_file():
    house = a_house()

    letter = again(house)

    assert letter == f"{ACCOUNT}_2026-01-act-{ROMASHKA['inn']}-0_0001"
    assert house.addresses() == [ANNA, BUH]
    (said, _) = house.letters()
    assert said.subject.replace(NBSP, " ") == "Ещё раз: Акт № 1 от 1 февраля 2026 г. — ООО «Ромашка»"
    assert [a.body for a in said.attachments] == [house.files.get(f"docs/{ACCOUNT}/{ACT_ID}.pdf")]


@pytest.mark.parametrize("typed", [BUH, BUH.upper(), f" {BUH} "])
def test_or_to_one_address_however_it_is_typed(typed):
    house = a_house()

    again(house, typed)

    assert house.addresses() == [BUH]


@pytest.mark.parametrize("address", ["stranger@x.example", "", "x"])
def test_an_address_that_is_none_of_the_clients_is_refused(address):
    house = a_house()

    with pytest.raises(InvalidInputError, match="такого адреса у клиента нет"):
        again(house, ANNA, address)
    assert house.addresses() == []


def test_an_address_that_waits_for_its_confirmation_is_none_of_the_clients_yet():
    house = a_house()
    kinds = [DocumentKind.INVOICE]
    change_notifications(
        ACCOUNT,
        added=[(AUDIT, kinds)],
        reconciliation=False,
        version=0,
        outside=house.outside,
        link=lambda digest, nonce: "https://crm.example",
    )
    with pytest.raises(InvalidInputError):
        again(house, AUDIT)

    confirm_address(ACCOUNT, address_digest(AUDIT), "1", house.outside)
    house.work()
    house.mailer.letters.clear()
    again(house)
    assert house.addresses() == [ANNA, BUH]  # it gets no acts unasked
    again(house, AUDIT)

    assert house.addresses() == [ANNA, BUH, AUDIT]


def test_five_times_a_day_and_the_refusal_says_when_it_will_go_again():
    house = a_house()
    for _ in range(5):
        again(house, ANNA)

    with pytest.raises(ConflictError, match=r"на a\*\*\*@romashka\.example 5\sраз: можно будет завтра"):
        again(house, ANNA)
    with pytest.raises(ConflictError):
        again(house, BUH, ANNA)
    house.at("2026-02-11 00:01")
    again(house, ANNA)

    assert house.addresses() == [ANNA] * 6


def test_to_all_goes_to_those_whose_day_is_not_full():
    house = a_house()
    for _ in range(5):
        again(house, ANNA)

    again(house)
    assert house.addresses() == [ANNA] * 5 + [BUH]
    for _ in range(4):
        again(house, BUH)

    with pytest.raises(ConflictError, match="завтра"):
        again(house)


def test_the_same_key_is_the_same_letter_whatever_comes_between():
    house = a_house()
    sent = [
        send_again(ACCOUNT, ACT_ID, addresses=to, key=key, outside=house.outside)
        for to, key in (((BUH,), "k-1"), ((BUH,), "k-2"), ((BUH.upper(),), "k-1"), ((BUH,), "k-2"))
    ]
    house.work()

    assert [letter.rpartition("_")[2] for letter in sent] == ["0001", "0002", "0001", "0002"]
    assert house.addresses() == [BUH, BUH]
    with pytest.raises(ConflictError, match="по этому ключу уже отправлено другое письмо"):
        send_again(ACCOUNT, ACT_ID, addresses=(ANNA,), key="k-1", outside=house.outside)


def test_the_same_key_is_the_same_letter_though_the_address_has_gone_or_the_document_was_withdrawn():
    house = a_house()

    def send() -> str:
        return send_again(ACCOUNT, ACT_ID, addresses=(BUH,), key="k-1", outside=house.outside)

    letter = send()
    house.tell(a_card(administrators=[{"user": "u-1", "emails": [ANNA]}], at="2026-02-10T15:01:00+03:00"))
    assert send() == letter

    stored = house.store.get("documents", ACCOUNT, ACT_ID)
    assert stored
    house.store.tx([Write("documents", ACCOUNT, ACT_ID, {**stored.row, "status": "void"}, stored.version)])
    assert send() == letter
    house.work()
    assert house.addresses() == [BUH]


def test_a_request_for_more_addresses_than_a_letter_takes_is_gone_on_with_under_its_key():
    emails = [f"a{n:03}@romashka.example" for n in range(60)]
    said = [{"user": f"u-{n}", "emails": emails[n * 20 : n * 20 + 20]} for n in range(3)]

    def many() -> House:
        house = House(a_card(administrators=said), a_payment(1_000_000), a_charge(550_000))
        house.night()
        house.mailer.letters.clear()
        return house

    def send(house: House) -> str:
        return send_again(ACCOUNT, ACT_ID, key="k-1", outside=house.outside)

    for where, house in every_cut(send, many):
        assert send(house) == send(house), where
        house.work()  # as long as a queue holds any hint, a sweep leaves it alone
        house.wait(minutes=10).sweep()

        assert sorted(house.addresses()) == emails, where


def test_the_same_key_at_the_same_moment_is_one_letter():
    house = a_house()
    write = house.store.tx

    def send() -> str:
        return send_again(ACCOUNT, ACT_ID, addresses=(ANNA,), key="k-1", outside=house.outside)

    def tx(writes: Any) -> None:
        house.store.tx = write  # type: ignore[method-assign]
        send()
        write(writes)

    house.store.tx = tx  # type: ignore[method-assign]

    assert send().endswith("_0001")
    house.work()
    assert house.addresses() == [ANNA]


def test_another_document_is_counted_apart():
    house = a_house()
    for _ in range(5):
        again(house, ANNA)

    again(house, ANNA, document=f"2026-01.invoice.{ROMASHKA['inn']}.0")

    assert len(house.addresses()) == 6


def test_an_ordered_document_goes_again_beside_its_first_letter():
    house = a_house()
    record = order_invoice(ACCOUNT, amount=300_000, payer=ROMASHKA["inn"], key="k", outside=house.outside, user="u-1")
    house.work()

    letter = again(house, ANNA, document=record.id)

    assert letter.endswith("_0002")
    assert [letter.number for letter in letters_about(record, house.outside)] == [1, 2]


def test_letters_about_a_document_are_those_that_carry_it():
    house = a_house()
    again(house, ANNA)
    act, invoice = house.documents()

    assert [letter.id for letter in letters_about(act, house.outside)] == [
        f"{ACCOUNT}_2026-01_0001",
        f"{ACCOUNT}_2026-01-act-{ROMASHKA['inn']}-0_0001",
    ]
    assert [letter.id for letter in letters_about(invoice, house.outside)] == [f"{ACCOUNT}_2026-01_0001"]


def test_more_addresses_than_a_letter_takes_make_more_letters():
    emails = [f"a{n:03}@romashka.example" for n in range(120)]
    house = House(
        a_card(administrators=[{"user": f"u-{n}", "emails": emails[n * 20 : n * 20 + 20]} for n in range(6)]),
        a_payment(1_000_000),
        a_charge(550_000),
    )
    house.night()
    house.mailer.letters.clear()

    assert again(house).endswith("_0003")
    assert sorted(house.addresses()) == emails


@pytest.mark.parametrize("document", ["2026-01.act.1.0", "2026-01.period", "", "../x"])
def test_what_is_no_document_is_not_found(document):
    with pytest.raises(NotFoundError, match=r"^такого документа нет$"):
        again(a_house(), document=document or "x")


def test_a_foreign_document_is_answered_as_an_absent_one():
    with pytest.raises(NotFoundError, match=r"^такого документа нет$"):
        send_again("c-000002", ACT_ID, outside=a_house().outside)


def test_a_document_that_is_not_ready_goes_to_nobody():
    house = House(a_card(payers=[]), a_payment(1_000_000), a_charge(550_000))
    house.night()
    (act, *_) = house.documents()
    assert act.status is DocumentStatus.BLOCKED

    with pytest.raises(ConflictError, match="не готов"):
        send_again(ACCOUNT, act.id, outside=house.outside)


def test_a_client_without_addresses_is_told_so():
    house = a_house()
    house.tell(a_card(administrators=[], at="2026-02-10T14:00:00+03:00"))

    with pytest.raises(InvalidInputError, match="некому"):
        again(house)


def test_two_at_the_same_moment_are_two_letters():
    house = a_house()
    write = house.store.tx

    def tx(writes: Any) -> None:
        house.store.tx = write  # type: ignore[method-assign]
        send_again(ACCOUNT, ACT_ID, addresses=(ANNA,), outside=house.outside)
        write(writes)

    house.store.tx = tx  # type: ignore[method-assign]

    assert again(house, ANNA).endswith("_0002")
    assert house.addresses() == [ANNA, ANNA]


def test_a_queue_that_is_down_is_no_reason_to_ask_again(monkeypatch: pytest.MonkeyPatch):
    house = a_house()

    def down(*_: Any, **__: Any) -> None:
        raise UnavailableError("slow down")

    with monkeypatch.context() as down_now:
        down_now.setattr(house.queue, "send", down)
        assert send_again(ACCOUNT, ACT_ID, outside=house.outside).endswith("_0001")
    house.wait(minutes=10).sweep()

    assert sorted(house.addresses()) == [ANNA, BUH]


def test_whatever_call_is_cut_off_a_letter_that_was_written_goes_and_is_counted():
    for where, house in every_cut(lambda house: send_again(ACCOUNT, ACT_ID, outside=house.outside), a_house):
        house.queue.sent.clear()
        house.wait(minutes=10).sweep()
        went = len(house.addresses())

        for _ in range(5 - went // 2):
            again(house)
        with pytest.raises(ConflictError):
            again(house)
        assert sorted(house.addresses()) == [ANNA] * 5 + [BUH] * 5, where


def test_a_letter_once_more_is_of_no_run():
    house = a_house()
    again(house)
    house.tell(a_charge(100_000, at="2026-02-10T12:00:00+03:00"))

    report = house.night(FEBRUARY)

    assert report["letters"] == {"delivered": 2}
    assert notifications_of(ACCOUNT, house.outside).administrators[0].last
