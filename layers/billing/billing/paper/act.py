"""Акт об оказании услуг, as accountants know it. Source: 402-ФЗ ст. 9 ч. 2 (what a primary document must have)."""

from __future__ import annotations

from collections.abc import Mapping

from billing.domain.documents import Act
from billing.domain.titles import title
from billing.domain.wording import short_date
from billing.paper import blocks
from billing.paper.sheet import Sheet
from billing.paper.signatures import both_sign

_SERVICES = (
    "Период услуг:",
    "Всего оказано услуг",
    (
        "Вышеперечисленные услуги выполнены полностью и в срок. Заказчик претензий по объёму, качеству и срокам "
        "оказания услуг не имеет."
    ),
)
_RIGHTS = (
    "Период:",
    "Всего предоставлено прав",
    (
        "Вышеперечисленные права использования предоставлены полностью и в срок. Заказчик претензий по объёму и срокам "
        "их предоставления не имеет."
    ),
)
_BOTH = (
    "Период:",
    "Всего наименований",
    (
        "Вышеперечисленные услуги оказаны, права использования предоставлены полностью и в срок. Заказчик претензий по "
        "объёму, качеству и срокам не имеет."
    ),
)


def draw_act(act: Act, images: Mapping[str, bytes]) -> Sheet:
    first, last = act.served
    rights = {line.is_right for line in act.lines}
    period, counted, accepted = _BOTH if len(rights) > 1 else _RIGHTS if True in rights else _SERVICES
    sheet = Sheet(title=title(act), author=act.seller.party.name, on=act.date, foot=title(act))
    blocks.heading(sheet, title(act))
    blocks.captioned(sheet, "Исполнитель:", blocks.party_text(act.seller.party))
    blocks.captioned(sheet, "Заказчик:", blocks.party_text(act.buyer))
    blocks.captioned(sheet, "Основание:", act.basis)
    blocks.captioned(sheet, period, f"{short_date(first)} – {short_date(last)}")
    sheet.y += 1.5

    def end() -> None:
        blocks.totals(sheet, act, "Всего:")
        blocks.in_all(sheet, counted, sum(line.amount > 0 for line in act.lines), act)
        sheet.y += 1.5
        sheet.paragraph(accepted, size=8, lead=4)
        sheet.keep(lambda: _signatures(sheet, act, images))

    blocks.lines_table(sheet, act.lines, followed_by=sheet.height_of(end))
    end()
    return sheet


def _signatures(sheet: Sheet, act: Act, images: Mapping[str, bytes]) -> None:
    theirs = "ЗАКАЗЧИК", blocks.short_name(act.buyer)
    both_sign(sheet, act.seller, _ours(act), theirs, images, position=not act.buyer.is_entrepreneur)


def _ours(act: Act) -> tuple[str, str]:
    """An entrepreneur signs for himself: no position stands before his name."""
    party = act.seller.party
    name = blocks.short_name(party)
    return "ИСПОЛНИТЕЛЬ", party.name if party.is_entrepreneur else f"{act.seller.director.position} {name}".strip()
