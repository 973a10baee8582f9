"""The window's documents go to the operator: due by rows, made, signed, posted; each run goes on where one stopped."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from billing.domain.edo_sending import is_preflight_day, last_window, next_window, sending_window
from billing.domain.periods import moscow_day
from billing.ports import Outside, StaleError
from billing.ports_edo import BusyError, EdoOutside, StopTheRunError
from billing.usecases.cards import seller_card
from billing.usecases.edo.sending.preflight import look_ahead, our_side, stops_today
from billing.usecases.edo.sending.rounds import Round, begin_round, is_unfinished
from billing.usecases.edo.sending.terms import Terms, terms_of
from billing.usecases.edo.sending.window_report import report
from billing.usecases.edo.stops import stoppable

ANOTHER = "another run is at it"


@dataclass(slots=True, kw_only=True)
class SentRun:
    """`window` is empty when none is open. `waits`: why something of it is left to the next one; `stopped`: why no
    call could succeed."""

    window: str = ""
    sent: int = 0
    left: int = 0
    ended: bool = False
    checked: bool = False
    waits: str = ""
    stopped: str = ""


def send_to_edo(
    outside: Outside,
    edo: EdoOutside,
    *,
    until: datetime,
    force: bool = False,
    go_on: bool = False,
    accounts: Sequence[str] = (),
) -> SentRun:
    """Every document that the window takes is at the operator, or it is said why not; as far as time allows.

    It may be called at any time and any number of times. On the days of the preflight, what is ahead is looked through
    with the rest of the time. `force`, or named accounts: also when no window is open, for the last one. `go_on`: no
    new round is begun, nor anything looked through; one that was cut off goes on.
    """
    run, card, today = SentRun(), seller_card(outside.store), moscow_day(outside.clock())
    if not card or not card.edo:
        return run
    settings, by_hand = card.edo.sending, force or bool(accounts)
    window = sending_window(today, settings) or (last_window(today, settings) if by_hand else None)
    ahead = is_preflight_day(today, settings)
    if not window and not ahead:
        return run
    if go_on and not (window and is_unfinished(window.key, outside)):
        return run
    with stoppable("send", outside) as stopped, _waiting(run):
        if window and not go_on and not accounts:
            begin_round(window.key, outside)  # whatever keeps this run from it, the next one goes on
        terms = terms_of(card, window or next_window(today, settings), edo, today=today, until=until)
        try:
            with _waiting(run):
                if window:
                    run.window = window.key
                    _send(run, terms, outside, edo, accounts, go_on=go_on)
        finally:
            if ahead and not by_hand and not go_on:
                run.checked = look_ahead(terms, outside, edo)
    run.stopped = "".join(stopped)
    outside.metrics.count("EdoWaits", int(run.waits not in ("", ANOTHER)))
    return run


@contextmanager
def _waiting(run: SentRun) -> Iterator[None]:
    """Who asks to come back later is named in the run."""
    try:
        yield
    except BusyError as error:
        run.waits = str(error)
    except StaleError:
        run.waits = run.waits or ANOTHER


def _send(
    run: SentRun, terms: Terms, outside: Outside, edo: EdoOutside, accounts: Sequence[str], *, go_on: bool
) -> None:
    """Raises:
    StopTheRunError: nothing is sent that the operator would refuse of everybody, or that nobody may sign today.
    """
    for finding in our_side(terms, outside, edo):
        if stops_today(finding, terms.today):
            raise StopTheRunError(f"{finding.reason.text}: {finding.detail}")
    going = Round(terms, outside, edo)
    try:
        going.go_on() if go_on else going.go(accounts)
    finally:
        run.sent, run.left, run.ended, run.waits = going.sent, going.left.total, going.ended, going.signer.waits
    if run.ended and not accounts:
        outside.metrics.count("EdoLeft", run.left)
        report(terms, outside)
