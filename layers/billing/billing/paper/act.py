"""Акт об оказании услуг, as accountants know it. Source: 402-ФЗ ст. 9 ч. 2 (what a primary document must have)."""

from __future__ import annotations

from collections.abc import Mapping

from billing.domain.documents import Act
from billing.domain.wording import long_date, short_date
from billing.paper import blocks
from billing.paper.sheet import Sheet
from billing.paper.signatures import both_sign

ACCEPTED = (
    "Вышеперечисленные услуги выполнены полностью и в срок. Заказчик претензий по объёму, качеству и срокам "
    "оказания услуг не имеет."
)


def title(act: Act) -> str:
    return f"Акт № {act.number} от {long_date(act.date)}" if act.number else f"Акт от {long_date(act.date)}"


def draw_act(act: Act, images: Mapping[str, bytes]) -> Sheet:
    first, last = act.served
    sheet = Sheet(title=title(act), author=act.seller.party.name, on=act.date, foot=title(act))
    blocks.heading(sheet, title(act))
    blocks.captioned(sheet, "Исполнитель:", blocks.party_text(act.seller.party))
    blocks.captioned(sheet, "Заказчик:", blocks.party_text(act.buyer))
    blocks.captioned(sheet, "Основание:", act.basis)
    blocks.captioned(sheet, "Период услуг:", f"{short_date(first)} – {short_date(last)}")
    sheet.y += 1.5

    def end() -> None:
        blocks.totals(sheet, act, "Всего:")
        blocks.in_all(sheet, "Всего оказано услуг", sum(line.amount > 0 for line in act.lines), act)
        sheet.y += 1.5
        sheet.paragraph(ACCEPTED, size=8, lead=4)
        sheet.keep(lambda: both_sign(sheet, act.seller, _ours(act), ("ЗАКАЗЧИК", blocks.short_name(act.buyer)), images))

    blocks.lines_table(sheet, act.lines, followed_by=sheet.height_of(end))
    end()
    return sheet


def _ours(act: Act) -> tuple[str, str]:
    """An entrepreneur signs for himself: no position stands before his name."""
    party = act.seller.party
    name = blocks.short_name(party)
    return "ИСПОЛНИТЕЛЬ", party.name if party.is_entrepreneur else f"{act.seller.director.position} {name}".strip()
