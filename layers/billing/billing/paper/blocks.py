"""What papers have in common: title, parties, lines, totals."""

from __future__ import annotations

import re
from functools import lru_cache

from billing.domain.documents import Act, Invoice, Line, Party, VatTotal
from billing.domain.money import NBSP, roubles
from billing.domain.vat import Vat
from billing.domain.wording import in_words
from billing.paper.alignment import PAD, Align
from billing.paper.sheet import LEFT, RIGHT, THICK, WIDTH, Sheet, base_line
from billing.paper.table import Cell, Column, Row, Table

LABEL = 27.0  # mm of the column of captions

_SERVICES = (  # heading, mm, where it stands, whether it wraps
    ("№", 10.0, Align.MIDDLE, False),
    ("Наименование работ, услуг", 85.0, Align.LEFT, True),
    ("Кол-во", 17.0, Align.SUM, False),
    ("Ед.", 15.0, Align.MIDDLE, True),
    ("Цена", 26.0, Align.SUM, False),
    ("Сумма", 30.0, Align.SUM, False),
)
_RATE = ("НДС", 15.0, Align.MIDDLE, False)

_FORMS = (  # of legal entities and entrepreneurs, and how they are said in short
    ("общество с ограниченной ответственностью", "ООО"),
    ("публичное акционерное общество", "ПАО"),
    ("акционерное общество", "АО"),
    ("индивидуальный предприниматель", "ИП"),
)
_TOGETHER = re.compile(
    r"(?<!\w)(?:№|ИНН|КПП|БИК|ОГРН|ОГРНИП|п/п|[А-ЯЁ]\.|(?:г|ул|д|стр|корп|оф|кв|ст|пп|п)\.) (?=\S)|(?<=\d) (?=г\.)"
)


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
    sheet.paragraph(together(text), x=LEFT + LABEL, width=WIDTH - LABEL, bold=True)
    sheet.y += 1.4


@lru_cache(1024)
def together(text: str) -> str:
    """No line of it ends with «№», «г.», an initial: they go with what they belong to."""
    return _TOGETHER.sub(lambda found: found[0].replace(" ", NBSP), text)


def party_text(party: Party) -> str:
    """Name, INN, KPP, address, phone, in one line of text."""
    said = [party.name, f"ИНН{NBSP}{party.inn}"]
    if party.kpp:
        said.append(f"КПП{NBSP}{party.kpp}")
    if party.address:
        said.append(party.address)
    if party.phone:
        said.append(f"тел.:{NBSP}{party.phone.replace(' ', NBSP)}")
    return ", ".join(said)


def short_name(party: Party, length: int = 110) -> str:
    """Shorten a name to «ООО «Ромашка»» where the whole would take too much room. It is in full with the requisites.

    One that is longer than `length` ends after a word, and its quotation mark is closed.
    """
    name = party.name
    for form, short in _FORMS:
        if name.casefold().startswith(form):
            name = short + name[len(form) :]
            break
    if len(name) <= length:
        return name
    cut = name[: length - 2]
    cut = (cut if name[length - 2] == " " else cut.rpartition(" ")[0] or cut).rstrip(" ,«(-–")
    return f"{cut}…" + "»" * (cut.count("«") - cut.count("»"))


def lines_table(sheet: Sheet, lines: tuple[Line, ...], *, followed_by: float) -> None:
    """The services. A column of rates stands only where the rates differ, so that each line shows its own."""
    mixed = len({line.vat for line in lines}) > 1
    columns = list(_SERVICES)
    if mixed:
        title, width, align, wraps = columns[1]
        columns[1] = (title, width - _RATE[1], align, wraps)
        columns.insert(5, _RATE)
    table = Table(
        columns=tuple(Column(width=width, align=align, wraps=wraps) for _, width, align, wraps in columns),
        heading=(tuple(Cell(text=text, first=j) for j, (text, _, _, _) in enumerate(columns)),),
    )
    rows: list[Row] = []
    for n, line in enumerate(lines, 1):
        rate = (rate_text(line.vat),) if mixed else ()
        quantity = quantity_text(line.quantity)
        rows.append((str(n), line.title, quantity, line.unit, roubles(line.price), *rate, roubles(line.amount)))
    table.draw(sheet, rows, followed_by=followed_by)


def quantity_text(quantity: str) -> str:
    """«1 250,5» of "1250.5"."""
    whole, _, part = quantity.removeprefix("-").partition(".")
    minus = "−" if quantity.startswith("-") else ""
    return f"{minus}{int(whole):,}".replace(",", NBSP) + (f",{part}" if part else "")


def rate_text(vat: Vat) -> str:
    return "без НДС" if vat is Vat.NONE else f"{vat.percent}%"


def totals(sheet: Sheet, document: Act | Invoice, last: str) -> None:
    """Total, VAT by rate, and the sum to pay or accepted, under the column of sums."""
    said = [("Итого:", roubles(document.total)), *vat_lines(document.vat_totals), (last, roubles(document.total))]
    sheet.y += 1
    for caption, value in said:
        sheet.need(4.8)
        base = sheet.y + base_line(4.8, 9)
        sheet.text_before(RIGHT - _SERVICES[-1][1] - PAD, base, caption, font=sheet.bold, size=9)  # read before its sum
        sheet.text_before(RIGHT - PAD, base, value, font=sheet.bold, size=9)
        sheet.y += 4.8
    sheet.y += 1.5


def vat_lines(vat_totals: tuple[VatTotal, ...]) -> list[tuple[str, str]]:
    """«В том числе НДС 22%», a line for each rate; «Без налога (НДС)» when there is none at all."""
    taxed = [t for t in vat_totals if t.vat is not Vat.NONE]
    if not taxed:
        return [("Без налога (НДС)", "–")]
    return [(f"В том числе НДС {t.vat.percent}%:", roubles(t.vat_amount)) for t in taxed]


def in_all(sheet: Sheet, what: str, count: int, document: Act | Invoice) -> None:
    """«Всего оказано услуг 2, на сумму 5 500,00 руб.», the sum in words, and why there is no VAT."""
    sheet.paragraph(f"{what} {count}, на сумму {roubles(document.total)} руб.")
    sheet.paragraph(in_words(document.total), bold=True)
    if document.vat_ground and any(t.vat is Vat.NONE for t in document.vat_totals):
        sheet.paragraph(f"Без НДС: {document.vat_ground}", size=8, lead=4)
