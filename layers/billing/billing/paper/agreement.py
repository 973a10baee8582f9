"""Договор: clauses under their headings, the requisites of both sides, both signatures."""

from __future__ import annotations

from collections.abc import Mapping

from billing.domain.documents import Agreement
from billing.domain.wording import long_date
from billing.paper.blocks import party_text, short_name
from billing.paper.sheet import Sheet
from billing.paper.signatures import both_sign


def title(agreement: Agreement) -> str:
    number = f" № {agreement.number}" if agreement.number else ""
    return f"Договор{number} от {long_date(agreement.date)}"


def draw_agreement(agreement: Agreement, images: Mapping[str, bytes]) -> Sheet:
    party = agreement.seller.party
    sheet = Sheet(title=title(agreement), author=party.name, on=agreement.date, foot=title(agreement))
    sheet.paragraph(
        f"{agreement.title}" + (f" № {agreement.number}" if agreement.number else ""),
        bold=True,
        size=14,
        lead=7,
        centred=True,
    )
    sheet.paragraph(long_date(agreement.date), centred=True)
    for number, clause in enumerate(agreement.clauses, start=1):
        sheet.y += 3
        sheet.paragraph(f"{number}. {clause.heading}", bold=True)
        for part, text in enumerate(clause.paragraphs, start=1):
            sheet.paragraph(f"{number}.{part}. {text}")
    sheet.y += 3
    sheet.paragraph("Реквизиты и подписи сторон", bold=True)
    sheet.paragraph(f"Исполнитель: {party_text(party)}")
    sheet.paragraph(f"Заказчик: {party_text(agreement.buyer)}")
    ours = (f"От {short_name(party)}", "" if party.is_entrepreneur else agreement.seller.director.position)
    sheet.keep(lambda: both_sign(sheet, agreement.seller, ours, (f"От {short_name(agreement.buyer)}", ""), images))
    return sheet
