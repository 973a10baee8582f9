"""Tables to be taken away: rows in, the bytes of a CSV or an XLSX out; the same rows, the same bytes."""

from __future__ import annotations

from collections.abc import Sequence

from billing.domain.periods import Day
from billing.exports.csv_file import csv_of
from billing.exports.english import in_english
from billing.exports.statements import act_tables, payment_table, statistics_tables
from billing.exports.tables import Roubles, Table


def xlsx_of(tables: Sequence[Table], *, made_on: Day) -> bytes:
    """As `xlsx_file` says; whoever makes none does not wait for its library to be imported."""
    from billing.exports.xlsx_file import xlsx_of

    return xlsx_of(tables, made_on=made_on)


__all__ = [
    "Roubles",
    "Table",
    "act_tables",
    "csv_of",
    "in_english",
    "payment_table",
    "statistics_tables",
    "xlsx_of",
]
