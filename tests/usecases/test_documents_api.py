"""The list of documents, one of them, and its link, over the world in memory."""

from __future__ import annotations

from datetime import date

import pytest

from billing import records
from billing.domain.documents import DocumentKind, DocumentStatus
from billing.domain.errors import ConflictError, NotFoundError
from billing.domain.periods import Month
from billing.ports import LetterEvent, Write
from billing.usecases.document_filters import Filters
from billing.usecases.documents_api import READ_MAX, document_told, download_link, list_documents
from billing.usecases.orders import order_reconciliation
from billing.usecases.track_letters import track_letter
from tests.usecases.house import ACCOUNT, FEBRUARY, JANUARY, ROMASHKA, VASILYOK, House, a_card, a_charge, a_payment

EVERYTHING = Filters()


@pytest.fixture(scope="module")
def house() -> House:
    """Two payers, two months: four acts and two invoices, and a neighbour with an act of his own."""
    house = House(a_card(payers=[ROMASHKA, VASILYOK]), a_card("c-000002"), at="2026-01-31 23:59")
    house.tell(a_payment(500_000, payer={"inn": VASILYOK["inn"], "kpp": VASILYOK["kpp"]}), a_payment(500_000))
    house.tell(a_charge(700_000), a_payment(100_000, "c-000002"), a_charge(100_000, "c-000002"))
    house.night(JANUARY)
    house.at("2026-02-27 12:00").tell(a_payment(600_000, at="2026-02-20T12:00:00+03:00"))
    house.tell(a_charge(800_000, at="2026-02-26T12:00:00+03:00"))
    house.night(FEBRUARY)
    return house


def _ids(house: House, filters: Filters = EVERYTHING, *, account: str = ACCOUNT) -> list[str]:
    found, more = list_documents(account, filters, after="", limit=100, outside=house.outside)
    assert not more
    return [d.id for d in found]


def test_the_newest_document_comes_first_and_closed_months_are_no_documents(house: House) -> None:
    ids = _ids(house)

    assert ids == sorted(ids, reverse=True)
    assert [id.partition(".")[0] for id in ids] == ["2026-02"] * 2 + ["2026-01"] * 3
    assert not [id for id in ids if id.endswith(".period")]


@pytest.mark.parametrize("limit", [1, 2, 3, 5])
def test_pages_put_together_are_the_whole_list(house: House, limit: int) -> None:
    ids, after = [], ""
    while True:
        page, after = list_documents(ACCOUNT, EVERYTHING, after=after, limit=limit, outside=house.outside)
        assert len(page) <= limit
        ids += [d.id for d in page]
        if not after:
            break

    assert ids == _ids(house)


@pytest.mark.parametrize(
    ("filters", "count"),
    [
        pytest.param(Filters(kind=DocumentKind.ACT), 3, id="kind"),
        pytest.param(Filters(kind=DocumentKind.RECONCILIATION), 0, id="a kind there is none of"),
        pytest.param(Filters(first=date(2026, 3, 1)), 2, id="from the day itself"),
        pytest.param(Filters(first=date(2026, 3, 2)), 0, id="from the day after"),
        pytest.param(Filters(last=date(2026, 2, 1)), 3, id="to the day itself"),
        pytest.param(Filters(last=date(2026, 1, 31)), 0, id="to the day before"),
        pytest.param(Filters(first=date(2026, 2, 1), last=date(2026, 2, 1)), 3, id="one day"),
        pytest.param(Filters(payer=VASILYOK["inn"]), 1, id="payer"),
        pytest.param(Filters(status=DocumentStatus.READY), 5, id="status"),
        pytest.param(Filters(status=DocumentStatus.BLOCKED), 0, id="another status"),
        pytest.param(Filters(number="404"), 0, id="a number there is none of"),
    ],
)
def test_filters_let_through_what_they_say(house: House, filters: Filters, count: int) -> None:
    assert len(_ids(house, filters)) == count


