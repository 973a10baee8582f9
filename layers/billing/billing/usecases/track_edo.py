"""What became of our documents at the operator, and our receipts: by its feed, and by a look at all at night."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from billing.ports import Outside, StaleError
from billing.ports_edo import EdoOutside
from billing.usecases.cards import seller_card
from billing.usecases.edo.alerts import tell_news
from billing.usecases.edo.attention import people_counted
from billing.usecases.edo.policy import policy_of
from billing.usecases.edo.stops import stoppable
from billing.usecases.edo.tracking.events import read_feed
from billing.usecases.edo.tracking.evidence import file_evidence
from billing.usecases.edo.tracking.receipts import give_receipts
from billing.usecases.edo.tracking.recheck import look, look_is_under_way
from billing.usecases.edo.tracking.unsigned import count_unsigned


@dataclass(slots=True, kw_only=True)
class TrackedRun:
    """Documents that have `moved`, and those whose files are all there now; `receipts` of ours that were given.

    `stopped`: why no call could succeed.
    """

    events: int = 0
    moved: int = 0
    complete: int = 0
    receipts: int = 0
    ended: bool = False
    stopped: str = ""


def track_edo(outside: Outside, edo: EdoOutside, *, until: datetime, sweep: bool = False) -> TrackedRun:
    """Our documents stand where the operator has them, their files are in the bucket, the list for a person agrees;
    receipts that are asked of us are given.

    It may be called at any time and any number of times, and goes on from where it was cut off. `sweep`: with a look at
    every document that is not over. A company without a policy of exchange has nothing to track.
    """
    run, policy = TrackedRun(), policy_of(seller_card(outside.store))
    if not policy:
        return run
    with stoppable("track", outside) as stopped, suppress(StaleError):  # another run is reading: what is left is its
        feed = read_feed(outside, edo, until=until)
        run.events, run.moved, run.ended = feed.events, feed.moved, feed.ended
        if sweep or look_is_under_way(outside):
            looked = look(outside, edo, policy, until=until)
            run.moved, run.ended = run.moved + looked.moved, run.ended and looked.ended
        run.complete = file_evidence(outside, edo, until=until)
        run.receipts = give_receipts(outside, edo, policy, until=until)
    run.stopped = "".join(stopped)
    tell_news(outside)  # first: a count that fails must not hold up what is new
    count_unsigned(outside, policy, until=until)
    outside.metrics.count("EdoPeople", people_counted(outside))
    return run
