"""Put a failure of login, subscription or rights, in which no call can succeed, on the to-do list.

There is one line for the operator and one for our own side, however many functions are stopped. Each function that
gets through again takes itself off the line, and the last one takes the line off the list.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from billing.domain.edo_reasons import Reason
from billing.domain.edo_wording import quoted
from billing.ports import Outside
from billing.ports_edo import Said, StopTheRunError
from billing.records_edo import ForPerson
from billing.usecases.edo.alerts import tell_stops
from billing.usecases.edo.attention import change_line

OPERATOR, SENDING = "edo.operator", "edo.sending"
_BY_STATUS = {
    401: Reason.LOGIN_REFUSED,
    402: Reason.PAYMENT_REQUIRED,
    403: Reason.NO_RIGHTS,
    404: Reason.METHOD_GONE,
    410: Reason.METHOD_GONE,
}


@contextmanager
def stoppable(function: str, outside: Outside) -> Iterator[list[str]]:
    """Guard a run: put what stops it on the to-do list and report it at once. The line stays until a run gets through.

    Yield a list that holds the reason afterwards, and is empty when nothing stopped the run.
    """
    stopped: list[str] = []
    try:
        yield stopped
    except StopTheRunError as error:
        stopped.append(str(error))
        outside.metrics.count("EdoStopped")
        reason = error.reason or _reason(error.said)
        detail = "; ".join(dict.fromkeys(filter(None, (str(error), error.said.text))))
        _stands(SENDING if reason.is_of_sending else OPERATOR, reason, detail, function, outside)
        tell_stops(outside)
    else:
        goes_again(function, outside)


def goes_again(function: str, outside: Outside) -> None:
    """Note that nothing stops the function any more, or that it has nothing to do."""
    for subject in (OPERATOR, SENDING) if function == "send" else (OPERATOR,):
        change_line(subject, lambda line: _without(line, function), outside)


def _stands(subject: str, reason: Reason, detail: str, function: str, outside: Outside) -> None:
    def stands(line: ForPerson | None) -> ForPerson:
        functions = sorted({*(line.of if line else ()), function})
        return ForPerson(subject=subject, reason=reason, detail=quoted(detail), of=tuple(functions))

    change_line(subject, stands, outside)


def _without(line: ForPerson | None, function: str) -> ForPerson | None:
    rest = tuple(of for of in line.of if of != function) if line else ()
    return replace(line, of=rest) if line and rest else None


def _reason(said: Said) -> Reason:
    if said.path.endswith("connect/token") and said.status != 402:
        return Reason.LOGIN_REFUSED
    return _BY_STATUS.get(said.status, Reason.OPERATOR_REFUSES_US)
