"""Papers on demand: an invoice for any sum, an act of reconciliation for any days; the same key, the same paper."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from billing import paper
from billing.domain.documents import DocumentStatus, Invoice, Reconciliation
from billing.domain.errors import ConflictError, InvalidInputError, NotFoundError, UnavailableError
from billing.domain.trouble_wording import all_said
from billing.ports import StaleError
from billing.records import DocumentRecord
from billing.usecases import filing, fill_orders, orders
from billing.usecases.orders import order_invoice, order_reconciliation
from local.company import seller_card
from tests.usecases.cutting import every_cut
from tests.usecases.house import ACCOUNT, FEBRUARY, ROMASHKA, VASILYOK, House, a_card, a_charge, a_payment

INN = ROMASHKA["inn"]
NBSP = "\u00a0"


def a_house(*told: Any, **card: Any) -> House:
    """A client in the afternoon of 10 February, whose January is closed with an act for 5 500 and an invoice."""
    house = House(a_card(**card), a_payment(1_000_000), a_charge(550_000), *told)
    house.night()
    house.mailer.letters.clear()
    return house.at("2026-02-10 15:00")


def invoiced(house: House, amount: int = 300_000, **over: Any) -> DocumentRecord:
    said: dict[str, Any] = {"amount": amount, "payer": INN, "key": "k-1", "user": "u-1", **over}
    return order_invoice(ACCOUNT, outside=house.outside, **said)


def reconciled(house: House, first: str = "2026-01-01", last: str = "2026-02-10", **over: Any) -> DocumentRecord:
    said: dict[str, Any] = {"payer": INN, "key": "k-1", "user": "u-1", **over}
    days = {"first": date.fromisoformat(first), "last": date.fromisoformat(last)}
    return order_reconciliation(ACCOUNT, outside=house.outside, **days, **said)


# --- a day -------------------------------------------------------------------------------------------------------


def test_so_many_a_day_as_the_seller_has_it():
    house = a_house()
    told = {**seller_card(), "key": "seller:2", "at": "2026-02-10T11:00:00+03:00", "orders_a_day": 2}
    house.tell(told)

    for n in range(2):
        invoiced(house, key=f"k-{n}")
    with pytest.raises(ConflictError, match=r"уже заказано 2\sдокумента"):
        invoiced(house, key="k-2")


def test_fifty_a_day_and_the_refusal_says_when_there_may_be_more():
    house = a_house()
    for n in range(49):
        invoiced(house, key=f"k-{n}")
    reconciled(house, key="k-49")

    with pytest.raises(ConflictError, match=r"уже заказано 50\sдокументов: следующий можно будет заказать завтра"):
        invoiced(house, key="k-50")
    with pytest.raises(ConflictError):
        reconciled(house, key="k-50")
    assert invoiced(house, key="k-0").number == "2"
    assert house.numbers("invoice.2026")[-1] == 50
    assert invoiced(house.at("2026-02-11 00:00"), key="k-50").number == "51"


def test_another_order_at_the_same_moment_is_counted_too():
    house = a_house()
    write = house.store.tx

    def tx(writes: Any) -> None:
        house.store.tx = write  # type: ignore[method-assign]
        invoiced(house, key="k-2")
        write(writes)

    house.store.tx = tx  # type: ignore[method-assign]

    assert (invoiced(house, key="k-1").number, invoiced(house, key="k-2").number) == ("3", "2")
    (counted,) = (r for r in house.store.rows("control") if r.sk == "day.2026-02-10")
    assert counted.row["n"] == 2


# --- an invoice --------------------------------------------------------------------------------------------------


def test_an_invoice_for_any_sum_is_ready_in_the_call_with_the_next_number_and_its_letter():
    house = a_house()

    record = invoiced(house, 300_000)
    house.work()

    assert (record.status, record.number, record.month) == (DocumentStatus.READY, "2", "2026-02")
    content = record.content
    assert isinstance(content, Invoice)
    assert (content.total, content.date, content.pay_by) == (300_000, date(2026, 2, 10), date(2026, 2, 20))
    assert [(line.title, line.quantity, line.vat.value, line.vat_amount) for line in content.lines] == [
        ("Оплата услуг (пополнение внутреннего счёта)", "1", "22", 54_098)
    ]
    assert house.files.get(record.file).startswith(b"%PDF-")
    assert record.file_name == "Счёт на оплату № 2 от 10.02.2026 ООО Ромашка.pdf"
    ((to, _, letter),) = house.mailer.letters
    assert to == f"{ACCOUNT}@client.example"
    assert letter.subject.replace(NBSP, " ") == "Счёт на оплату № 2 от 10 февраля 2026 г. — ООО «Ромашка»"
    assert "до 20 февраля 2026 г. включительно" in letter.text.replace(NBSP, " ")
    assert [a.file_name for a in letter.attachments] == [record.file_name]


def test_its_id_says_the_day_the_kind_and_the_payer():
    record = invoiced(a_house())

    day, kind, payer, own = record.id.split(".")
    assert (day, kind, payer, len(own), int(own, 16) >= 0) == ("2026-02-10", "invoice", INN, 8, True)
    assert record.is_ordered


@pytest.mark.parametrize("amount", [1, 10**13], ids=["a kopeck", "a hundred thousand millions"])
def test_the_least_and_the_largest_sum_are_printed(amount):
    record = invoiced(a_house(), amount)

    assert record.content.total == amount  # type: ignore[union-attr]
    assert record.status is DocumentStatus.READY


@pytest.mark.parametrize("amount", [0, -1, 10**13 + 1, True, 1.5, "100"])
def test_a_sum_that_is_none_is_refused_in_words(amount):
    house = a_house()

    with pytest.raises(InvalidInputError, match="сумма счёта"):
        invoiced(house, amount)
    assert house.numbers("invoice.2026") == [1]


def test_the_vat_is_that_of_the_seller_on_the_day_of_the_order():
    house = a_house()
    house.tell(
        {
            **seller_card(),
            "key": "seller:later",
            "at": "2026-02-09T10:00:00+03:00",
            "vat": [
                {"valid_from": "2020-01-01", "mode": "standard"},
                {"valid_from": "2026-02-10", "mode": "none", "ground": "ст. 346.11 НК РФ"},
            ],
        }
    )

    content = invoiced(house).content

    assert isinstance(content, Invoice)
    assert (content.lines[0].vat.value, content.vat_ground) == ("none", "ст. 346.11 НК РФ")
    assert content.purpose.endswith("Без НДС")


def test_the_same_key_gives_the_same_invoice_also_tomorrow():
    house = a_house()
    first = invoiced(house)

    again = invoiced(house.at("2026-02-11 09:00"))
    house.work()

    assert (again.id, again.number) == (first.id, first.number)
    assert house.numbers("invoice.2026") == [1, 2]
    assert len(house.addresses()) == 1


@pytest.mark.parametrize("over", [{"amount": 300_001}, {"payer": VASILYOK["inn"]}])
def test_the_same_key_with_other_content_is_refused(over):
    house = a_house(payers=[ROMASHKA, VASILYOK])
    invoiced(house)

    with pytest.raises(ConflictError, match="уже заказан другой документ"):
        invoiced(house, **over)


def test_a_key_of_another_client_is_another_key():
    house = a_house()
    house.tell(a_card("c-000002"))
    mine = invoiced(house)

    theirs = order_invoice("c-000002", amount=300_000, payer=INN, key="k-1", outside=house.outside, user="u-2")

    assert (mine.number, theirs.number) == ("2", "3")
    assert mine.id != theirs.id


@pytest.mark.parametrize("key", ["", " ", "k" * 201, "ключ", "a\nb"])
def test_a_key_that_is_none_is_refused(key):
    with pytest.raises(InvalidInputError, match="ключ"):
        invoiced(a_house(), key=key)


@pytest.mark.parametrize("payer", ["", "7728168971", "770708389", "<script>", "٧٧٠٧٠٨٣٨٩٣"])
def test_a_payer_that_is_not_on_the_card_is_refused(payer):
    with pytest.raises(NotFoundError, match="нет в карточке"):
        invoiced(a_house(), payer=payer)


def test_an_account_that_is_not_there_has_no_payer_either():
    with pytest.raises(NotFoundError):
        order_invoice("c-999999", amount=1, payer=INN, key="k", outside=a_house().outside, user="u-1")


def test_missing_requisites_are_named_and_no_number_is_taken():
    house = a_house()
    house.tell(a_card(payers=[{**ROMASHKA, "address": ""}], at="2026-02-10T10:00:00+03:00"))

    with pytest.raises(InvalidInputError, match="исправьте реквизиты: плательщик: адрес не указан"):
        invoiced(house)

    assert house.numbers("invoice.2026") == [1]
    assert house.store.rows("work") == []


def test_a_sign_that_the_fonts_lack_is_named_too():
    house = a_house()
    house.tell(a_card(payers=[{**ROMASHKA, "name": "ООО «☃»"}], at="2026-02-10T10:00:00+03:00"))

    with pytest.raises(InvalidInputError, match="нечем напечатать знак «☃»"):
        invoiced(house)


def test_a_month_of_orders_is_closed_as_if_there_were_none():
    house = a_house()
    house.tell(a_charge(100_000, at="2026-02-05T12:00:00+03:00"))
    invoiced(house)
    house.work()
    house.hear()

    report = house.night(FEBRUARY)

    assert report["documents"] == {"act": [1, 100_000]}
    assert report["series"] == {"act.2026": {"last": 2, "missing": []}}
    assert report["letters"] == {"delivered": 1}


def test_an_order_of_which_something_is_left_holds_up_no_run(monkeypatch: pytest.MonkeyPatch):
    house = a_house()
    house.tell(a_charge(100_000, at="2026-02-05T12:00:00+03:00"))

    def down(*args: Any) -> DocumentRecord:
        raise UnavailableError("down")

    with monkeypatch.context() as broken:
        for module in (orders, fill_orders):
            broken.setattr(module, "fill_order", down)
        record = invoiced(house)
        report = house.night(FEBRUARY)

    assert (record.status, report["difference"]) == (DocumentStatus.DECIDED, 0)
    assert [s.sk for s in house.store.rows("work")] == [f"order#{ACCOUNT}#{record.id}"]
    house.wait(minutes=10).sweep()
    house.wait(minutes=10).sweep()
    assert house.documents(kind="invoice")[-1].status is DocumentStatus.READY
    assert house.report(FEBRUARY) == report  # nor is it counted anew


def test_what_is_down_for_a_moment_is_finished_by_the_worker():
    house = a_house()

    def put_once(*args: Any, **how: Any) -> None:
        del house.files.put_once
        raise UnavailableError("slow down")

    house.files.put_once = put_once  # type: ignore[method-assign]

    record = invoiced(house)
    assert record.status is DocumentStatus.NUMBERED
    house.work()

    (ready,) = house.documents(kind="invoice")[1:]
    assert (ready.status, house.addresses()) == (DocumentStatus.READY, [f"{ACCOUNT}@client.example"])


def test_an_order_that_fails_for_a_reason_of_its_own_waits_for_a_card(monkeypatch: pytest.MonkeyPatch):
    house = a_house()

    def boom(document: Any, images: Any) -> bytes:
        raise ZeroDivisionError("boom")

    with monkeypatch.context() as broken:
        broken.setattr(paper, "draw", boom)
        with pytest.raises(ZeroDivisionError):
            invoiced(house)
        (work,) = house.store.rows("work")
        assert fill_orders.fill_orders(ACCOUNT, work.sk, house.outside, last_attempt=True) == "set aside"
        house.wait(minutes=10).sweep()
    house.tell(a_card(at="2026-02-10T15:30:00+03:00"))
    house.wait(minutes=10).sweep()

    assert [d.status for d in house.documents(kind="invoice")] == [DocumentStatus.READY] * 2
    assert house.metrics.counts["OrdersSetAside"] == 1


def test_whatever_call_is_cut_off_the_same_key_gives_one_invoice_and_one_letter():
    for where, house in every_cut(invoiced, a_house):
        record = invoiced(house)
        house.work()
        for _ in range(3):
            house.wait(minutes=20).sweep()

        assert record.status is DocumentStatus.READY, where
        assert house.numbers("invoice.2026") == [1, 2], where
        assert house.addresses() == [f"{ACCOUNT}@client.example"], where
        assert house.store.rows("work") == [], where


def test_whatever_call_is_cut_off_the_sweep_alone_finishes_what_was_written():
    for where, house in every_cut(invoiced, a_house):
        house.queue.sent.clear()  # hints die with their sender
        for _ in range(3):
            house.wait(minutes=20).sweep()

        ordered = [d for d in house.documents(kind="invoice") if d.is_ordered]
        assert [d.status for d in ordered] in ([], [DocumentStatus.READY]), where
        assert len(house.addresses()) == len(ordered), where
        assert house.store.rows("work") == [], where


def test_two_at_the_same_moment_with_the_same_key_have_one_invoice():
    house = a_house()
    write = house.store.tx

    def tx(writes: Any) -> None:
        house.store.tx = write  # type: ignore[method-assign]
        invoiced(house)
        write(writes)

    house.store.tx = tx  # type: ignore[method-assign]

    record = invoiced(house)

    assert (record.number, house.numbers("invoice.2026")) == ("2", [1, 2])


# --- an act of reconciliation ------------------------------------------------------------------------------------


def test_an_act_of_reconciliation_for_any_days_is_ready_in_the_call():
    house = a_house()

    record = reconciled(house)
    house.work()

    content = record.content
    assert isinstance(content, Reconciliation)
    assert (record.status, record.number, record.series) == (DocumentStatus.READY, "1", "reconciliation.2026")
    assert [(str(row.date), row.debit, row.credit) for row in content.rows] == [
        ("2026-01-12", 0, 1_000_000),
        ("2026-02-01", 550_000, 0),
    ]
    assert (content.opening, content.closing) == (0, -450_000)
    (letter,) = house.letters()
    assert "наш долг 4 500,00 ₽" in letter.text.replace(NBSP, " ")
    assert "Оплатите" not in letter.text


@pytest.mark.parametrize(
    ("first", "last"),
    [("2026-02-02", "2026-02-01"), ("2026-01-01", "2026-02-11")],
    ids=["it ends before it begins", "it is not over"],
)
@pytest.mark.parametrize("at_once_max", [3_000, 0])
def test_days_that_are_no_stretch_are_refused(first, last, at_once_max, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(orders, "AT_ONCE_MAX", at_once_max)

    with pytest.raises(InvalidInputError, match="период"):
        reconciled(a_house(), first, last)


def test_the_same_key_for_other_days_is_refused():
    house = a_house()
    reconciled(house)

    with pytest.raises(ConflictError):
        reconciled(house, first="2026-01-02")


def test_a_very_long_one_is_decided_at_once_and_made_by_the_worker(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(orders, "AT_ONCE_MAX", 1)
    house = a_house()

    record = reconciled(house, mirrored=False)
    assert (record.status, record.number, house.files.exists(f"docs/{ACCOUNT}/{record.id}.pdf")) == (
        DocumentStatus.DECIDED,
        "",
        False,
    )
    house.tell(a_payment(70_000, at="2026-02-10T15:01:00+03:00"))
    house.work()

    (made,) = house.documents(kind="reconciliation")
    content = made.content
    assert isinstance(content, Reconciliation)
    assert (made.status, made.number, content.mirrored) == (DocumentStatus.READY, "1", False)
    assert (content.closing, len(content.rows)) == (-520_000, 3)
    assert len(house.addresses()) == 1
    assert reconciled(house, mirrored=False).id == record.id


def test_the_worker_makes_it_as_of_the_day_of_the_order(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(orders, "AT_ONCE_MAX", 1)
    house = a_house()
    reconciled(house, last="2026-02-09")

    house.at("2026-02-12 09:00").work()

    (made,) = house.documents(kind="reconciliation")
    assert (made.status, made.content.date) == (DocumentStatus.READY, date(2026, 2, 10))


def test_whatever_call_of_the_worker_is_cut_off_there_is_one_act_and_one_letter(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(orders, "AT_ONCE_MAX", 1)
    monkeypatch.setattr(filing, "ROWS_MAX", 1)

    def ordered() -> House:
        house = a_house()
        reconciled(house)
        return house

    for where, house in every_cut(House.work, ordered):
        house.queue.sent.clear()
        for _ in range(3):
            house.wait(minutes=20).sweep()

        (made,) = house.documents(kind="reconciliation")
        assert (made.status, made.number) == (DocumentStatus.READY, "1"), where
        assert house.addresses() in ([f"{ACCOUNT}@client.example"], [f"{ACCOUNT}@client.example"] * 2), where
        assert house.store.rows("work") == [], where


def test_requisites_that_go_missing_before_the_worker_comes_are_waited_for(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(orders, "AT_ONCE_MAX", 1)
    house = a_house()
    reconciled(house)
    house.tell(a_card(payers=[{**ROMASHKA, "address": ""}], at="2026-02-10T15:00:00+03:00"))

    house.work()
    (waiting,) = house.documents(kind="reconciliation")
    assert (waiting.status, all_said(waiting.problems)) == (DocumentStatus.DECIDED, "плательщик: адрес не указан")
    house.wait(minutes=10).sweep()
    house.tell(a_card(at="2026-02-10T15:30:00+03:00"))
    house.wait(minutes=10).sweep()

    (made,) = house.documents(kind="reconciliation")
    assert (made.status, made.number, made.problems) == (DocumentStatus.READY, "1", ())
    assert house.store.rows("work") == []


def test_requisites_that_come_back_while_the_worker_is_at_it_wake_it(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(orders, "AT_ONCE_MAX", 1)
    house = a_house()
    reconciled(house)
    house.tell(a_card(payers=[{**ROMASHKA, "address": ""}], at="2026-02-10T15:00:00+03:00"))
    read = fill_orders.reconciliation_content

    def slow(*asked: Any, **how: Any) -> Any:
        said = read(*asked, **how)
        house.tell(a_card(at="2026-02-10T15:01:00+03:00"))
        return said

    with monkeypatch.context() as patched:
        patched.setattr(fill_orders, "reconciliation_content", slow)
        house.work()
    house.wait(minutes=10).sweep()

    (made,) = house.documents(kind="reconciliation")
    assert (made.status, made.problems) == (DocumentStatus.READY, ())


def test_many_rows_lie_in_a_file_and_are_printed_all_the_same(monkeypatch: pytest.MonkeyPatch):
    plain = a_house()
    reconciled(plain)
    monkeypatch.setattr(filing, "ROWS_MAX", 1)
    house = a_house()

    record = reconciled(house)

    content = record.content
    assert isinstance(content, Reconciliation)
    assert (content.rows, content.closing) == ((), -450_000)
    whole = filing.whole(record, house.outside).content
    assert isinstance(whole, Reconciliation)
    assert len(whole.rows) == 2
    assert house.files.get(record.file) == plain.files.get(record.file)


def test_three_thousand_rows_fit_the_database(monkeypatch: pytest.MonkeyPatch):
    payments = [a_payment(100, key=f"p-{n}", at="2026-01-20T12:00:00+03:00") for n in range(2_500)]
    house = House(a_card(), *payments).at("2026-02-10 15:00")

    record = reconciled(house)

    assert record.status is DocumentStatus.READY
    assert record.content.closing == -250_000  # type: ignore[union-attr]


def test_a_database_that_moves_on_is_asked_again():
    house = a_house()
    write, stale = house.store.tx, iter([False, True])

    def tx(writes: Any) -> None:
        if next(stale, False):
            raise StaleError([0])
        write(writes)

    house.store.tx = tx  # type: ignore[method-assign]

    assert reconciled(house).status is DocumentStatus.READY
