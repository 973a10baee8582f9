"""A quarter of many counterparties against the operator's stand-in, at the allowed rate: `python -m bench.edo [COUNT]`.

Time is simulated: the client's pauses move the clock, nothing else does. So what is measured is how well the allowed
rate is used and how many calls a document takes, not this machine.
"""

from __future__ import annotations

import sys
import tracemalloc
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from billing.adapters.diadoc.titles.preparing import DiadocTitles
from billing.domain.periods import MOSCOW, Month
from billing.usecases.send_to_edo import send_to_edo
from billing.usecases.track_edo import track_edo
from local.company.client import a_company
from tests.edo.house import EdoHouse
from tests.usecases.house import a_card, a_charge, a_payment
from tests.world.tale import light_papers

MONTHS = (Month(2026, 1), Month(2026, 2), Month(2026, 3))
LAMBDA = timedelta(minutes=13)  # of a run, with its reserve left
EVERY = timedelta(hours=2)
A_DAY = timedelta(days=1)
EVIDENCE = ("generateprintform", "generatedocumentprotocol", "generatedocumentzip", "v2/shelfdownload")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    what: str
    value: float
    goal: str = ""


def rows(counterparties: int = 1_000) -> list[Row]:
    with light_papers():
        house = _quarter(counterparties)
    acts = 3 * counterparties
    rate = house.diadoc_settings.http.rps
    house.diadoc.forget_calls()
    tracemalloc.start()
    sending, runs = _send(house)
    kept, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    posting = sum(_calls(house).values())
    _track(house)
    stages = [s.row["edo"]["fate"]["stage"] for s in house.store.rows("documents") if s.row.get("edo")]
    calls = _calls(house)
    files = sum(calls[endpoint] for endpoint in EVIDENCE)
    following = sum(calls.values()) - files
    return [
        Row(what="acts sent and signed", value=stages.count("accepted"), goal=f"{acts}"),
        Row(what="runs of the window that had something to send", value=runs),
        Row(what="simulated minutes of sending", value=sending / 60),
        Row(what="  ÷ its calls at the allowed rate", value=sending / (posting / rate), goal="<= 1.2"),
        Row(what="calls of sending an act", value=posting / acts),
        Row(what="calls of an accepted act, its files left out", value=following / acts, goal="<= 4"),
        Row(what="calls to fetch the files of an act", value=files / acts),
        Row(what="MB at the peak of a run over what stays", value=(peak - kept) / 1e6),
    ]


def _calls(house: EdoHouse) -> Counter[str]:
    """Calls by endpoint, whatever was answered."""
    told = house.diadoc.statistics()["endpoints"]
    return Counter({endpoint: sum(answers.values()) for endpoint, answers in told.items()})


def _quarter(counterparties: int) -> EdoHouse:
    """Every counterparty has an act for each month of the quarter, is our partner, and signs in a day."""
    house = EdoHouse(at="2026-03-31 12:00")
    house.titles = DiadocTitles(house.diadoc_settings.kinds)
    house.edo = house.a_worker()
    for n in range(counterparties):
        payer, account = a_company(1_000 + n, f"ООО «Клиент {n}»"), f"c-{n:06}"
        told = [a_card(account, payers=[payer])]
        for month in MONTHS:
            at = f"{month.last_day}T12:00:00+03:00"
            told.append(a_payment(1_000_00, account, at=at, payer={"inn": payer["inn"], "kpp": payer["kpp"]}))
            told.append(a_charge(1_000_00, account, at=f"{month.last_day}T13:00:00+03:00"))
        house.at("2026-03-31 14:00").tell(*told)
        house.partner(payer, signs_after_s=A_DAY.total_seconds())
    house.at("2026-04-01 02:00")
    for month in MONTHS:
        house.close(month)
    return house


def _send(house: EdoHouse) -> tuple[float, int]:
    """The window, run by run; the simulated seconds of the runs that sent something, and how many they were."""
    spent, runs = timedelta(), 0
    begun = datetime(2026, 4, 1, 4, tzinfo=MOSCOW)
    while begun < datetime(2026, 4, 5, 21, tzinfo=MOSCOW):
        house.now = max(house.now, begun.astimezone(house.now.tzinfo))
        start = house.now
        run = send_to_edo(house.outside, house.edo, until=start + LAMBDA)
        if run.sent:
            spent, runs = spent + (house.now - start), runs + 1
        begun += EVERY
        if run.ended and not run.left:
            break
    return spent.total_seconds(), runs


def _track(house: EdoHouse) -> None:
    """Until everything is signed and its files are there: a run in a while after each thing that happens."""
    for wait in (timedelta(minutes=15), *[A_DAY] * 3):
        house.now += wait
        for _ in range(50):
            run = track_edo(house.outside, house.edo, until=house.now + LAMBDA)
            house.now += timedelta(minutes=15)
            if run.ended and not run.moved and not run.complete:
                break


if __name__ == "__main__":
    for row in rows(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000):
        print(row)
