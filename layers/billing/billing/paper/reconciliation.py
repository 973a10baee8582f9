"""Акт сверки: our books on the left, the client's on the right, mirrored or left to be filled in."""

from __future__ import annotations

from collections.abc import Mapping

from billing.domain.documents import Reconciliation
from billing.domain.money import NBSP, Kopecks, roubles
from billing.domain.reconciliation_wording import operation_text
from billing.domain.titles import title
from billing.domain.wording import in_words, short_date
from billing.paper.alignment import Align
from billing.paper.blocks import short_name, together
from billing.paper.sheet import Sheet
from billing.paper.signatures import both_sign
from billing.paper.table import Bold, Cell, Column, Row, Table

_HALF = (  # date, document, debit, credit
    Column(width=13.5, align=Align.MIDDLE),
    Column(width=36.0, wraps=True),
    Column(width=21.0, align=Align.SUM),
    Column(width=21.0, align=Align.SUM),
)


def draw_reconciliation(act: Reconciliation, images: Mapping[str, bytes]) -> Sheet:
    sheet = Sheet(title=title(act), author=act.seller.party.name, on=act.date, foot=title(act))
    span = f"{short_date(act.first)} – {short_date(act.last)}"
    sheet.paragraph(title(act), bold=True, size=14, lead=7, centred=True)
    sheet.paragraph(
        together(
            f"взаимных расчётов за период: {span}\nмежду {act.seller.party.name}\nи {act.buyer.name}\n{_by(act.basis)}"
        ),
        centred=True,
    )
    sheet.y += 2
    sheet.paragraph(
        f"Мы, нижеподписавшиеся, {act.seller.party.name}, ИНН{NBSP}{act.seller.party.inn}, с одной стороны, и "
        f"{act.buyer.name}, ИНН{NBSP}{act.buyer.inn}, с другой стороны, составили настоящий акт сверки в том, что "
        "состояние взаимных расчётов по данным учёта следующее:"
    )
    sheet.y += 2

    def end() -> None:
        sheet.y += 3
        _conclusion(sheet, act)
        sheet.keep(lambda: _signatures(sheet, act, images))

    _table(act).draw(sheet, _rows(act), followed_by=sheet.height_of(end))
    end()
    return sheet


def _signatures(sheet: Sheet, act: Reconciliation, images: Mapping[str, bytes]) -> None:
    theirs = f"От {short_name(act.buyer)}", ""
    both_sign(sheet, act.seller, _ours(act), theirs, images, position=not act.buyer.is_entrepreneur)


def _ours(act: Reconciliation) -> tuple[str, str]:
    party = act.seller.party
    return f"От {short_name(party)}", "" if party.is_entrepreneur else act.seller.director.position


def _table(act: Reconciliation) -> Table:
    names = ("Дата", "Документ", "Дебет", "Кредит")
    return Table(
        columns=(*_HALF, *_HALF),
        size=7,
        lead=3.1,
        heading_size=7.5,
        kept=4,
        heading=(
            (
                Cell(text=f"По данным {short_name(act.seller.party)}, руб.", first=0, columns=4),
                Cell(text=f"По данным {short_name(act.buyer)}, руб.", first=4, columns=4),
            ),
            tuple(Cell(text=name, first=j) for j, name in enumerate(names * 2)),
        ),
    )


def _rows(act: Reconciliation) -> list[Row]:
    rows: list[Row] = [_balance("Сальдо начальное", act.opening, act.mirrored)]
    for row in act.rows:
        ours = (f"{row.date:%d.%m.%y}", operation_text(row), _sum(row.debit), _sum(row.credit))
        theirs = (ours[0], operation_text(row, buyers=True), ours[3], ours[2]) if act.mirrored else ("", "", "", "")
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


def _by(basis: str) -> str:
    """Say the ground of a balance: «по договору № 17 от 01.12.2025», «по публичной оферте»."""
    for name, by in (("Договор", "по договору"), ("Публичная оферта", "по публичной оферте")):
        if basis.startswith(name):
            return by + basis.removeprefix(name)
    return f"основание: {basis}"


def who_owes(act: Reconciliation, balance: Kopecks) -> str:
    """«на 31.03.2026 задолженность в пользу ООО «А» составляет 4 500,00 руб. (Четыре тысячи …)»."""
    on = f"на {short_date(act.last)}"
    if not balance:
        return f"{on} задолженность отсутствует"
    name = short_name(act.seller.party if balance > 0 else act.buyer)
    amount = abs(balance)
    return f"{on} задолженность в пользу {name} составляет {roubles(amount)} руб. ({in_words(amount)})"


def _conclusion(sheet: Sheet, act: Reconciliation) -> None:
    """Print each side's balance by documents, what those do not hold yet, and the balance with it."""
    sheet.paragraph(f"По данным {short_name(act.seller.party)} {who_owes(act, act.closing)}.", bold=True)
    if act.mirrored:
        sheet.paragraph(f"По данным {short_name(act.buyer)} {who_owes(act, act.closing)}.")
    if not act.not_acted:
        sheet.paragraph(f"Все услуги, оказанные по {short_date(act.last)}, закрыты документами.", size=8, lead=4)
        return
    amount = roubles(abs(act.not_acted))
    text = (
        f"Оказано услуг, ещё не закрытых документами, на {amount} руб."
        if act.not_acted > 0
        else f"Сторнировано услуг, но ещё не исправлено документами, на {amount} руб."
    )
    sheet.paragraph(f"{text} С учётом этого {who_owes(act, act.closing + act.not_acted)}.", bold=True)
