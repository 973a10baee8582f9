"""Договор: clauses under their headings, the requisites of both sides side by side, both signatures."""

from __future__ import annotations

from collections.abc import Mapping

from billing.domain.documents import Agreement, BankAccount, Clause, Party
from billing.domain.titles import title
from billing.domain.wording import long_date
from billing.paper import blocks
from billing.paper.sheet import LEFT, RIGHT, WIDTH, Sheet, base_line
from billing.paper.signatures import BETWEEN_SIDES, both_sign

SIZE, LEAD = 9.5, 4.8
INDENT = 9.0  # mm: where a paragraph begins after its number
BETWEEN_CLAUSES = 3.2
LINES_TOGETHER = 3  # a heading and the first two lines under it are on one page


def draw_agreement(agreement: Agreement, images: Mapping[str, bytes]) -> Sheet:
    sheet = Sheet(title=title(agreement), author=agreement.seller.party.name, on=agreement.date, foot=title(agreement))
    _heading(sheet, agreement)
    for number, clause in enumerate(agreement.clauses, start=1):
        _clause(sheet, number, clause)
    sheet.y += BETWEEN_CLAUSES
    sheet.keep(lambda: _sides(sheet, agreement, len(agreement.clauses) + 1, images))
    return sheet


def _heading(sheet: Sheet, agreement: Agreement) -> None:
    number = f" № {agreement.number}" if agreement.number else ""
    sheet.paragraph(blocks.together(agreement.title + number), bold=True, size=14, lead=7, centred=True)
    sheet.y += 1.5
    base = sheet.y + base_line(LEAD, SIZE)
    sheet.text_before(RIGHT, base, long_date(agreement.date), font=sheet.regular, size=SIZE)
    sheet.y += LEAD + 2


def _clause(sheet: Sheet, number: int, clause: Clause) -> None:
    sheet.y += BETWEEN_CLAUSES
    sheet.need(LINES_TOGETHER * LEAD + 1)
    sheet.paragraph(f"{number}. {clause.heading}", bold=True, size=SIZE, lead=LEAD)
    sheet.y += 1
    for part, text in enumerate(clause.paragraphs, start=1):
        sheet.need(LEAD)
        mark = sheet.y + base_line(LEAD, SIZE)
        sheet.text_at(LEFT, mark, f"{number}.{part}.", font=sheet.regular, size=SIZE)
        sheet.paragraph(blocks.together(text), x=LEFT + INDENT, width=WIDTH - INDENT, size=SIZE, lead=LEAD)


def _sides(sheet: Sheet, agreement: Agreement, number: int, images: Mapping[str, bytes]) -> None:
    """Requisites and signatures, on one page."""
    seller, buyer = agreement.seller, agreement.buyer
    sheet.paragraph(f"{number}. Реквизиты и подписи сторон", bold=True, size=SIZE, lead=LEAD)
    sheet.y += 1.5
    top, width, ends = sheet.y, (WIDTH - BETWEEN_SIDES) / 2, list[float]()
    columns = (("Исполнитель", seller.party, seller.bank), ("Заказчик", buyer, None))
    for n, (caption, party, bank) in enumerate(columns):
        sheet.y, x = top, LEFT + n * (width + BETWEEN_SIDES)
        sheet.paragraph(caption, x=x, width=width, bold=True)
        for line in _requisites(party, bank):
            sheet.paragraph(blocks.together(line), x=x, width=width)
        ends.append(sheet.y)
    sheet.y = max(ends) + 2
    party = seller.party
    position = "" if party.is_entrepreneur else seller.director.position
    ours, theirs = f"От {blocks.short_name(party)}", f"От {blocks.short_name(buyer)}"
    both_sign(sheet, seller, (ours, position), (theirs, ""), images, position=not buyer.is_entrepreneur)


def _requisites(party: Party, bank: BankAccount | None) -> list[str]:
    said = [party.name, f"ИНН {party.inn}" + (f", КПП {party.kpp}" if party.kpp else "")]
    if party.ogrn:
        said.append(f"{'ОГРНИП' if party.is_entrepreneur else 'ОГРН'} {party.ogrn}")
    if party.address:
        said.append(party.address)
    if party.phone:
        said.append(f"тел.: {party.phone}")
    if bank:
        said += [f"Расчётный счёт {bank.account}", f"в {bank.bank}, БИК {bank.bic}"]
        said += [f"Корр. счёт {bank.correspondent}"] if bank.correspondent else []
    return said
