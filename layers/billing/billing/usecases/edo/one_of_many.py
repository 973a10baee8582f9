"""One odd thing among many stops none of the others; an operator that is away stops them all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from billing.ports import Outside
from billing.ports_edo import AwayError, BusyError, EdoOutside, StillRunningError


@contextmanager
def one_of_many(outside: Outside, edo: EdoOutside) -> Iterator[list[str]]:
    """Around what is asked about one thing: where no answer is to be had now, it is passed over until the next run.

    Gives a list that holds afterwards what was said of the thing passed over, and is empty otherwise. Whether it is
    the thing or the operator that does not answer, a question about our own box tells.

    Raises:
        BusyError: it is the operator.
    """
    passed: list[str] = []
    try:
        yield passed
    except StillRunningError as error:
        passed.append(error.said.text or str(error))
    except AwayError:
        raise
    except BusyError as error:
        edo.edo.our_box()
        outside.metrics.count("EdoPassedOver")
        passed.append(error.said.text or str(error))
