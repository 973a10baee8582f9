"""Papers with both sides on them: dates, basis, identifiers, and what blocks them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from billing.domain.closing import close
from billing.domain.documents import Act, BankAccount, DocumentKind, Invoice, Party
from billing.domain.drafts import Draft, document_id, invoice_draft, main_payer, mended, sides, usual_terms
from billing.domain.invoice import topup_content
from billing.domain.ledger import Refund, Reversal, Service
from billing.domain.parties import Contract
from billing.domain.periods import Month
from billing.domain.seller import ActDate, InvoicePolicy, SellerCard, VatRecord
from billing.domain.troubles import Cause
from billing.domain.vat import Vat
from billing.messages import ChargeMessage
from tests.builders import (
    CRM,
    GROUND,
    OTHER_PAYER,
    PAYER,
    Story,
    a_charge,
    a_customer,
    a_payer,
    a_payment,
    a_seller,
    another_payer,
    rub,
    seller_requisites,
)

JANUARY = Month(2026, 1)


def drafts(customer=None, seller=None, *commands) -> tuple[Draft, ...]:
    story = Story(*(commands or (a_payment(), a_charge())))
    return close(story.account, customer, seller).drafts


@pytest.mark.parametrize(
    ("setting", "month", "dated"),
    [
        pytest.param(ActDate.FIRST_OF_NEXT_MONTH, JANUARY, date(2026, 2, 1), id="as the help page says"),
        pytest.param(ActDate.LAST_DAY, JANUARY, date(2026, 1, 31), id="as accountants like it"),
        pytest.param(ActDate.FIRST_OF_NEXT_MONTH, Month(2025, 12), date(2026, 1, 1), id="new year"),
        pytest.param(ActDate.LAST_DAY, Month(2028, 2), date(2028, 2, 29), id="leap year"),
    ],
)
def test_an_act_is_dated_by_the_setting(setting, month, dated):
    story = Story(a_payment(day=month.first_day), a_charge(day=month.last_day), open=month)

    act, invoice = story.close(seller=a_seller(act_date=setting)).drafts

    assert (act.content.date, act.content.month) == (dated, str(month))
    assert invoice.content.date == month.next.first_day


def test_the_vat_of_the_act_does_not_follow_its_date():
    story = Story(a_payment(), a_charge(day=date(2025, 12, 31), service=CRM._replace(vat=Vat.TWENTY)),
                  open=Month(2025, 12))

    act, invoice = story.close().drafts

    assert (act.content.date, act.content.lines[0].vat) == (date(2026, 1, 1), Vat.TWENTY)
    assert [line.vat for line in invoice.content.lines] == [Vat.TWENTY_TWO]   # it is for January


@pytest.mark.parametrize(
    ("kind", "name"),
    [(DocumentKind.ACT, "2026-01.act.7707083893.0"), (DocumentKind.INVOICE, "2026-01.invoice.7707083893.0")],
)
def test_a_document_is_named_by_its_meaning(kind, name):
    assert document_id(JANUARY, kind, PAYER) == name


def test_a_whole_draft_has_both_sides_the_basis_and_the_term():
    act, invoice = drafts(a_customer(), a_seller())

    assert act.problems == invoice.problems == ()
    assert act.content.seller.party.inn == "7736207543"
    assert (act.content.buyer.inn, act.content.buyer.kpp) == (PAYER, "773601001")
    assert act.content.basis == "Договор № 17 от 01.03.2024"
    assert (invoice.content.date, invoice.content.pay_by) == (date(2026, 2, 1), date(2026, 2, 11))
    assert invoice.content.purpose == ("Оплата по счёту № {number} от 01.02.2026, договор № 17 от 01.03.2024. "
                                       "В т.ч. НДС 22% – 180,33 руб.")
    assert invoice.content.numbered("9").purpose.startswith("Оплата по счёту № 9 от")


@pytest.mark.parametrize(
    ("contract", "basis"),
    [
        pytest.param(None, "Публичная оферта", id="none"),
        pytest.param(Contract(number="5", date=date(2026, 2, 1)), "Договор № 5 от 01.02.2026", id="of that day"),
        pytest.param(Contract(number="5", date=date(2026, 2, 2)), "Публичная оферта", id="made later"),
    ],
)
def test_a_document_rests_on_the_contract_or_on_the_offer(contract, basis):
    assert drafts(a_customer(contract=contract), a_seller())[0].content.basis == basis


def test_requisites_are_those_of_the_day_of_the_document():
    old, new = a_payer(name="ООО «Старое»"), a_payer(name="ООО «Новое»", valid_from=date(2026, 2, 1))
    later = a_payer(name="ООО «Будущее»", valid_from=date(2026, 2, 2))

    act, _ = drafts(a_customer(payers=(later, old, new)), a_seller(act_date=ActDate.FIRST_OF_NEXT_MONTH))
    act_of_31st, _ = drafts(a_customer(payers=(later, old, new)), a_seller(act_date=ActDate.LAST_DAY))

    assert (act.content.buyer.name, act_of_31st.content.buyer.name) == ("ООО «Новое»", "ООО «Старое»")


BAD_BANK = BankAccount(bank="Банк", bic="044525225", account="40702810938000000002",
                       correspondent="30101810400000000225")


@pytest.mark.parametrize(
    ("customer", "seller", "problem"),
    [
        pytest.param(None, a_seller(), "нет карточки клиента", id="no card"),
        pytest.param(a_customer(payers=(another_payer(),)), a_seller(),
                     f"нет реквизитов плательщика с ИНН {PAYER} на 01.02.2026", id="another payer only"),
        pytest.param(a_customer(payers=(a_payer(valid_from=date(2026, 2, 2)),)), a_seller(),
                     f"нет реквизитов плательщика с ИНН {PAYER} на 01.02.2026", id="requisites from a later day"),
        pytest.param(a_customer(payers=(a_payer(kpp=""),)), a_seller(), "плательщик: ", id="payer without a KPP"),
        pytest.param(a_customer(payers=(a_payer(address=""),)), a_seller(), "плательщик: ",
                     id="payer without an address"),
        pytest.param(a_customer(), None, "нет реквизитов продавца на 01.02.2026", id="no seller"),
        pytest.param(a_customer(), a_seller(requisites=(seller_requisites(valid_from=date(2026, 3, 1)),)),
                     "нет реквизитов продавца на 01.02.2026", id="seller from a later day"),
        pytest.param(a_customer(), a_seller(requisites=(seller_requisites(bank=BAD_BANK),)), "продавец: ",
                     id="seller with a wrong account"),
        pytest.param(a_customer(), a_seller(requisites=(seller_requisites(party=Party(name="", inn="7736207543")),)),
                     "продавец: ", id="seller without a name"),
    ],
)
def test_what_is_missing_blocks_the_act_with_its_reason_and_mending_frees_it(customer, seller, problem):
    act = drafts(customer, seller)[0]

    assert any(problem in str(p) for p in act.problems)
    assert act.payer == PAYER
    free = mended(act, a_customer(), a_seller())
    assert free.problems == ()
    assert (free.id, free.content.date, free.content.lines) == (act.id, act.content.date, act.content.lines)
    assert free.content.buyer.name == "ООО «Ромашка»"
    assert free.content.seller.bank.bank == "ПАО СБЕРБАНК"


def test_a_mended_invoice_says_its_purpose_anew():
    blocked = drafts(a_customer(contract=None, payers=(a_payer(kpp=""),)), a_seller())[1]

    free = mended(blocked, a_customer(), a_seller())

    assert blocked.problems
    assert ", публичная оферта." in blocked.content.purpose
    assert ", договор № 17 от 01.03.2024." in free.content.purpose
    assert free.content.basis == "Договор № 17 от 01.03.2024"
    assert isinstance(free.content, Invoice)


def test_no_requisites_mend_what_needs_a_document_of_its_own():
    story = Story(a_payment(), a_charge(key="c"))
    story.close()
    story.post(Reversal(key="v", day=date(2026, 2, 5), amount=rub(1_000), charge="c"))
    (held,) = close(story.account, a_customer(payers=(a_payer(kpp=""),)), a_seller()).drafts

    free = mended(held, a_customer(), a_seller())

    assert [problem.cause for problem in held.problems] == [Cause.TAXED_CORRECTION, Cause.KPP_MISSING]
    assert [problem.cause for problem in free.problems] == [Cause.TAXED_CORRECTION]


def test_a_draft_stays_blocked_while_anything_is_missing():
    act = drafts(a_customer(payers=(a_payer(kpp=""),)), None)[0]

    assert tuple(map(str, mended(act, a_customer(), None).problems)) == ("нет реквизитов продавца на 01.02.2026",)


def test_an_invoice_beside_an_act_has_its_lines_and_its_ground():
    sms = Service("sms", "Сообщения", "шт.", Vat.NONE, GROUND)

    act, invoice = drafts(a_customer(), a_seller(invoice_policy=InvoicePolicy.ACT_PAIR), a_payment(),
                          a_charge(service=sms))

    assert isinstance(act.content, Act)
    assert invoice.content.lines == act.content.lines
    assert invoice.content.vat_ground == act.content.vat_ground == GROUND
    assert invoice.content.purpose.endswith("Без НДС")


# --- invoices: at the mode of the day of service ---------------------------------------------------------------------


def regime(before: str, after: str) -> SellerCard:
    """Make a seller that changes its VAT on 1 January 2026."""
    grounds = {"none": GROUND}
    return a_seller(vat=(VatRecord(valid_from=date(2020, 1, 1), mode=before, ground=grounds.get(before, "")),
                         VatRecord(valid_from=date(2026, 1, 1), mode=after, ground=grounds.get(after, ""))))


def december(seller: SellerCard, *, mode: str | None = None, ground: str = "") -> Invoice:
    """Return the invoice of 1 January for January, after 5 500 charged in December by the CRM's message."""
    message = {"kind": "charge", "key": "c", "account": "c-000001", "at": datetime(2025, 12, 31, 12, tzinfo=UTC),
               "service": "crm", "title": "Доступ к CRM", "unit": "мес.", "amount": rub(5_500), "vat": mode,
               "vat_ground": ground}
    charge = ChargeMessage.model_validate(message).command(seller.vat_on(date(2025, 12, 31)))
    story = Story(a_payment(day=date(2025, 12, 1), amount=rub(5_500)), charge, open=Month(2025, 12))
    return next(draft.content for draft in story.close(seller=seller).drafts if ".invoice." in draft.id)


