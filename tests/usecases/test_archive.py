"""Documents of a period in one ZIP, named by what is in it: a few at once, many by the worker, a gone one again."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from typing import Any

import pytest

from billing import records
from billing.domain.documents import DocumentKind
from billing.domain.errors import InvalidInputError, NotFoundError
from billing.domain.periods import Month
from billing.ports import ABSENT, Write
from billing.usecases import archive, fill_orders
from billing.usecases.archive import Archive, archive_of, order_archive
from billing.usecases.document_filters import Filters
from tests.usecases.cutting import every_cut
from tests.usecases.house import ACCOUNT, FEBRUARY, VASILYOK, House, a_card, a_charge, a_payment

CHARGES = [a_charge(100_000, at=f"2026-02-0{day}T12:00:00+03:00") for day in (1, 5)]


def a_house() -> House:
    """Acts № 1 of 1 February and № 2 of 1 March, and an invoice with each."""
    house = House(a_card(), a_payment(900_000), a_charge(550_000))
    house.night()
    house.at("2026-02-20 12:00").tell(*CHARGES)
    house.night(FEBRUARY)
    return house.at("2026-03-10 12:00")


def ordered(house: House, first: str = "2026-01-01", last: str = "2026-03-31", **over: Any) -> Archive:
    asked = Filters(first=date.fromisoformat(first), last=date.fromisoformat(last), **over)
    return order_archive(ACCOUNT, asked, house.outside)


def names(house: House, made: Archive) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(house.files.get(made.file))) as opened:
        assert opened.testzip() is None
        return opened.namelist()


def test_the_documents_of_a_period_lie_in_it_under_readable_names():
    house = a_house()

    made = ordered(house)

    assert (made.state, made.documents) == ("ready", 4)
    assert made.file == f"archives/{ACCOUNT}/{made.id}.zip"
    assert made.file_name == "Документы 01.01.2026-31.03.2026.zip"
    assert names(house, made) == [
        "Акт № 1 от 01.02.2026 ООО Ромашка.pdf",
        "Счёт на оплату № 1 от 01.02.2026 ООО Ромашка.pdf",
        "Акт № 2 от 01.03.2026 ООО Ромашка.pdf",
        "Счёт на оплату № 2 от 01.03.2026 ООО Ромашка.pdf",
    ]


@pytest.mark.parametrize(
    ("first", "last", "numbers"),
    [
        pytest.param("2026-02-01", "2026-02-01", ["1"], id="the very day"),
        pytest.param("2026-02-02", "2026-03-01", ["2"], id="the day after"),
        pytest.param("2026-01-01", "2026-02-28", ["1"], id="the day before"),
    ],
)
def test_a_period_is_counted_by_the_dates_on_the_documents_both_ends_inclusive(first, last, numbers):
    house = a_house()

    made = ordered(house, first, last, kind=DocumentKind.ACT)

    assert [name.split()[2] for name in names(house, made)] == numbers
    assert made.file_name.startswith("Акты ")


def test_the_months_of_a_quarter_have_the_acts_that_close_them():
    """The act of February, dated 1 March, stays in February."""
    house = a_house()
    months = {"month_first": Month.parse("2026-02"), "month_last": Month.parse("2026-02")}

    made = order_archive(ACCOUNT, Filters(kind=DocumentKind.ACT, **months), house.outside)

    assert names(house, made) == ["Акт № 2 от 01.03.2026 ООО Ромашка.pdf"]
    assert made.file_name == "Акты 01.02.2026-28.02.2026.zip"


def test_a_contract_is_in_it_by_the_date_that_is_printed_on_it_as_in_the_list():
    house = a_house()
    act = house.documents(kind="act")[0]
    row = {**records.document_row(act), "kind": "contract", "date": "2025-01-15"}
    house.store.tx([Write("documents", ACCOUNT, "2026-03-05.contract.9999003014", row, ABSENT)])

    assert ordered(house, "2025-01-01", "2025-01-31").documents == 1
    with pytest.raises(NotFoundError):
        ordered(house, "2026-03-02", "2026-03-31")


@pytest.mark.parametrize(("first", "last"), [("2025-01-01", "2026-01-31"), ("2026-03-02", "2027-12-31")])
def test_a_period_without_documents_has_no_archive(first, last):
    with pytest.raises(NotFoundError, match="документов нет"):
        ordered(a_house(), first, last)


def test_a_period_that_ends_before_it_begins_is_refused():
    with pytest.raises(InvalidInputError, match="раньше"):
        ordered(a_house(), "2026-02-02", "2026-02-01")


def test_too_many_documents_are_refused_in_words(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(archive, "DOCUMENTS_MAX", 3)

    with pytest.raises(InvalidInputError, match="период короче"):
        ordered(a_house())


def test_blocked_documents_are_not_in_it():
    house = House(a_card(payers=[]), a_payment(900_000), a_charge(550_000))
    house.night()

    with pytest.raises(NotFoundError):
        ordered(house)


def test_the_same_documents_are_the_same_file_whatever_period_finds_them():
    house, other = a_house(), a_house()

    made, again, elsewhere = ordered(house), ordered(house, "2025-01-01", "2026-03-01"), ordered(other)

    assert made.id == again.id == elsewhere.id
    assert house.files.get(made.file) == other.files.get(elsewhere.file)
    assert again.file_name == "Документы 01.01.2025-01.03.2026.zip"


def test_one_document_more_is_another_file():
    house = a_house()
    made = ordered(house)
    house.tell(a_charge(100_000, at="2026-03-05T12:00:00+03:00"))
    house.night(FEBRUARY.next)

    assert ordered(house, last="2026-04-30").id != made.id


def test_many_are_packed_by_the_worker_and_the_answer_says_so(monkeypatch: pytest.MonkeyPatch):
    house, in_the_call = a_house(), a_house()
    at_once = ordered(in_the_call)
    monkeypatch.setattr(archive, "AT_ONCE_MAX", 3)

    made = ordered(house)
    assert (made.state, house.files.exists(made.file)) == ("being_made", False)
    assert ordered(house).state == archive_of(ACCOUNT, made.id, house.outside).state == "being_made"
    house.work()

    assert archive_of(ACCOUNT, made.id, house.outside).state == "ready"
    assert house.files.get(made.file) == in_the_call.files.get(at_once.file)
    assert house.store.rows("work") == []


@pytest.mark.parametrize("at_once_max", [50, 3])
def test_a_file_that_is_gone_is_made_again(at_once_max, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(archive, "AT_ONCE_MAX", at_once_max)
    house = a_house()
    made = ordered(house)
    house.work()
    body = house.files.files.pop(made.file)

    found = archive_of(ACCOUNT, made.id, house.outside)
    assert found.state == ("ready" if at_once_max == 50 else "being_made")
    house.work()
    assert house.files.get(made.file) == body

    del house.files.files[made.file]
    ordered(house)
    house.work()
    assert house.files.get(made.file) == body


def test_its_row_goes_by_itself_thirty_days_after_it_was_last_packed():
    house = a_house()
    made = ordered(house)
    assert row(house, made)["expires"] == 1_775_725_200  # 12:00 in Moscow on 9 April

    del house.files.files[made.file]
    archive_of(ACCOUNT, made.id, house.at("2026-03-20 12:00").outside)
    assert row(house, made)["expires"] == 1_776_589_200  # on 19 April


def row(house: House, made: Archive) -> Any:
    found = house.store.get("control", f"archives.{ACCOUNT}", made.id)
    assert found
    return found.row


def test_a_foreign_archive_is_answered_as_an_absent_one():
    house = a_house()
    made = ordered(house)

    for account, id in (("c-000002", made.id), (ACCOUNT, "0" * 32)):
        with pytest.raises(NotFoundError, match=r"^такого архива нет$"):
            archive_of(account, id, house.outside)


def test_an_archive_that_cannot_be_packed_says_so_and_may_be_ordered_again(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(archive, "AT_ONCE_MAX", 3)
    house = a_house()
    made = ordered(house)
    item = f"archive#{ACCOUNT}#{made.id}"
    with monkeypatch.context() as broken:
        broken.setattr(archive, "zipped", lambda files: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            fill_orders.fill_orders(ACCOUNT, item, house.outside)
        fill_orders.fill_orders(ACCOUNT, item, house.outside, last_attempt=True)

    assert archive_of(ACCOUNT, made.id, house.outside).state == "failed"
    house.queue.sent.clear()
    ordered(house)
    house.work()
    assert archive_of(ACCOUNT, made.id, house.outside).state == "ready"


@pytest.mark.parametrize("at_once_max", [50, 3])
def test_whatever_call_is_cut_off_ordering_again_gives_the_archive(at_once_max, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(archive, "AT_ONCE_MAX", at_once_max)

    def order(house: House) -> None:
        ordered(house)
        house.work()

    for where, house in every_cut(order, a_house):
        house.queue.sent.clear()
        made = ordered(house)
        house.wait(minutes=10).sweep()

        assert archive_of(ACCOUNT, made.id, house.outside).state == "ready", where
        assert len(names(house, made)) == 4, where
        assert house.store.rows("work") == [], where


def test_documents_of_two_payers_with_one_name_do_not_hide_each_other():
    twin = {**VASILYOK, "name": "ООО «Ромашка»"}
    house = House(
        a_card(payers=[a_card()["payers"][0], twin], invoice_policy="none"),
        a_payment(300_000),
        a_payment(300_000, payer={"inn": twin["inn"]}),
        a_charge(500_000),
    )
    house.night()
    rows = house.store.tables["documents"][ACCOUNT]
    for row, _ in (found for sk, found in rows.items() if ".act." in sk):
        row["file_name"] = "Акт.pdf"

    assert names(house, ordered(house)) == ["Акт.pdf", "Акт (2).pdf"]
