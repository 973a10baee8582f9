"""Акт об оказании услуг, as accountants know it. Source: 402-ФЗ ст. 9 ч. 2 (what a primary document must have)."""

from __future__ import annotations

from collections.abc import Mapping

from billing.domain.documents import Act, Party
from billing.domain.periods import Month
from billing.domain.wording import long_date, short_date
from billing.paper import blocks
from billing.paper.sheet import LEFT, RIGHT, THICK, WIDTH, Sheet

ACCEPTED = (
    "Вышеперечисленные услуги выполнены полностью и в срок. Заказчик претензий по объему, качеству и срокам "
    "оказания услуг не имеет."
)
SIGNATURES = 38.0  # mm of the two blocks


def title(act: Act) -> str:
    return f"Акт № {act.number} от {long_date(act.date)}" if act.number else f"Акт от {long_date(act.date)}"


def draw_act(act: Act, images: Mapping[str, bytes]) -> Sheet:
    month = Month.parse(act.month)
    sheet = Sheet(title=title(act), author=act.seller.party.name, on=act.date, foot=title(act))
    blocks.heading(sheet, title(act))
    blocks.captioned(sheet, "Исполнитель:", blocks.party_text(act.seller.party))
    blocks.captioned(sheet, "Заказчик:", blocks.party_text(act.buyer))
    blocks.captioned(sheet, "Основание:", act.basis)
    blocks.captioned(sheet, "Период услуг:", f"{short_date(month.first_day)} – {short_date(month.last_day)}")
    sheet.y += 1.5
    blocks.lines_table(sheet, act.lines, followed_by=42 + 4.8 * len(act.vat_totals) + SIGNATURES)
    blocks.totals(sheet, act, "Всего:")
    blocks.in_all(sheet, "Всего оказано услуг", act)
    sheet.y += 1.5
    sheet.paragraph(ACCEPTED, size=8, lead=4)
    _signatures(sheet, act, images)
    return sheet


def _signatures(sheet: Sheet, act: Act, images: Mapping[str, bytes]) -> None:
    sheet.need(SIGNATURES)
    sheet.y += 1.5
    sheet.rule(LEFT, sheet.y, RIGHT, sheet.y, THICK)
    sheet.y += 3
    top, half = sheet.y, WIDTH / 2
    sides = (
        (LEFT, "ИСПОЛНИТЕЛЬ", _who(act.seller.party, act.seller.director.position)),
        (LEFT + half + 3, "ЗАКАЗЧИК", _who(act.buyer, "")),
    )
    line = top
    for x, caption, who in sides:
        sheet.y = top
        sheet.paragraph(caption, x=x, width=half - 3, bold=True, lead=5)
        sheet.paragraph(who, x=x, width=half - 3, size=8, lead=3.8)
        line = max(line, top + 19, sheet.y + 9)
    blocks.stamp(sheet, LEFT + 12, top + 6, act.seller.stamp, images)
    blocks.signature(sheet, LEFT, line, half - 3, act.seller.director, images)
    blocks.blank_signature(sheet, LEFT + half + 3, line, half - 3)
    sheet.y = top + SIGNATURES


def _who(party: Party, position: str) -> str:
    """An entrepreneur signs for himself: no position stands before his name."""
    name = party.name if len(party.name) <= 120 else party.name[:119] + "…"
    return name if party.is_entrepreneur or not position else f"{position}, {name}"
