"""Акт сверки from the rows: the demo's cases, and any life of an account against sums made by hand."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing.domain.closing import payer_of_unpaid
from billing.domain.documents import Act, ReconciliationRow
from billing.domain.errors import InvalidInputError, NotFoundError
from billing.domain.ledger import LEGAL
from billing.domain.periods import Month, moscow_day
from billing.domain.reconciliation import NumberedAct, money_events, reconcile, sale, undocumented_by
from billing.domain.reconciliation_wording import operation_text
from billing.usecases.cards import customer_card
from billing.usecases.reconciliation import reconciliation_content, rows_count
from local.company import seller_card
from tests.usecases.house import ACCOUNT, FEBRUARY, JANUARY, ROMASHKA, VASILYOK, House, a_card, a_charge, a_payment
from tests.usecases.lives import PAYERS, Life, steps

INN = ROMASHKA["inn"]
Q1 = (date(2026, 1, 1), date(2026, 3, 31))


def content(house: House, payer: str = INN, first: date = Q1[0], last: date = Q1[1], today: date | None = None, **how):
    return reconciliation_content(
        ACCOUNT, payer, first, last, house.outside, today=today or max(last, moscow_day(house.now)), **how
    )


def text_of(row: ReconciliationRow) -> str:
    return operation_text(row).replace("\u00a0", " ")


def test_an_ordinary_client_reconciles_a_quarter():
    house = House(
        a_card(contract={"number": "17", "date": "2025-12-01"}),
        a_payment(1_000_000, document={"number": "77", "date": "2026-01-12"}),
        a_charge(550_000),
    )
    house.night(JANUARY)
    house.at("2026-02-20 13:00").tell(a_charge(100_000, at="2026-02-20T12:00:00+03:00"))

    draft = content(house, today=date(2026, 4, 3))

    act = draft.content
    assert [(f"{r.date}", text_of(r), r.debit, r.credit) for r in act.rows] == [
        ("2026-01-12", "Оплата (п/п № 77)", 0, 1_000_000),
        ("2026-02-01", "Продажа (Акт № 1)", 550_000, 0),
    ]
    assert (act.opening, act.closing, act.not_acted) == (0, -450_000, 100_000)
    assert (act.date, act.buyer.name, act.basis, act.mirrored) == (
        date(2026, 4, 3),
        "ООО «Ромашка»",
        "Договор № 17 от 01.12.2025",
        True,
    )
    assert draft.problems == ()
    assert tuple(map(str, draft.warnings)) == ("март\u00a02026\u00a0г. ещё не закрыт: его акта в сверке нет",)


def test_an_act_without_a_number_is_not_there_yet():
    house = House(a_card(payers=[{**ROMASHKA, "kpp": ""}]), a_payment(1_000_000), a_charge(550_000))
    house.close(JANUARY)

    draft = content(house, last=date(2026, 2, 28), today=date(2026, 3, 1))

    assert [text_of(r) for r in draft.content.rows] == ["Оплата"]
    assert (draft.content.closing, draft.content.not_acted) == (-1_000_000, 550_000)
    assert tuple(map(str, draft.problems)) == ("плательщик: КПП не указан",)
    assert "акт за январь\u00a02026\u00a0г. ещё не выпущен" in map(str, draft.warnings)


def test_a_client_who_left_after_a_reversal_owes_nothing():
    """1 000 paid, acted, given back in the account and then by bank: no claim to 1 000 without a word."""
    charge = a_charge(100_000, vat="none")
    house = House(a_card(invoice_policy="none"), a_payment(100_000, key="p"), charge)
    house.night(JANUARY)
    house.at("2026-02-10 14:00").tell(
        {"kind": "reversal", "key": "v", "account": ACCOUNT, "at": "2026-02-10T12:00:00+03:00", "amount": 100_000,
         "charge": charge["key"]},
        {"kind": "refund", "key": "r", "account": ACCOUNT, "at": "2026-02-10T13:00:00+03:00", "amount": 100_000,
         "payment": "p"},
    )  # fmt: skip
    for month in (FEBRUARY, FEBRUARY.next):
        house.night(month)

    draft = content(house, today=date(2026, 4, 3))

    assert (draft.content.closing, draft.content.not_acted) == (100_000, -100_000)
    assert draft.problems == ()
    assert house.balance() == 0


def test_what_is_served_and_not_paid_is_told_for_a_prepaid_and_a_postpaid_client():
    """10 000 paid; 5 500 in January, 5 500 in February, 4 000 in March, of which nobody has paid 5 000."""
    for policy in ("prepaid", "postpaid"):
        house = House(a_card(policy=policy), a_payment(1_000_000), a_charge(550_000))
        house.night(JANUARY)
        house.at("2026-02-20 13:00").tell(a_charge(550_000, at="2026-02-20T12:00:00+03:00"))
        house.at("2026-03-20 13:00").tell(a_charge(400_000, at="2026-03-20T12:00:00+03:00"))

        act = content(house, today=date(2026, 3, 31)).content

        assert (act.closing, act.not_acted, act.closing + act.not_acted) == (-450_000, 950_000, 500_000)
        assert house.balance() == -500_000


def test_the_right_half_is_as_the_seller_has_it_or_as_asked():
    house = House(a_card(), a_payment(1_000_000))
    house.tell(
        {**seller_card(), "key": "seller:2", "at": "2026-02-01T11:00:00+03:00", "reconciliation_mirrored": False}
    )

    assert content(house).content.mirrored is False
    assert content(house, mirrored=True).content.mirrored is True


@pytest.mark.parametrize(
    ("account", "payer", "first", "last", "error"),
    [
        pytest.param("c-999999", INN, *Q1, NotFoundError, id="no such account"),
        pytest.param(ACCOUNT, VASILYOK["inn"], *Q1, NotFoundError, id="a stranger"),
        pytest.param(ACCOUNT, INN, Q1[1], Q1[0], InvalidInputError, id="ends before it begins"),
        pytest.param(ACCOUNT, INN, Q1[0], date(2026, 4, 6), InvalidInputError, id="ends after today"),
    ],
)
def test_what_cannot_be_reconciled_is_said(account, payer, first, last, error):
    house = House(a_card(), a_payment(1_000_000))

    with pytest.raises(error):
        reconciliation_content(account, payer, first, last, house.outside, today=date(2026, 4, 5))


def test_a_payment_of_long_ago_changes_its_payer_with_what_was_not_given_back():
    house = House(a_card(payers=[ROMASHKA, VASILYOK]), a_payment(1_000_000, key="p"))
    house.tell(
        {
            "kind": "refund",
            "key": "r",
            "account": ACCOUNT,
            "at": "2026-01-15T12:00:00+03:00",
            "payment": "p",
            "amount": 300_000,
        }
    )
    for month in ("2026-01", "2026-02", "2026-03"):
        house.night(Month.parse(month))
    house.at("2026-04-10 12:00").tell(
        {
            "kind": "reclassification",
            "key": "c",
            "account": ACCOUNT,
            "payment": "p",
            "at": "2026-04-10T11:00:00+03:00",
            "class": "BANK",
            "reason": "другая компания",
            "payer": {"inn": VASILYOK["inn"]},
        }
    )
    april = {"first": date(2026, 4, 1), "last": date(2026, 4, 30)}

    ours, theirs = content(house, INN, **april).content, content(house, VASILYOK["inn"], **april).content

    assert rows_count(ACCOUNT, *april.values(), house.outside) < 5  # the payment itself is not among what is read
    assert (ours.opening, [(text_of(r), r.debit) for r in ours.rows], ours.closing) == (
        -700_000,
        [("Исправление плательщика", 700_000)],
        0,
    )
    assert (theirs.opening, [(text_of(r), r.credit) for r in theirs.rows], theirs.closing) == (
        0,
        [("Исправление плательщика", 700_000)],
        -700_000,
    )


def test_years_before_the_stretch_are_not_read():
    """Thirteen months of a charge a day: what is asked of the last one reads two months of the journal."""
    house = House(a_card(invoice_policy="none"), at="2026-01-01 10:00")
    for n in range(12):
        month = JANUARY.plus(n)
        house.at(f"{month.first_day} 12:00")
        house.tell(a_payment(100_000, at=house.now.isoformat()))
        for day in range(28):
            house.tell(a_charge(1_000, at=(house.now + timedelta(days=day, hours=-1)).isoformat())) if day < 1 else None
            house.wait(days=1) if day < 27 else None
            house.tell(a_charge(1_000, at=house.now.isoformat()))
        house.at(f"{month.next.first_day + timedelta(days=1)} 00:30").close(month)
    first, last = Month(2026, 12).first_day, Month(2026, 12).last_day

    assert rows_count(ACCOUNT, first, last, house.outside) < 70
    house.store.calls = 0
    draft = content(house, first=first, last=last, today=date(2027, 1, 5))
    calls = house.store.calls

    assert calls <= 10
    assert (draft.content.opening, draft.content.closing) == (
        sum(29_000 for _ in range(10)) - 1_100_000,
        sum(29_000 for _ in range(11)) - 1_200_000,
    )


# --- any life ----------------------------------------------------------------------------------------------------


def by_hand(life: Life, payer: str, first: date, last: date):
    """From the whole journal and all acts, with nothing left out or told backwards."""
    acts = [
        NumberedAct(
            number=d.number,
            date=d.content.date,
            total=d.content.total,
            spent=sum(amount for money, amount in d.content.by_class if money in ("BANK", "CARD_LE")),
        )
        for d in life.documents(kind="act")
        if d.payer == payer and isinstance(d.content, Act) and d.number
    ]
    turnover = reconcile([*map(sale, acts), *money_events(life.journal, payer, {})], first, last)
    owes = payer == payer_of_unpaid(life.account, customer_card(life.store, ACCOUNT))
    served = sum(undocumented_by(e, payer, owes=owes) for e in life.journal if e.day <= last)
    return turnover, served - sum(act.total for act in acts if act.date <= last)


def _by_one_company(told: list[tuple[str, int, int, int]]) -> list[tuple[str, int, int, int]]:
    """Return the same steps with the second company's payments made by the first."""
    return [
        (kind, a, 0 if kind in ("payment", "reclassification") and 2 in (b % 6, b % 5) else b, c)
        for kind, a, b, c in told
    ]


