"""УПД 5.03 of an act: the user contract of ДОП (the act alone) or СЧФДОП (the act and the счёт-фактура).

Source: schema ON_NSCHFDOPPR_UserContract_970_05_03_01; order of the Federal Tax Service ЕД-7-26/970@.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from billing.adapters.diadoc.titles import TitleError
from billing.adapters.diadoc.titles.parts import (
    ROUBLE,
    Side,
    add_address,
    add_signer,
    address_problem,
    basis_of,
    day,
    organization_type,
    party_problems,
    signer_problems,
    sum_text,
)
from billing.adapters.diadoc.xml import Element, element, faults, plain, written
from billing.domain.documents import Act, Line, Party
from billing.domain.edo_signer import SignerPerson
from billing.domain.money import Kopecks
from billing.domain.vat import Vat

ACT_ALONE, WITH_INVOICE = "ДОП", "СЧФДОП"
SCHEMA = "ON_NSCHFDOPPR_UserContract_970_05_03_01.xsd"

RATES = {Vat.NONE: "NoVat", Vat.FIVE: "FivePercent", Vat.SEVEN: "SevenPercent", Vat.EIGHTEEN: "EighteenPercent",
         Vat.TWENTY: "TwentyPercent", Vat.TWENTY_TWO: "TwentyTwoPercent"}
OKEI = {  # Source: ОК 015-94 (МК 002-97), sections 1, 2 and 3; spelled as people do, without the last dot
    "байт": "255", "кб": "256", "кбайт": "256", "мб": "257", "мбайт": "257", "гб": "2553", "гбайт": "2553",
    "тб": "2554", "тбайт": "2554", "с": "354", "сек": "354", "мин": "355", "ч": "356", "час": "356", "сут": "359",
    "сутки": "359", "дн": "359", "день": "359", "дня": "359", "дней": "359", "нед": "360", "мес": "362",
    "кварт": "364", "квартал": "364", "г": "366", "год": "366", "ед": "642", "чел": "792", "шт": "796",
    "тыс. шт": "798", "компл": "839", "комплект": "839", "усл": "876", "усл. ед": "876", "услуга": "876"}
SERVICE, RIGHT = "3", "4"

_INVOICE_NAME = ("Счет-фактура и документ об отгрузке товаров (выполнении работ), передаче имущественных прав "
                 "(документ об оказании услуг)")
_WORDS = {  # whether there are services and rights: the document's name, and what was done
    (True, False): ("Акт об оказании услуг", "Услуги оказаны в полном объёме"),
    (False, True): ("Акт о предоставлении прав использования", "Права использования предоставлены в полном объёме"),
    (True, True): ("Акт об оказании услуг и предоставлении прав использования",
                   "Услуги оказаны, права использования предоставлены в полном объёме"),
}


class NegativeLines(StrEnum):
    """What becomes of lines that give money back: the format has no negative sums at all."""

    FOLD_UNTAXED = "fold_untaxed"   # taken off another untaxed line, which says so; taxed ones need a correction (УКД)
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True, kw_only=True)
class UtdOptions:
    """What the act itself does not say. `function`: ДОП or СЧФДОП."""

    signer: SignerPerson
    function: str = "ДОП"
    seller: Side = field(default_factory=Side)
    buyer: Side = field(default_factory=Side)
    negative_lines: NegativeLines = NegativeLines.FOLD_UNTAXED


def utd(act: Act, options: UtdOptions) -> bytes:
    """The user contract, valid by the schema.

    Amounts of lines stay as they are in the act; the price is that without VAT. The day of the transfer is the last of
    the month of service, whatever the date of the document, for the rate of VAT follows it.

    Raises:
        TitleError: the act cannot be sent as УПД: a person mends it or sends the PDF.
    """
    if problems := utd_problems(act, options):
        raise TitleError(problems)
    lines = _without_negatives(act.lines)
    name, operation = _WORDS[any(not line.is_right for line in lines), any(line.is_right for line in lines)]
    name = _INVOICE_NAME if options.function == WITH_INVOICE else name
    root = element(None, "UniversalTransferDocument", Function=options.function, DocumentDate=day(act.date),
                   DocumentNumber=act.number, DocumentName=name, Currency=ROUBLE,
                   DocumentCreator=_creator(act.seller.party), SenderFnsParticipantId=options.seller.participant,
                   RecipientFnsParticipantId=options.buyer.participant)
    _add_party(element(element(root, "Sellers"), "Seller"), act.seller.party, options.seller)
    _add_party(element(element(root, "Buyers"), "Buyer"), act.buyer, options.buyer)
    add_signer(element(root, "Signers"), options.signer, method=True)
    if act.vat_ground and any(line.vat is Vat.NONE for line in lines):
        element(element(root, "AdditionalInfoId"), "AdditionalInfo", Id="Основание освобождения от НДС",
                Value=plain(act.vat_ground)[:2_000])
    _add_table(root, lines)
    _add_transfer(root, act, operation)
    content = written(root)
    if found := faults(content, SCHEMA):
        raise TitleError([f"документ не проходит по схеме: {found[0]}"])
    return content


def utd_problems(act: Act, options: UtdOptions) -> tuple[str, ...]:
    """Everything known beforehand that keeps the act from being sent as УПД; for the preflight too."""
    problems = [*party_problems(act.seller.party, "исполнитель"), *party_problems(act.buyer, "заказчик"),
                *signer_problems(options.signer)]
    if options.function not in (ACT_ALONE, WITH_INVOICE):
        problems.append("функция УПД: ДОП или СЧФДОП")
    if not plain(act.number):
        problems.append("у акта нет номера")
    if options.function == WITH_INVOICE:
        sides = ((act.seller.party, options.seller, "исполнитель"), (act.buyer, options.buyer, "заказчик"))
        problems += [f"{whose}: счёту-фактуре {problem}" if problem == "нужен адрес" else f"{whose}: {problem}"
                     for party, side, whose in sides if not side.box and (problem := address_problem(party))]
    if not act.lines or act.total <= 0:
        problems.append("сумма акта не больше нуля: УПД таким не бывает")
    if any(line.amount < 0 for line in act.lines):
        if options.negative_lines is NegativeLines.REFUSE:
            problems.append("перерасчёт в акте: нужен корректировочный документ")
        else:
            problems += _fold_problems(act.lines)
    return tuple(problems)


def _fold_problems(lines: Sequence[Line]) -> list[str]:
    if any(line.amount < 0 and line.vat is not Vat.NONE for line in lines):
        return ["перерасчёт по услуге с НДС: нужен корректировочный документ"]
    if sum(line.amount for line in lines if line.vat is Vat.NONE) < 0:
        return ["перерасчёт больше остальных услуг без НДС: нужен корректировочный документ"]
    return []


def _without_negatives(lines: Sequence[Line]) -> tuple[Line, ...]:
    """Untaxed lines below zero taken off the untaxed ones above it, the largest first; these name what was taken off.

    A line that is used up stays with a zero sum, so that everything served is still named.
    """
    negatives = [line for line in lines if line.amount < 0]
    kept = [line for line in lines if line.amount >= 0]
    order = sorted((i for i, line in enumerate(kept) if line.vat is Vat.NONE), key=lambda i: (-kept[i].amount, i))
    for negative in negatives:
        left = -negative.amount
        for i in order:
            taken = min(left, kept[i].amount)
            if taken:
                note = f" (учтено: {negative.title}, -{sum_text(taken)})"
                title = plain(kept[i].title)
                kept[i] = replace(kept[i], amount=kept[i].amount - taken,
                                  title=title + note if len(title + note) <= 2_000 else title)
                left -= taken
    return tuple(kept)


def _creator(party: Party) -> str:
    requisites = f", ИНН {party.inn}" + (f", КПП {party.kpp}" if party.kpp and not party.is_entrepreneur else "")
    return plain(party.name)[:1_000 - len(requisites)] + requisites


def _add_party(parent: Element, party: Party, side: Side) -> None:
    if side.box:
        element(parent, "OrganizationReference", BoxId=side.box)
        return
    details = element(parent, "OrganizationDetails", OrgType=organization_type(party), OrgName=party.name,
                      Inn=party.inn, Kpp="" if party.is_entrepreneur else party.kpp,
                      FnsParticipantId=side.participant, Ogrn=party.ogrn)
    if phone := plain(party.phone)[:255]:
        element(element(details, "Phones"), "Phone").text = phone
    add_address(details, party)


def _add_table(root: Element, lines: Sequence[Line]) -> None:
    net, vat = sum(line.amount - line.vat_amount for line in lines), sum(line.vat_amount for line in lines)
    taxed = any(line.vat is not Vat.NONE for line in lines)
    table = element(root, "Table", TotalWithVatExcluded=sum_text(net), Vat=sum_text(vat) if taxed else "",
                    WithoutVat="" if taxed else "true", Total=sum_text(net + vat))
    for line in lines:
        untaxed = line.vat is Vat.NONE
        line_net = line.amount - line.vat_amount
        element(table, "Item", Product=_short(line.title, 2_000), ItemMark=RIGHT if line.is_right else SERVICE,
                Unit=OKEI.get(line.unit.strip().rstrip(".").casefold(), ""), UnitName=_short(line.unit, 255),
                Quantity=line.quantity, Price=price_text(line_net, Decimal(line.quantity)),
                SubtotalWithVatExcluded=sum_text(line_net), TaxRate=RATES[line.vat],
                Vat="" if untaxed else sum_text(line.vat_amount), WithoutVat="true" if untaxed else "",
                Subtotal=sum_text(line.amount))


def price_text(net: Kopecks, quantity: Decimal) -> str:
    """The price without VAT: with the fewest digits, two at least and eleven at most, that give the sum back.

    The sum is the truth, the price follows it: 100 roubles for 3 are at 33.333, since 3 × 33.33 is another sum.
    """
    total = Decimal(net) / 100
    for digits in range(2, 12):
        price = (total / quantity).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
        if (price * quantity).quantize(Decimal("0.01"), ROUND_HALF_UP) == total:
            break
    return f"{price:f}"


def _add_transfer(root: Element, act: Act, operation: str) -> None:
    """Add the services and their ground. A basis without a date is no document to the format and goes in as a text."""
    first, last = act.served
    basis = basis_of(act.basis)
    transfer = element(root, "TransferInfo", OperationInfo=operation, TransferDate=day(last),
                       TransferStartDate=day(first), TransferEndDate=day(last))
    if basis:
        element(element(transfer, "TransferBases"), "TransferBase", DocumentName=basis.name,
                DocumentNumber=basis.number, DocumentDate=basis.day)
    elif text := _short(act.basis, 2_000):
        element(element(transfer, "AdditionalInfoId"), "AdditionalInfo", Id="Основание", Value=text)


def _short(text: str, length_max: int) -> str:
    """The text, its end marked as cut when it is too long for the format."""
    text = plain(text)
    return text if len(text) <= length_max else text[:length_max - 1].rstrip() + "…"
