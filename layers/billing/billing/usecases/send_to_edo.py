"""The window's documents go to the operator: due by rows, made, signed, posted; each run goes on where one stopped."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime

from billing.domain.edo_reasons import Reason
from billing.domain.edo_sending import Window, is_preflight_day, last_window, next_window
from billing.domain.periods import moscow_day
from billing.ports import Outside, StaleError
from billing.ports_edo import BusyError, EdoOutside, StopTheRunError
from billing.usecases.cards import seller_card
from billing.usecases.edo.alerts import tell_stops
from billing.usecases.edo.attention import no_person, want_person
from billing.usecases.edo.policy import policy_of
from billing.usecases.edo.sending.preflight import look_ahead, our_side, stops_today
from billing.usecases.edo.sending.rounds import Round
from billing.usecases.edo.sending.terms import terms_of
from billing.usecases.edo.sending.walks import begin_round, had_its_round, is_left, is_unfinished
from billing.usecases.edo.sending.window_report import report
from billing.usecases.edo.stops import goes_again, stoppable
from billing.usecases.runs import run_of

ANOTHER = "another run is at it"
AWAY = "edo.away"  # subject of the line


@dataclass(slots=True, kw_only=True)
class SentRun:
    """`window` is empty when none is open. `waits`: why something of it is left to the next one; `stopped`: why no
    call could succeed; `is_away`: the operator or the signer does not answer."""

    window: str = ""
    sent: int = 0
    left: int = 0
    ended: bool = False
    checked: bool = False
    waits: str = ""
    stopped: str = ""
    is_away: bool = False


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

    It may be called at any time and any number of times. What is left after the window's last day goes on daily until
    nothing is. On the days of the preflight, what is ahead is looked through with the rest of the time. `force`, or
    named accounts: also of a window that has nothing left. `go_on`: no new round is begun, nor anything looked through;
    one that was cut off goes on.
    """
    run, card, today = SentRun(), seller_card(outside.store), moscow_day(outside.clock())
    policy = policy_of(card)
    if not card or not policy:
        return run
    settings, by_hand = policy.sending, force or bool(accounts)
    window = last_window(today, settings)
    if window and not by_hand and not _is_due(window, today, outside, go_on=go_on):
        window = None
    ahead = is_preflight_day(today, settings) and not go_on
    if not window and not ahead:
        if not go_on:  # what kept a run from its work before is nobody's as long as nothing has to go
            goes_again("send", outside)
            no_person(AWAY, outside)
        return run
    with stoppable("send", outside) as stopped, _waiting(run):
        if window and not go_on and not accounts:
            begin_round(window.key, outside)  # whatever keeps this run from it, the next one goes on
        terms = terms_of(card, window or next_window(today, settings), edo, today=today, until=until)
        try:
            with _waiting(run):
                if window:
                    run.window = window.key
                    _send(run, Round(terms, outside, edo, wakes_all=force), accounts, go_on=go_on)
        finally:
            if ahead and not by_hand:
                run.checked = look_ahead(terms, outside, edo)
    run.stopped = "".join(stopped)
    if window and not accounts:
        _tell(run, window, today, outside)
    outside.metrics.count("EdoWaits", int(run.waits not in ("", ANOTHER)))
    return run


def _is_due(window: Window, today: date, outside: Outside, *, go_on: bool) -> bool:
    """Return whether the window may have something to send now.

    Before its last month is closed nothing is due. After its last day what is left has a round a day.
    """
    if go_on:
        return is_unfinished(window.key, outside)
    if window.holds(today):
        return today > window.closed_by or run_of(outside, window.last_month) is not None
    return is_left(window.key, outside) and not had_its_round(window.key, today, outside)


def _tell(run: SentRun, window: Window, today: date, outside: Outside) -> None:
    """Put an operator that does not answer on the to-do list, and report a window.

    It is reported when a round has ended or its days are over.
    """
    if run.is_away:
        want_person(AWAY, Reason.SENDING_WAITS, outside, detail=run.waits)
        tell_stops(outside)
    elif run.waits != ANOTHER:
        no_person(AWAY, outside)
    if run.ended:
        outside.metrics.count("EdoLeft", run.left)
    if run.ended or today > window.last_day:
        report(window, today, outside)


@contextmanager
def _waiting(run: SentRun) -> Iterator[None]:
    """Who asks to come back later is named in the run."""
    try:
        yield
    except BusyError as error:
        run.waits, run.is_away = str(error), True
    except StaleError:
        run.waits = run.waits or ANOTHER


def _send(run: SentRun, going: Round, accounts: Sequence[str], *, go_on: bool) -> None:
    """Raises:
    StopTheRunError: nothing is sent that the operator would refuse of everybody, or that nobody may sign today.
    """
    for finding in our_side(going.terms, going.outside, going.edo):
        if stops_today(finding, going.terms.today):
            raise StopTheRunError(f"{finding.reason.text}: {finding.detail}", reason=finding.reason)
    try:
        going.go_on() if go_on else going.go(accounts)
    finally:
        run.sent, run.left, run.ended, run.waits = going.sent, going.left.total, going.ended, going.signer.waits
        run.is_away = going.signer.is_away