def test_a_number_is_found_whole(house: House) -> None:
    (act,) = [d for d in house.documents(kind="act") if d.month == "2026-02"]

    found = _ids(house, Filters(number=act.number, kind=DocumentKind.ACT))

    assert found == [act.id]


def _planted(house: House, id: str, **over: object) -> None:
    """Plant a copy of the act of January under another key."""
    act = next(s.row for s in house.store.query("documents", ACCOUNT).rows if s.sk.startswith("2026-01.act"))
    house.store.tx([Write("documents", ACCOUNT, id, {**act, **over}, 0)])


def a_quarter() -> House:
    """Acts of January, February and March, dated the first of the next month; and a contract made in April."""
    house = House(a_card(), a_payment(300_000), a_charge(300_000))
    house.night()
    for month, day, number in (("2026-02", "2026-03-01", "21"), ("2026-03", "2026-04-01", "36")):
        _planted(house, f"{month}.act.9999003014.0", month=month, date=day, number=number)
    _planted(house, "2026-04-02.contract.9999003014", kind="contract", date="2025-01-15", number="Д-101/2025")
    return house


def _months(first: str, last: str) -> Filters:
    months = {"month_first": Month.parse(first), "month_last": Month.parse(last)}
    return Filters(kind=DocumentKind.ACT, also=DocumentKind.CONTRACT, **months)


def _numbers(house: House, filters: Filters) -> list[str]:
    found, _ = list_documents(ACCOUNT, filters, after="", limit=100, outside=house.outside)
    return [d.number for d in found]


@pytest.mark.parametrize(
    ("first", "last", "numbers"),
    [
        pytest.param("2026-03", "2026-03", ["36"], id="March has the act for March, dated 1 April"),
        pytest.param("2026-01", "2026-03", ["36", "21", "1"], id="the first quarter has its three"),
        pytest.param("2026-04", "2026-06", [], id="the second has none of them"),
        pytest.param("2025-01", "2025-12", ["Д-101/2025"], id="a contract is of the month of its date"),
    ],
)
def test_an_act_belongs_to_the_month_that_it_closes(first: str, last: str, numbers: list[str]) -> None:
    assert _numbers(a_quarter(), _months(first, last)) == numbers


def test_a_contract_is_found_by_the_date_that_is_printed_on_it_and_stands_there() -> None:
    house = a_quarter()
    acts = {"kind": DocumentKind.ACT, "also": DocumentKind.CONTRACT}

    assert _numbers(house, Filters(first=date(2025, 1, 1), last=date(2025, 12, 31))) == ["Д-101/2025"]
    assert _numbers(house, Filters(first=date(2026, 4, 2), last=date(2026, 4, 30))) == []
    assert _numbers(house, Filters(**acts)) == ["36", "21", "1", "Д-101/2025"]


def test_an_act_of_reconciliation_belongs_to_the_months_that_it_is_for() -> None:
    house = House(a_card(), a_payment(300_000), a_charge(300_000))
    house.night()
    content = {**records.document_row(house.documents(kind="act")[0])["content"], "first": "2025-10-01"}
    content["last"] = "2025-12-31"
    _planted(house, "2026-04-05.reconciliation.x", kind="reconciliation", date="2026-04-05", content=content)
    kind = DocumentKind.RECONCILIATION

    for first, last, count in (("2025-12", "2025-12", 1), ("2026-01", "2026-04", 0), ("2025-01", "2025-09", 0)):
        months = Filters(kind=kind, month_first=Month.parse(first), month_last=Month.parse(last))
        assert len(_ids(house, months)) == count


@pytest.mark.parametrize("limit", [1, 4, 50])
def test_documents_of_one_day_stand_by_number_whatever_their_keys(limit: int) -> None:
    house = House(a_card(), a_payment(300_000), a_charge(300_000))
    house.night()
    for digest, number in zip("fa7b3c19e5", (51, 55, 67, 74, 98, 90, 9, 100, 101, 8), strict=True):
        _planted(house, f"2026-02-10.invoice.x.{digest}", kind="invoice", date="2026-02-10", number=str(number))

    numbers, after = [], ""
    while True:
        page, after = list_documents(
            ACCOUNT, Filters(first=date(2026, 2, 10)), after=after, limit=limit, outside=house.outside
        )
        numbers += [int(d.number) for d in page]
        if not after:
            break

    assert numbers == [101, 100, 98, 90, 74, 67, 55, 51, 9, 8]


