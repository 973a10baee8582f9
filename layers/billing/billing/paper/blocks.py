"""What papers have in common: title, parties, lines, totals, signatures."""

from __future__ import annotations

from collections.abc import Mapping

from billing.domain.documents import Act, Invoice, Line, Party, Signer, VatTotal
from billing.domain.errors import NotFoundError
from billing.domain.money import roubles
from billing.domain.vat import Vat
from billing.domain.wording import in_words
from billing.paper.sheet import LEFT, RIGHT, THICK, WIDTH, Sheet, base_line
from billing.paper.table import PAD, Align, Cell, Column, Row, Table

LABEL = 27.0  # mm of the column of captions

_HEADS = ("№", "Наименование работ, услуг", "Кол-во", "Ед.", "Цена", "Сумма")
_WIDTHS = (9.0, 86.0, 17.0, 15.0, 26.0, 30.0)
_VAT_WIDTH = 15.0


def heading(sheet: Sheet, title: str) -> None:
    """The title, as long as it is, over a thick rule."""
    sheet.paragraph(title, bold=True, size=14, lead=7)
    sheet.y += 1
    sheet.rule(LEFT, sheet.y, RIGHT, sheet.y, THICK)
    sheet.y += 3


def captioned(sheet: Sheet, caption: str, text: str) -> None:
    """A caption at the left and its text in bold, on as many lines as it takes."""
    sheet.need(4.4)
    sheet.text_at(LEFT, sheet.y + base_line(4.4, 9), caption, font=sheet.regular, size=9)
    sheet.paragraph(text, x=LEFT + LABEL, width=WIDTH - LABEL, bold=True)
    sheet.y += 1.4


def party_text(party: Party) -> str:
    """Name, INN, KPP, address, phone, in one line of text."""
    said = [party.name, f"ИНН {party.inn}"]
    if party.kpp:
        said.append(f"КПП {party.kpp}")
    said += [part for part in (party.address, f"тел.: {party.phone}" if party.phone else "") if part]
    return ", ".join(said)


def lines_table(sheet: Sheet, lines: tuple[Line, ...], *, followed_by: float) -> None:
    """The services. A column of rates stands only where the rates differ, so that each line shows its own."""
    mixed = len({line.vat for line in lines}) > 1
    widths = list(_WIDTHS)
    heads = list(_HEADS)
    if mixed:
        widths[1] -= _VAT_WIDTH
        widths.insert(5, _VAT_WIDTH)
        heads.insert(5, "НДС")
    aligns = [Align.MIDDLE, Align.LEFT, Align.SUM, Align.MIDDLE, Align.SUM, Align.SUM]
    if mixed:
        aligns.insert(5, Align.MIDDLE)
    table = Table(
        columns=tuple(
            Column(width=w, align=a, wraps=j == 1 or heads[j] == "Ед.")
            for j, (w, a) in enumerate(zip(widths, aligns, strict=True))
        ),
        heading=((6.5, tuple(Cell(text=text, first=j) for j, text in enumerate(heads))),),
    )
    rows: list[Row] = []
    for n, line in enumerate(lines, 1):
        cells = [
            str(n),
            line.title,
            line.quantity.replace("-", "−").replace(".", ","),
            line.unit,
            roubles(line.price),
            roubles(line.amount),
        ]
        if mixed:
            cells.insert(5, rate_text(line.vat))
        rows.append(tuple(cells))
    table.draw(sheet, rows, followed_by=followed_by)


def rate_text(vat: Vat) -> str:
    return "без НДС" if vat is Vat.NONE else f"{vat.percent}%"


def totals(sheet: Sheet, document: Act | Invoice, last: str) -> None:
    """Total, VAT by rate, and the sum to pay or accepted, under the column of sums."""
    said = [("Итого:", roubles(document.total)), *vat_lines(document.vat_totals), (last, roubles(document.total))]
    sheet.y += 1
    for caption, value in said:
        sheet.need(4.8)
        base = sheet.y + base_line(4.8, 9)
        sheet.text_before(RIGHT - PAD, base, value, font=sheet.bold, size=9)
        sheet.text_before(RIGHT - 30 - PAD, base, caption, font=sheet.bold, size=9)
        sheet.y += 4.8
    sheet.y += 1.5


def vat_lines(vat_totals: tuple[VatTotal, ...]) -> list[tuple[str, str]]:
    """«В том числе НДС 22%», a line for each rate; «Без налога (НДС)» when there is none at all."""
    taxed = [t for t in vat_totals if t.vat is not Vat.NONE]
    if not taxed:
        return [("Без налога (НДС)", "–")]
    return [(f"В том числе НДС {t.vat.percent}%:", roubles(t.vat_amount)) for t in taxed]


def in_all(sheet: Sheet, what: str, document: Act | Invoice) -> None:
    """«Всего оказано услуг 2, на сумму 5 500,00 руб.», the sum in words, and why there is no VAT."""
    sheet.paragraph(f"{what} {len(document.lines)}, на сумму {roubles(document.total)} руб.")
    sheet.paragraph(in_words(document.total), bold=True)
    if document.vat_ground and any(t.vat is Vat.NONE for t in document.vat_totals):
        sheet.paragraph(f"Без НДС: {document.vat_ground}", size=8, lead=4)


def plain_signature(
    sheet: Sheet, x: float, y: float, width: float, signer: Signer, images: Mapping[str, bytes]
) -> None:
    """A line to sign on, with the facsimile over it if there is one, and the name after it."""
    line = width * 0.48
    if signer.facsimile:
        sheet.picture(picture(signer.facsimile, images), x + 4, y - 12, line - 8)
    sheet.rule(x, y, x + line, y)
    sheet.text_at(x + line + 2, y - 0.6, signer.name, font=sheet.regular, size=9)


def signature(sheet: Sheet, x: float, y: float, width: float, signer: Signer, images: Mapping[str, bytes]) -> None:
    """The same with its caption and the place of the seal."""
    plain_signature(sheet, x, y, width, signer, images)
    _under(sheet, x, y, width * 0.48, "подпись")
    sheet.text_at(x, y + 8, "М. П.", font=sheet.regular, size=8)


def blank_signature(sheet: Sheet, x: float, y: float, width: float) -> None:
    """Lines for a signature and for the name of whoever signs for the other side."""
    line = width * 0.48
    sheet.rule(x, y, x + line, y)
    sheet.rule(x + line + 2, y, x + width, y)
    _under(sheet, x, y, line, "подпись")
    _under(sheet, x + line + 2, y, width - line - 2, "расшифровка подписи")
    sheet.text_at(x, y + 8, "М. П.", font=sheet.regular, size=8)


def _under(sheet: Sheet, x: float, y: float, width: float, caption: str) -> None:
    sheet.text_around(x + width / 2, y + 2.8, caption, font=sheet.regular, size=6)


def stamp(sheet: Sheet, x: float, y: float, sha256: str, images: Mapping[str, bytes]) -> None:
    """The seal's image, 36 mm wide, if the seller has one."""
    if sha256:
        sheet.picture(picture(sha256, images), x, y, 36)


def picture(sha256: str, images: Mapping[str, bytes]) -> bytes:
    """The PNG of that name.

    Raises:
        NotFoundError: it was not given.
    """
    if sha256 not in images:
        raise NotFoundError(f"no image {sha256[:12]}…")
    return images[sha256]
