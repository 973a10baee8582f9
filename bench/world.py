"""What the work costs in calls and write units, and how fast the proof of it runs: `python -m bench.world`."""

from __future__ import annotations

import time
from dataclasses import dataclass

from tests.cost import calls_of_a_close, write_units_of_a_month
from tests.world.tale import light_papers, play

SEEDS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    what: str
    value: int
    goal: str = ""


def rows() -> list[Row]:
    units = write_units_of_a_month()
    begun, calls = time.process_time(), 0
    with light_papers():
        for seed in range(SEEDS):
            calls += play(seed).calls
    seconds = time.process_time() - begun
    return [
        Row(what="write units of a client-month", value=units["month"], goal="<= 300"),
        Row(what="  of them in the night", value=units["night"]),
        Row(what="calls to close an account of 10 entries", value=calls_of_a_close(10)),
        Row(what="calls to close an account of 1 000 000 entries", value=calls_of_a_close(1_000_000), goal="the same"),
        Row(what="worlds with faults in a CPU minute", value=round(SEEDS * 60 / seconds)),
        Row(what="calls of ports in a CPU second", value=round(calls / seconds)),
    ]


if __name__ == "__main__":
    for row in rows():
        print(row)