_offsets = st.lists(st.integers(-20, 140), min_size=2, max_size=2).map(sorted)


@settings(max_examples=150, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(told=steps, offsets=_offsets, simple=st.booleans(), alone=st.booleans())
def test_any_life_reconciles_as_its_whole_journal_does(told, offsets, simple, alone):
    """Read from where the stretch begins and told backwards from the account, it is what the whole history makes it.

    `alone`: one company pays. With two, whose the unpaid services are changes with who paid last; there, and where
    money was withdrawn, only the documents are compared.
    """
    life = Life(simple=simple).live(_by_one_company(told) if alone else told)
    if not life.journal:
        return
    first, last = (date(2026, 1, 1) + timedelta(days=n) for n in offsets)

    for payer in PAYERS:
        draft = content(life, payer, first, last).content
        turnover, not_acted = by_hand(life, payer, first, last)

        assert (draft.opening, draft.rows, draft.closing) == (turnover.opening, turnover.rows, turnover.closing)
        assert rows_count(ACCOUNT, first, last, life.outside) >= len(draft.rows)
        if not (simple and alone) or payer_of_unpaid(life.account, customer_card(life.store, ACCOUNT)) != payer:
            continue
        assert draft.not_acted == not_acted
        # by documents, with what they do not hold: the balance of the account, and what others paid of his acts
        everything, unacted = by_hand(life, payer, date.min, date.max)
        rest = sum(lot.rest for lot in life.account.lots if lot.payer == payer)
        matches = (a for e in life.journal for a in e.allocations if a.acted == payer)
        by_others = sum(a.amount for a in matches if a.money not in LEGAL)
        assert everything.closing + unacted == sum(debt.rest for debt in life.account.debts) - rest + by_others