@pytest.mark.parametrize(
    ("typed", "numbers"),
    [
        pytest.param("3", ["36"], id="a part"),
        pytest.param("№ 36", ["36"], id="with its sign"),
        pytest.param("д-101", ["Д-101/2025"], id="the beginning, in another case"),
        pytest.param("37", [], id="of none"),
    ],
)
def test_a_number_is_found_as_people_type_it(typed: str, numbers: list[str]) -> None:
    assert _numbers(a_quarter(), Filters(number=typed)) == numbers


def test_a_list_says_what_stands_in_the_document_and_what_became_of_its_letter(house: House) -> None:
    page, _ = list_documents(ACCOUNT, Filters(payer=VASILYOK["inn"]), after="", limit=10, outside=house.outside)

    (act,) = page

    assert (act.buyer, act.total, act.date) == ("АО «Василёк»", 500_000, date(2026, 2, 1))
    assert (act.status, act.letter, act.edo) == (DocumentStatus.READY, "delivered", None)


def test_a_document_tells_its_letters_address_by_address_and_whole_only_when_asked(house: House) -> None:
    id = _ids(house)[0]

    told, whole = document_told(ACCOUNT, id, house.outside), document_told(ACCOUNT, id, house.outside, full=True)

    assert [(letter.address, letter.status) for letter in told.letters] == [("c***@client.example", "delivered")]
    assert [letter.address for letter in whole.letters] == ["c-000001@client.example"]


def test_a_letter_is_told_by_what_most_asks_for_attention() -> None:
    card = a_card(administrators=[{"user": "u-1", "emails": ["a@client.example", "b@client.example"]}])
    house = House(card, a_payment(300_000), a_charge(300_000))
    house.at("2026-02-02 00:30").close(JANUARY)
    house.hear(only="a@client.example")
    house.hear("bounced", only="b@client.example")

    assert [d.letter for d in list_documents(ACCOUNT, EVERYTHING, after="", limit=10, outside=house.outside)[0]] == [
        "bounced",
        "bounced",
    ]


def test_a_letter_that_came_back_is_told_with_the_reason() -> None:
    house = House(a_card(), a_payment(300_000), a_charge(300_000))
    house.at("2026-02-02 00:30").close(JANUARY)
    for _, delivery, _ in house.mailer.letters:
        event = LetterEvent(delivery=delivery, status="bounced", message="m", code="Transient/MailboxFull")
        track_letter(event, house.outside)

    assert [d.code for d in list_documents(ACCOUNT, EVERYTHING, after="", limit=10, outside=house.outside)[0]] == [
        "Transient/MailboxFull",
        "Transient/MailboxFull",
    ]


def test_a_reconciliation_is_told_with_its_days() -> None:
    house = House(a_card(), a_payment(300_000), a_charge(300_000))
    first, last = date(2026, 1, 1), date(2026, 1, 20)
    house.at("2026-01-31 12:00")
    order_reconciliation(
        ACCOUNT, payer=ROMASHKA["inn"], first=first, last=last, key="k", outside=house.outside, user="u"
    )

    ((told,), _) = list_documents(ACCOUNT, EVERYTHING, after="", limit=10, outside=house.outside)
    assert (told.first, told.last) == (first, last)


