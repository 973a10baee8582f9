"""Tables as an XLSX, a sheet each: numbers are numbers, texts are never formulas; the same tables, the same bytes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import Decimal
from io import BytesIO

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from billing.domain.errors import InvalidInputError
from billing.domain.periods import Day
from billing.domain.trouble_wording import trouble
from billing.domain.troubles import Cause
from billing.exports.tables import ROWS_MAX, Cell, Roubles, Table, as_text, is_formula_like

WIDTH_MAX = 60  # characters of a column
_FORBIDDEN = re.compile(r"[\[\]:*?/\\']")


def xlsx_of(tables: Sequence[Table], *, made_on: Day) -> bytes:
    """The workbook. `made_on` is its date of creation, for the same tables must make the same bytes.

    Raises:
        InvalidInputError: a table has more rows than a spreadsheet can show.
    """
    body = BytesIO()
    book = Workbook(
        body,
        {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False},
    )
    book.set_properties({"created": datetime.combine(made_on, time.min)})
    formats = _Formats(book)
    for table in tables:
        if len(table.rows) > ROWS_MAX:
            raise InvalidInputError(trouble(Cause.TABLE_TOO_LONG))
        _fill(book.add_worksheet(_FORBIDDEN.sub(" ", table.name)[:31]), table, formats)
    book.close()
    return body.getvalue()


class _Formats:
    def __init__(self, book: Workbook) -> None:
        self.head: Format = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        self.roubles: Format = book.add_format({"num_format": "#,##0.00"})
        self.day: Format = book.add_format({"num_format": "dd.mm.yyyy"})
        self.quoted: Format = book.add_format({"quote_prefix": True})  # stays text when somebody edits it


def _fill(sheet: Worksheet, table: Table, formats: _Formats) -> None:
    for column, head in enumerate(table.heads):
        sheet.write_string(0, column, as_text(head), formats.head)
    for number, row in enumerate(table.rows, start=1):
        for column, cell in enumerate(row):
            _write(sheet, number, column, cell, formats)
    for column, head in enumerate(table.heads):
        widest = max([len(head), *(len(_shown(row[column])) for row in table.rows[:1_000])])
        sheet.set_column(column, column, min(WIDTH_MAX, widest + 2))
    sheet.freeze_panes(1, 0)


def _write(sheet: Worksheet, row: int, column: int, cell: Cell, formats: _Formats) -> None:
    match cell:
        case None:
            return
        case Roubles():
            roubles = Decimal(cell.kopecks).scaleb(-2)  # exact: it is written as it says itself, never made a float
            sheet.write_number(row, column, roubles, formats.roubles)  # type: ignore[call-overload]
        case date():
            sheet.write_datetime(row, column, datetime.combine(cell, time.min), formats.day)
        case int():
            sheet.write_number(row, column, cell)
        case str():
            text = as_text(cell)
            sheet.write_string(row, column, text, formats.quoted if is_formula_like(text) else None)


def _shown(cell: Cell) -> str:
    return f"{cell.kopecks:,}.00" if isinstance(cell, Roubles) else "" if cell is None else str(cell)
