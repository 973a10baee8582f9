"""A process that is struck at one of its calls to the outside: it dies there, or the call is refused this once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from billing.domain.errors import UnavailableError
from tests.usecases.house import House


class CutOffError(BaseException):
    """Nothing catches it, as nothing catches the end of a process."""


class Cut:
    """Counts the calls to the store, the files, the queue and the mail; is struck at call `at`, before or `after` it.

    Inside `watching` nothing is raised; `happened` tells whether the process was struck.
    """

    def __init__(self, at: int = 0, *, after: bool = False, error: type[BaseException] = CutOffError) -> None:
        self.calls, self.happened = 0, False
        self._at, self._after, self._error = at, after, error

    def _call(self, do: Callable[..., Any]) -> Callable[..., Any]:
        def called(*args: Any, **named: Any) -> Any:
            self.calls += 1
            mine = self.calls == self._at
            self.happened |= mine
            if mine and not self._after:
                raise self._error
            done = do(*args, **named)
            if mine:
                raise self._error
            return done

        return called

    @contextmanager
    def watching(self, house: House) -> Iterator[None]:
        places: list[tuple[Any, str]] = [(house.store, name) for name in ("get", "get_many", "query", "scan", "tx")]
        places += [(house.files, name) for name in ("put_once", "get", "put_stream", "exists")]
        places += [(house.queue, "send"), (house.mailer, "send")]
        for place, name in places:
            setattr(place, name, self._call(getattr(place, name)))
        try:
            with suppress(self._error):
                yield
        finally:
            for place, name in places:
                delattr(place, name)  # the class's own shows again


def every_cut(do: Callable[[House], Any], build: Callable[[], House]) -> Iterator[tuple[str, House]]:
    """A house for each call of `do` and each way to die at it, after the process has died there."""
    for after in (False, True):
        yield from _struck(do, build, lambda n, after=after: Cut(n, after=after), "after" if after else "before")


def every_refusal(do: Callable[[House], Any], build: Callable[[], House]) -> Iterator[tuple[str, House]]:
    """A house for each call of `do`, after that one was refused, as when throttled, and the process has gone on."""
    yield from _struck(do, build, lambda n: Cut(n, error=UnavailableError), "refused")


def _struck(
    do: Callable[[House], Any], build: Callable[[], House], strike: Callable[[int], Cut], how: str
) -> Iterator[tuple[str, House]]:
    n = 1
    while True:
        house, cut = build(), strike(n)
        with cut.watching(house):
            do(house)
        if not cut.happened:
            break
        yield f"{how} call {n}", house
        n += 1
    assert n > 3, "there was nothing to strike"
