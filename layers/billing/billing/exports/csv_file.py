"""A table as CSV: UTF-8 with a mark, semicolons, CRLF and decimal commas, as a Russian Excel and 1С open it."""

from __future__ import annotations

from datetime import date

from billing.domain.money import plain_roubles
from billing.domain.wording import short_date
from billing.exports.tables import Cell, Roubles, Table, as_text, is_formula_like


def csv_of(table: Table) -> bytes:
    """Texts stand in quotes, so that no separator is found inside; what could be run begins with an apostrophe."""
    lines = (";".join(_written(cell) for cell in row) for row in (table.heads, *table.rows))
    return "\ufeff".encode() + "".join(f"{line}\r\n" for line in lines).encode()


def _written(cell: Cell) -> str:
    match cell:
        case None:
            return ""
        case Roubles():
            return plain_roubles(cell.kopecks).replace(".", ",")
        case date():
            return short_date(cell)
        case int():
            return str(cell)
    text = as_text(cell)
    return '"' + ("'" if is_formula_like(text) else "") + text.replace('"', '""') + '"'