def test_what_became_of_a_document_in_the_edo_is_told() -> None:
    house = House(a_card(), a_payment(300_000), a_charge(300_000))
    house.night()
    (act,) = house.documents(kind="act")
    stored = house.store.get("documents", ACCOUNT, act.id)
    assert stored
    fate = {"stage": "refused", "since": "2026-04-03T09:00:00Z", "text": "Неверный договор"}
    house.store.tx(
        [Write("documents", ACCOUNT, act.id, {**stored.row, "edo": {"fate": fate, "box": "b"}}, stored.version)]
    )

    edo = document_told(ACCOUNT, act.id, house.outside).edo

    assert edo
    assert (edo.stage, edo.since, edo.text, edo.annulment) == (
        "refused", "2026-04-03T09:00:00Z", "Неверный договор", "none",
    )  # fmt: skip


@pytest.mark.parametrize(
    "id",
    [
        pytest.param("2026-01.act.7700000000.0", id="absent"),
        pytest.param("2026-01.period", id="a closed month"),
        pytest.param("", id="empty"),
        pytest.param("a" * 5_000, id="longer than any key"),
        pytest.param("2026-01.act\x00", id="not printable"),
    ],
)
def test_an_id_that_is_no_document_of_the_account_is_not_found(house: House, id: str) -> None:
    with pytest.raises(NotFoundError):
        document_told(ACCOUNT, id, house.outside)
    with pytest.raises(NotFoundError):
        download_link(ACCOUNT, id, house.outside, inline=False)


def test_an_id_means_the_document_of_whoever_asks(house: House) -> None:
    """Both accounts have the same payer and month, hence the same id."""
    (id,) = [id for id in _ids(house, account="c-000002") if ".act." in id]

    links = [download_link(account, id, house.outside, inline=False)[0] for account in ("c-000001", "c-000002")]

    assert [f"/{account}/{id}" in link for account, link in zip(("c-000001", "c-000002"), links, strict=True)] == [
        True,
        True,
    ]


def test_a_link_is_for_a_document_that_has_its_file_and_lives_two_minutes() -> None:
    house = House(a_card(payers=[]), a_payment(300_000), a_charge(300_000))
    house.night()
    (act,) = house.documents(kind="act")

    with pytest.raises(ConflictError):
        download_link(ACCOUNT, act.id, house.outside, inline=True)
    house.at("2026-02-03 10:00").tell(a_card(at="2026-02-03T09:00:00+03:00"))
    house.sweep()

    assert download_link(ACCOUNT, act.id, house.outside, inline=True)[0].endswith("seconds=120")


def test_a_short_page_of_a_rare_kind_is_no_dearer_than_a_long_one() -> None:
    house = House(a_card())
    for n in range(600):
        row = {"kind": "act" if n else "contract", "status": "ready", "payer": "x", "date": "2026-03-01"}
        house.store.tx([Write("documents", ACCOUNT, f"2026-03-10.act.x.{n:04}", row, 0)])
    before = house.store.calls

    rare = Filters(kind=DocumentKind.CONTRACT)
    page, _ = list_documents(ACCOUNT, rare, after="", limit=1, outside=house.outside)

    assert page == ()
    assert house.store.calls - before == 6  # five hundred rows, a hundred a call, and whether there are more


def test_what_one_call_reads_is_bounded_and_the_rest_is_reached_all_the_same() -> None:
    house = House(a_card(), a_payment(300_000), a_charge(300_000))
    house.night()
    (act,) = house.documents(kind="act")
    row = {**records.document_row(act), "kind": "invoice"}
    for n in range(0, 700, 100):
        house.store.tx([Write("documents", ACCOUNT, f"2026-03-10.invoice.x.{n + i:04}", row, 0) for i in range(100)])

    acts = Filters(kind=DocumentKind.ACT)
    before = house.store.calls
    page, after = list_documents(ACCOUNT, acts, after="", limit=10, outside=house.outside)
    calls = house.store.calls - before
    rest, end = list_documents(ACCOUNT, acts, after=after, limit=10, outside=house.outside)

    assert (page, after) == ((), f"2026-03-10.invoice.x.{700 - READ_MAX:04}")
    assert calls <= READ_MAX / 10
    assert ([d.id for d in rest], end) == ([act.id], "")
