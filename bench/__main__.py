"""Every measurement, one after another: `make bench`. Ratios are of one run; milliseconds are of this machine today."""

from __future__ import annotations

import importlib
import platform
import sys
import time
from dataclasses import asdict

PARTS = {
    "papers": "CPU ms and KB of a document, against a hand-written floor and other ways to draw the same",
    "ledger": "the pure core, events a second",
    "world": "the simulated world: seeds, calls, write units of a client's month",
    "statements": "statistics, reconciliations and explanations of a year, CPU ms",
    "api": "a page of the list on accounts of 10 and of 100 000 documents, cold imports, answers of the local cloud",
    "sweep": "a sweep while 100 000 letters wait: calls and messages",
    "report": "the count of a month: calls and CPU ms an account, hours at 4 ms a call",
    "imports": "cold imports of each function, CPU ms over a bare interpreter",
    "edo": "a quarter of 1 000 counterparties against the operator's stand-in, on a simulated clock",
    "month": "a month of 1 000 clients through the local cloud, CPU seconds",
}


def main(names: list[str]) -> None:
    print(
        f"{platform.machine()}, {_processor()}, Python {platform.python_version()}, "
        f"calibration loop {_calibration():.0f} ms\n"
    )
    for name in names or PARTS:
        print(f"{name}: {PARTS[name]}")
        rows = [asdict(row) for row in importlib.import_module(f"bench.{name}").rows()]
        heads = list(rows[0])
        cells = [heads, *([_text(row[head]) for head in heads] for row in rows)]
        widths = [max(len(line[i]) for line in cells) for i in range(len(heads))]
        for line in cells:
            print(
                "  "
                + "  ".join(
                    text.ljust(w) if i == 0 else text.rjust(w)
                    for i, (text, w) in enumerate(zip(line, widths, strict=True))
                )
            )
        print(flush=True)


def _text(value: object) -> str:
    return (
        f"{value:,.2f}".rstrip("0").rstrip(".")
        if isinstance(value, float)
        else f"{value:,}"
        if isinstance(value, int)
        else str(value)
    )


def _calibration() -> float:
    """A fixed loop in pure Python, by which machines can be compared."""
    begun = time.process_time()
    total = 0
    for i in range(400_000):
        total += i * i % 7
    return (time.process_time() - begun) * 1000


def _processor() -> str:
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as f:
            return next(line.partition(":")[2].strip() for line in f if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or "an unnamed processor"


if __name__ == "__main__":
    main(sys.argv[1:])
