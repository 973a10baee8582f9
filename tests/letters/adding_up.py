"""Reading the run's report as whoever adds it up by hand does."""

from __future__ import annotations

from billing.domain.money import NBSP

SECTIONS = ("СПИСАНО И ОПЛАЧЕНО", "ЧЕМ ОПЛАЧЕНО", "АКТЫ", "НДС В АКТАХ", "ИЗ НИХ УСЛУГИ", "С НАЧАЛА", "ПОСТУПИЛО")


def columns(text: str, section: str) -> tuple[list[list[int]], list[int]]:
    """Return the rows of a section of the letter and its total, in kopecks, as printed."""
    head = next(line for line in text.split("\n") if line.startswith(section))
    lines = text.split(head + "\n")[1].split("\n\n")[0].split("\n")
    rows: list[list[int]] = []
    for line in (line for line in lines if line.startswith("— ")):
        said = line.rpartition(": ")[2].replace(NBSP, "").replace("₽", "").replace("−", "-").replace(",", "")
        rows.append([int(column) for column in said.split("|")])
    return rows[:-1], rows[-1]
