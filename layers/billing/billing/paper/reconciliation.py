"""Акт сверки: our books on the left, the client's on the right, mirrored or left to be filled in."""

from __future__ import annotations

from collections.abc import Mapping

from billing.domain.documents import Reconciliation
from billing.domain.money import Kopecks, roubles
from billing.domain.wording import in_words, long_date, short_date
from billing.paper import blocks
from billing.paper.sheet import LEFT, RIGHT, THICK, WIDTH, Sheet
from billing.paper.table import Align, Bold, Cell, Column, Row, Table

_HALF = (17.0, 34.5, 20.0, 20.0)  # mm: date, document, debit, credit
SIGNATURES = 36.0


def title(act: Reconciliation) -> str:
    number = f" № {act.number}" if act.number else ""
    return f"Акт сверки{number} от {long_date(act.date)}"


def draw_reconciliation(act: Reconciliation, images: Mapping[str, bytes]) -> Sheet:
    sheet = Sheet(title=title(act), author=act.seller.party.name, on=act.date, foot=title(act))
    span = f"{short_date(act.first)} – {short_date(act.last)}"
    sheet.paragraph("Акт сверки" + (f" № {act.number}" if act.number else ""), bold=True, size=14, lead=7, centred=True)
    sheet.paragraph(
        f"взаимных расчетов за период: {span}\nмежду {act.seller.party.name}\nи {act.buyer.name}\n{act.basis}",
        centred=True,
    )
    sheet.y += 2
    sheet.paragraph(
        f"Мы, нижеподписавшиеся, {act.seller.party.name}, ИНН {act.seller.party.inn}, с одной стороны, и "
        f"{act.buyer.name}, ИНН {act.buyer.inn}, с другой стороны, составили настоящий акт сверки в том, что "
        "состояние взаимных расчетов по данным учета следующее:"
    )
    sheet.y += 2
    _table(act).draw(sheet, _rows(act), followed_by=44 + SIGNATURES)
    sheet.y += 3
    _conclusion(sheet, act)
    _signatures(sheet, act, images)
    return sheet


def _table(act: Reconciliation) -> Table:
    half = [
        Column(width=_HALF[0], align=Align.MIDDLE),
        Column(width=_HALF[1], wraps=True),
        Column(width=_HALF[2], align=Align.SUM),
        Column(width=_HALF[3], align=Align.SUM),
    ]
    names = ("Дата", "Документ", "Дебет", "Кредит")
    return Table(
        columns=(*half, *half),
        size=7,
        lead=3.1,
        heading_size=7.5,
        kept=4,
        heading=(
            (
                9.0,
                (
                    Cell(text=f"По данным {_short(act.seller.party.name)}, руб.", first=0, columns=4),
                    Cell(text=f"По данным {_short(act.buyer.name)}, руб.", first=4, columns=4),
                ),
            ),
            (5.0, tuple(Cell(text=name, first=j) for j, name in enumerate(names * 2))),
        ),
    )


def _short(name: str) -> str:
    return name if len(name) <= 70 else name[:69] + "…"


def _rows(act: Reconciliation) -> list[Row]:
    rows: list[Row] = [_balance("Сальдо начальное", act.opening, act.mirrored)]
    for row in act.rows:
        ours = (f"{row.date:%d.%m.%y}", row.document, _sum(row.debit), _sum(row.credit))
        theirs = (ours[0], row.document, ours[3], ours[2]) if act.mirrored else ("", "", "", "")
        rows.append((*ours, *theirs))
    debit, credit = sum(row.debit for row in act.rows), sum(row.credit for row in act.rows)
    rows.append(_sums("Обороты за период", roubles(debit), roubles(credit), act.mirrored))
    rows.append(_balance("Сальдо конечное", act.closing, act.mirrored))
    return rows


def _sum(amount: Kopecks) -> str:
    return roubles(amount) if amount else ""


def _balance(caption: str, balance: Kopecks, mirrored: bool) -> Bold:
    """A balance stands on one side only: ours to get in the debit, ours to give in the credit."""
    return _sums(caption, _sum(max(0, balance)), _sum(max(0, -balance)), mirrored)


def _sums(caption: str, debit: str, credit: str, mirrored: bool) -> Bold:
    theirs = (credit, debit) if mirrored else ("", "")
    return Bold(
        (
            Cell(text=caption, first=0, columns=2, align=Align.LEFT),
            Cell(text=debit, first=2, align=Align.SUM),
            Cell(text=credit, first=3, align=Align.SUM),
            Cell(text=caption, first=4, columns=2, align=Align.LEFT),
            Cell(text=theirs[0], first=6, align=Align.SUM),
            Cell(text=theirs[1], first=7, align=Align.SUM),
        )
    )


def who_owes(act: Reconciliation) -> str:
    """«на 31.03.2026 задолженность в пользу ООО «А» составляет 4 500,00 руб. (Четыре тысячи …)»."""
    on = f"на {short_date(act.last)}"
    if not act.closing:
        return f"{on} задолженность отсутствует"
    name = act.seller.party.name if act.closing > 0 else act.buyer.name
    amount = abs(act.closing)
    return f"{on} задолженность в пользу {name} составляет {roubles(amount)} руб. ({in_words(amount)})"


def _conclusion(sheet: Sheet, act: Reconciliation) -> None:
    sheet.paragraph(f"По данным {act.seller.party.name} {who_owes(act)}.", bold=True)
    if act.mirrored:
        sheet.paragraph(f"По данным {act.buyer.name} {who_owes(act)}.")
    if act.not_acted:
        sheet.paragraph(
            f"Справочно: оказано услуг, ещё не закрытых актами, на {roubles(act.not_acted)} руб.", size=8, lead=4
        )


def _signatures(sheet: Sheet, act: Reconciliation, images: Mapping[str, bytes]) -> None:
    sheet.need(SIGNATURES)
    sheet.y += 3
    sheet.rule(LEFT, sheet.y, RIGHT, sheet.y, THICK)
    sheet.y += 3
    top, half = sheet.y, WIDTH / 2
    blocks.stamp(sheet, LEFT + 12, top + 4, act.seller.stamp, images)
    for x, party in ((LEFT, act.seller.party), (LEFT + half + 3, act.buyer)):
        sheet.y = top
        sheet.paragraph(f"От {_short(party.name)}", x=x, width=half - 3, bold=True, size=8, lead=3.8)
    line = top + 18
    sheet.text_at(LEFT, line - 5, act.seller.director.position, font=sheet.regular, size=8)
    blocks.signature(sheet, LEFT, line, half - 3, act.seller.director, images)
    blocks.blank_signature(sheet, LEFT + half + 3, line, half - 3)
    sheet.y = top + SIGNATURES - 6