@pytest.mark.parametrize(
    ("before", "after", "rate", "vat", "ground", "purpose"),
    [
        pytest.param("none", "5", Vat.FIVE, rub(261, 90), "", "В т.ч. НДС 5% – 261,90 руб.", id="none, then 5"),
        pytest.param("none", "standard", Vat.TWENTY_TWO, rub(991, 80), "", "В т.ч. НДС 22% – 991,80 руб.",
                     id="none, then 22"),
        pytest.param("5", "7", Vat.SEVEN, rub(359, 81), "", "В т.ч. НДС 7% – 359,81 руб.", id="5, then 7"),
        pytest.param("5", "standard", Vat.TWENTY_TWO, rub(991, 80), "", "В т.ч. НДС 22% – 991,80 руб.",
                     id="5, then 22"),
        pytest.param("standard", "none", Vat.NONE, 0, GROUND, "Без НДС", id="20, then none"),
        pytest.param("standard", "standard", Vat.TWENTY_TWO, rub(991, 80), "", "В т.ч. НДС 22% – 991,80 руб.",
                     id="20, then 22"),
    ],
)
def test_an_advance_is_at_the_sellers_mode_of_the_month_to_come(before, after, rate, vat, ground, purpose):
    invoice = december(regime(before, after))

    (line,) = invoice.lines
    assert (line.title.replace("\u00a0", " "), line.amount) == ("Аванс за январь 2026 г.", rub(5_500))
    assert (line.vat, line.vat_amount, invoice.vat_ground) == (rate, vat, ground)
    assert invoice.purpose.endswith(purpose)


