"""How fast papers are drawn: `python -m bench.papers`. CPU milliseconds of a document, every document another one.

All ways take turns inside each round, so ratios are of one run; milliseconds are of this machine today. The floor has
the same layout code, page operators and fonts as ours, but no library and no PDF/A.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bench import papers_cells, papers_raw, papers_reportlab
from bench.papers_content import a_reconciliation, an_act, an_invoice, content_of
from billing import paper

CASES: tuple[tuple[str, Callable[[int, int], Any], int, int], ...] = (  # name, what, lines, documents a round
    ("act, 1 line", an_act, 1, 20),
    ("act, 10 lines", an_act, 10, 20),
    ("act, 100 lines", an_act, 100, 6),
    ("invoice, 3 lines, QR", an_invoice, 3, 12),
    ("reconciliation, 100 rows", a_reconciliation, 100, 6),
    ("reconciliation, 3000 rows", a_reconciliation, 3000, 1),
)
CELLS_MAX = 4  # of the slowest way, documents a round
GOALS = {  # act ×10: at most so many floors; so many times faster than reportlab by hand and than fpdf2's cells
    "act, 10 lines": (2.5, 4, 40),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """CPU ms of a document, medians of the rounds; how many times ours is the floor, and the others are ours.

    `bytes_ms`: the floor with its pages laid out beforehand, so the difference to `floor_ms` is layout.
    """

    paper: str
    ours_ms: float
    floor_ms: float
    bytes_ms: float
    reportlab_ms: float
    cells_ms: float
    ours_to_floor: float
    reportlab_to_ours: float
    cells_to_ours: float
    ours_kb: float
    floor_kb: float
    reportlab_kb: float
    cells_kb: float


def rows(*, rounds: int = 5) -> list[Row]:
    """One row a case; a first round warms up and is not counted."""
    return [_measured(*case, rounds=rounds) for case in CASES]


def _measured(name: str, make: Callable[[int, int], Any], lines: int, documents: int, *, rounds: int) -> Row:
    spent: dict[str, list[float]] = {way: [] for way in ("ours", "floor", "bytes", "reportlab", "cells")}
    size: dict[str, int] = {}
    for number in range(rounds + 1):
        made = [make(lines, 1 + number * documents + n) for n in range(documents)]
        contents = [content_of(document) for document in made]
        _time("ours", paper.draw, made, spent, size)
        with papers_raw.on_bare_sheets():
            _time("floor", papers_raw.draw, made, spent, size)
        laid_out = [papers_raw.laid_out(document) for document in made]
        _time("bytes", lambda pages: papers_raw.written(*pages), laid_out, spent, size)
        _time("reportlab", papers_reportlab.draw, contents, spent, size)
        _time("cells", papers_cells.draw, contents[:CELLS_MAX], spent, size)
    ours, floor, written, reportlab, cells = (statistics.median(spent[way][1:]) for way in spent)
    return Row(
        paper=name,
        ours_ms=round(ours, 2),
        floor_ms=round(floor, 2),
        bytes_ms=round(written, 2),
        reportlab_ms=round(reportlab, 1),
        cells_ms=round(cells, 1),
        ours_to_floor=round(ours / floor, 2),
        reportlab_to_ours=round(reportlab / ours, 1),
        cells_to_ours=round(cells / ours, 1),
        **{f"{way}_kb": round(size[way] / 1024, 1) for way in spent if way != "bytes"},
    )


def _time(
    way: str, draw: Callable[[Any], bytes], things: list[Any], spent: dict[str, list[float]], size: dict[str, int]
) -> None:
    begun = time.process_time()
    for thing in things:
        drawn = draw(thing)
    spent[way].append((time.process_time() - begun) / len(things) * 1000)
    size[way] = len(drawn)


def calibration_ms() -> float:
    """A fixed loop by which machines are compared; the goals are for one that takes 25 ms."""
    begun = time.process_time()
    total = 0
    for i in range(400_000):
        total += i * i % 7
    return (time.process_time() - begun) * 1000


def main() -> None:
    say = sys.stdout.write
    say(f"calibration loop {min(calibration_ms() for _ in range(5)):.0f} ms\n\n")
    say(f"{'':26}{'CPU ms':^55}{'times':^30}{'KB':^36}\n")
    heads = (
        "ours",
        "floor",
        "bytes",
        "reportlab",
        "cells",
        "to floor",
        "rlab",
        "cells",
        "ours",
        "floor",
        "rlab",
        "cells",
    )
    say(f"{'':26}" + "".join(f"{head:>{11 if n < 5 else 10 if n < 8 else 8}}" for n, head in enumerate(heads)) + "\n")
    for row in rows():
        ms = (row.ours_ms, row.floor_ms, row.bytes_ms, row.reportlab_ms, row.cells_ms)
        times = (row.ours_to_floor, row.reportlab_to_ours, row.cells_to_ours)
        kb = (row.ours_kb, row.floor_kb, row.reportlab_kb, row.cells_kb)
        say(
            f"{row.paper:26}"
            + "".join(f"{value:>11.2f}" for value in ms)
            + "".join(f"{value:>10.2f}" for value in times)
            + "".join(f"{value:>8.1f}" for value in kb)
            + "\n"
        )
        if row.paper in GOALS:
            floors, reportlabs, cells = GOALS[row.paper]
            met = row.ours_to_floor <= floors and row.reportlab_to_ours >= reportlabs and row.cells_to_ours >= cells
            goal = f"at most {floors} floors, {reportlabs}× reportlab, {cells}× cells"
            say(f"{'':26}  goal {'met' if met else 'MISSED'}: {goal}\n")


if __name__ == "__main__":
    main()
