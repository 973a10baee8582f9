"""`python -m local.demo`: months of a company's life in the cloud of template.yaml, and what comes of them in `out/`.

python -m local.demo                    the sample companies, January–March 2026
python -m local.demo --from FOLDER      your own ledger: messages of the queue crm-inbox, one a line, in *.jsonl
"""

from __future__ import annotations

import argparse
import io
import json
import logging
import os
import sys
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import redirect_stdout
from datetime import datetime, timedelta
from multiprocessing import get_context
from pathlib import Path

from billing.domain.errors import InvalidInputError
from billing.domain.periods import MOSCOW, Month
from billing.domain.wording import month_name
from local.cloud import Cloud, local_cloud
from local.company.client import Told
from local.demo_exchange import deeds, settle_fates
from local.demo_input import Play, read_folder, sample, taxed
from local.demo_out import clear, write_out
from local.demo_summary import summary
from local.demo_world import World, read_world
from local.exchange import exchange

PACE = (6, 11, 16, 21, 26)  # days of a month up to which messages are sent together
SETTLED = timedelta(hours=30)  # after the last night: late letters' events, the last sweeps
LATE = timedelta(hours=23)  # of the last day on which documents are sent
PARAMETERS = {
    "SenderAddress": "docs@seller.example",
    "AccountantAddress": "glavbuh@seller.example",
    "PageUrl": "https://crm.seller.example/billing",
    "LogLevel": "WARNING",
}


def main(arguments: Sequence[str] | None = None) -> int:
    asked = _arguments(arguments)
    try:
        plays = [read_folder(asked.folder)] if asked.folder else [sample(), taxed()]
    except InvalidInputError as error:
        print(error, file=sys.stderr)
        return 2
    for problem in (problem for play in plays for problem in play.problems):
        print(f"не принято: {problem}", file=sys.stderr)
    _quiet()
    clear(asked.out)
    first, *others = plays
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as beside:  # the other core plays the other company
        later = [beside.submit(_printed, play, asked.out / play.folder) for play in others]
        closed = [_played(first, asked.out, others)]
        for one in later:
            text, is_closed = one.result()
            print(text, end="")
            closed.append(is_closed)
    return 0 if all(closed) else 1


def _printed(play: Play, out: Path) -> tuple[str, bool]:
    """Play a company in a process of its own. Return what it prints, and whether a month was closed and reported."""
    _quiet()
    with redirect_stdout(io.StringIO()) as printed:
        is_closed = _played(play, out, ())
    return printed.getvalue(), is_closed


def _played(play: Play, out: Path, others: Sequence[Play]) -> bool:
    """Play one company in a cloud of its own. Return whether a month of it was closed and reported."""
    started = time.perf_counter()
    print(f"{play.title}: {_span(play)}, сообщений {len(play.told)}\n")
    beside = exchange(company=(play.seller, play.clients)) if play.seller else None
    with local_cloud(parameters=PARAMETERS, at=beginning(play), beside=beside) as cloud:
        run(cloud, play, _tell)
        world = read_world(cloud)
        again = _once_more(cloud, play.last, world)
    write_out(out, world, play, others)
    print(summary(world, play, again=again, out=out, seconds=time.perf_counter() - started) + "\n")
    return bool(world.tallies)


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m local.demo", description="Закрывающие документы на одной машине")
    parser.add_argument(
        "--from", dest="folder", type=Path, metavar="FOLDER", help="папка с *.jsonl вместо учебной компании"
    )
    parser.add_argument(
        "--out", type=Path, default=Path("out"), metavar="FOLDER", help="куда сложить, по умолчанию out"
    )
    return parser.parse_args(arguments)


def _quiet() -> None:
    """The functions log to the console, as they should; here it would drown the story."""
    os.environ["POWERTOOLS_LOG_LEVEL"] = "CRITICAL"
    os.environ["POWERTOOLS_METRICS_DISABLED"] = "true"
    os.environ["POWERTOOLS_TRACE_DISABLED"] = "true"
    from billing import wiring  # not before: its log takes the console and the name that it finds at its import

    wiring.metrics.add_metric = lambda **said: None  # type: ignore[method-assign]
    logging.disable(logging.ERROR)
    warnings.simplefilter("ignore")


def run(cloud: Cloud, play: Play, tell: Callable[[str, int, int], None]) -> None:
    """Messages go to the queue as their time comes, and the schedules fire on the way; `tell` is told how far it is."""
    left, done, month = list(play.told), 0, play.first
    last = _moment(play.last.next, 5) + LATE if play.seller else _moment(play.last.next, 2) + SETTLED
    doing = {deed.at: deed.do for deed in (deeds(play.clients) if play.seller else ())}
    for moment in sorted({*_paces(play.first, play.last), last, *doing}):
        count = sum(told.arrives < moment for told in left)
        now, left = left[:count], left[count:]
        if not now and moment < last and moment not in doing:
            continue
        cloud.advance(to=moment)
        if cloud.exchange and moment in doing:
            doing[moment](cloud, cloud.exchange)
        cloud.send("CrmInboxQueue", [_body(told) for told in now])
        cloud.drain()
        done += count
        while month <= play.last and cloud.now() >= _moment(month.next, 2) + timedelta(hours=1):
            tell(_night(cloud, month), done, len(play.told))
            month = month.next
        if cloud.exchange and moment == last:
            settle_fates(cloud)
        if now:
            tell(f"к {moment.astimezone(MOSCOW):%d.%m.%Y}: сообщений {count}", done, len(play.told))


def beginning(play: Play) -> datetime:
    """Before its first message."""
    return _moment(play.first, 2) + timedelta(hours=1)


def _paces(first: Month, last: Month) -> Iterator[datetime]:
    month = first
    while month <= last:
        yield from (_moment(month, day) for day in PACE)
        yield _moment(month.next, 2)
        month = month.next
    yield _moment(month, 2) + timedelta(hours=24)


def _moment(month: Month, day: int) -> datetime:
    return datetime(month.year, month.number, day, tzinfo=MOSCOW)


def _body(told: Told) -> str:
    return told.body if isinstance(told.body, str) else json.dumps(told.body, ensure_ascii=False)


def _night(cloud: Cloud, month: Month) -> str:
    documents = [d for d in cloud.rows("documents") if d["month"] == str(month) and d.get("number")]
    acts, invoices = (sum(d["kind"] == kind for d in documents) for kind in ("act", "invoice"))
    return f"ночь на 2-е: {month_name(month)} закрыт, актов {acts}, счетов {invoices}"


def _tell(text: str, done: int, of: int) -> None:
    print(f"  {100 * done // max(of, 1):3} %  {text}", flush=True)


def _once_more(cloud: Cloud, month: Month, before: World) -> tuple[int, int]:
    """The same month closed again: how many documents and letters that made, which must be none."""
    cloud.invoke("close_month", {"month": str(month), "reason": "проверка: второй раз тот же месяц"})
    cloud.invoke("sweep", {})
    if cloud.exchange:
        cloud.invoke("send_to_edo", {"force": True})
    documents = sum(row["kind"] != "period" for row in cloud.rows("documents"))
    return documents - len(before.documents), len(cloud.letters()) - len(before.letters)


def _span(play: Play) -> str:
    if play.first == play.last:
        return month_name(play.first)
    return f"{month_name(play.first)} – {month_name(play.last)}"


if __name__ == "__main__":
    raise SystemExit(main())