@pytest.mark.parametrize(
    ("named", "ground", "rate"),
    [("none", "подп. 26 п. 2 ст. 149 НК РФ", Vat.NONE), ("5", "", Vat.FIVE), ("standard", "", Vat.TWENTY_TWO)],
)
@pytest.mark.parametrize("after", ["none", "7", "standard"])
def test_a_rate_that_the_charge_named_itself_stays(named, ground, rate, after):
    invoice = december(regime("none", after), mode=named, ground=ground)

    (line,) = invoice.lines
    assert (line.vat, invoice.vat_ground, line.is_right) == (rate, ground, bool(ground))


def test_a_debt_and_an_advance_are_lines_of_their_own():
    """December 5 500 at 20 % unpaid; January at 22 %: two rates of one service, each with its month."""
    story = Story(a_charge(day=date(2025, 12, 31), service=CRM._replace(vat=Vat.TWENTY)), open=Month(2025, 12))

    _, invoice = story.close().drafts

    assert [(line.title.replace("\u00a0", " "), line.vat, line.amount) for line in invoice.content.lines] == [
        ("Задолженность за декабрь 2025 г.", Vat.TWENTY, rub(5_500)),
        ("Аванс за январь 2026 г.", Vat.TWENTY_TWO, rub(5_500))]
    assert invoice.content.purpose.endswith("В т.ч. НДС 22% – 991,80 руб., НДС 20% – 916,67 руб.")


