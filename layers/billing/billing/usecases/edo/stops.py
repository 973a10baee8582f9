"""A run that no call can succeed in: login, subscription, rights. It is alarmed, and a person reads why in the list."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from billing.domain.edo_reasons import Reason
from billing.ports import Outside
from billing.ports_edo import StopTheRunError
from billing.usecases.edo.attention import no_person, want_person


@contextmanager
def stoppable(function: str, outside: Outside) -> Iterator[list[str]]:
    """Around a run: what stops it stands in the list under `edo.<function>` until one is not stopped so.

    Gives a list that holds the reason afterwards, and is empty when nothing stopped the run.
    """
    stopped: list[str] = []
    try:
        yield stopped
    except StopTheRunError as error:
        stopped.append(str(error))
        outside.metrics.count("EdoStopped")
        detail = "; ".join(filter(None, (str(error), error.said.text)))
        want_person(f"edo.{function}", Reason.OPERATOR_REFUSES_US, outside, detail=detail)
    else:
        no_person(f"edo.{function}", outside)