def test_a_licence_keeps_its_ground_and_its_words_beside_a_taxed_service():
    ground = "подп. 26 п. 2 ст. 149 НК РФ"
    licence = Service("lic", "Право использования программы", "мес.", Vat.NONE, ground, named=True)
    story = Story(a_payment(amount=rub(12_200)), a_charge(amount=rub(2_200)),
                  a_charge(amount=rub(10_000), service=licence))

    invoice = next(draft.content for draft in story.close().drafts if ".invoice." in draft.id)

    assert [(line.title.replace("\u00a0", " "), line.vat, line.amount, line.is_right) for line in invoice.lines] == [
        ("Аванс за февраль 2026 г.", Vat.TWENTY_TWO, rub(2_200), False),
        ("Аванс за права использования за февраль 2026 г.", Vat.NONE, rub(10_000), True)]
    assert invoice.vat_ground == ground
    assert invoice.purpose.endswith("В т.ч. НДС 22% – 396,72 руб., на 10 000,00 руб. без НДС")


def test_a_client_who_got_the_rest_back_gets_no_invoice():
    refund = Refund(key="r", day=date(2026, 1, 31), amount=rub(4_500), payment="p")

    assert [draft.id for draft in drafts(a_customer(), a_seller(), a_payment(key="p"), a_charge(), refund)] == [
        f"2026-01.act.{PAYER}.0"]


def test_a_debt_paid_before_the_close_is_not_asked_for_again():
    story = Story(a_charge(), a_payment(day=date(2026, 2, 1), amount=rub(5_500)))

    invoice = next(draft.content for draft in story.close().drafts if ".invoice." in draft.id)

    assert [line.amount for line in invoice.lines] == [rub(5_500)]
    assert invoice.lines[0].title.startswith("Аванс")


def test_an_ordered_invoice_has_the_sellers_ground():
    seller = a_seller(vat=(VatRecord(valid_from=date(2020, 1, 1), mode="none", ground=GROUND),))
    content = topup_content(rub(10), usual_terms(seller, date(2026, 1, 20)))

    draft = invoice_draft(JANUARY, PAYER, content, a_customer(), seller, day=date(2026, 1, 20), id="on-demand")

    assert (draft.id, draft.content.date, draft.content.vat_ground) == ("on-demand", date(2026, 1, 20), GROUND)


def test_the_main_payer_is_the_first_on_the_card_that_is_in_force():
    customer = a_customer(payers=(a_payer(valid_from=date(2026, 2, 1)), another_payer()))

    assert main_payer(customer, date(2026, 1, 31)) == OTHER_PAYER
    assert main_payer(customer, date(2026, 2, 1)) == PAYER
    assert main_payer(a_customer(payers=()), date(2026, 2, 1)) == ""


def test_sides_never_fail_whatever_is_missing():
    found = sides(PAYER, date(2026, 2, 1), None, None)

    assert tuple(map(str, found.problems)) == ("нет реквизитов продавца на 01.02.2026", "нет карточки клиента")
    assert (found.buyer.inn, found.basis) == (PAYER, "Публичная оферта")
