"""A process that dies at one of its calls to the outside, before or after the call has had its effect."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from tests.usecases.house import House


class CutOffError(BaseException):
    """Nothing catches it, as nothing catches the end of a process."""


class Cut:
    """Counts the calls to the store, the files, the queue and the mail; dies at call `at`, before or `after` it.

    Inside `watching` nothing is raised; `happened` tells whether the process died.
    """

    def __init__(self, at: int = 0, *, after: bool = False) -> None:
        self.calls, self.happened = 0, False
        self._at, self._after = at, after

    def _call(self, do: Callable[..., Any]) -> Callable[..., Any]:
        def called(*args: Any, **named: Any) -> Any:
            self.calls += 1
            mine = self.calls == self._at
            if mine and not self._after:
                raise CutOffError
            done = do(*args, **named)
            if mine:
                raise CutOffError
            return done

        return called

    @contextmanager
    def watching(self, house: House) -> Iterator[None]:
        places: list[tuple[Any, str]] = [(house.store, name) for name in ("get", "query", "scan", "tx")]
        places += [(house.files, name) for name in ("put_once", "get", "put_stream", "exists")]
        places += [(house.queue, "send"), (house.mailer, "send")]
        for place, name in places:
            setattr(place, name, self._call(getattr(place, name)))
        try:
            yield
        except CutOffError:
            self.happened = True
        finally:
            for place, name in places:
                delattr(place, name)  # the class's own shows again


def every_cut(do: Callable[[House], Any], build: Callable[[], House]) -> Iterator[tuple[str, House]]:
    """A house for each call of `do` and each way to die at it, after the process has died there."""
    for after in (False, True):
        n = 1
        while True:
            house, cut = build(), Cut(n, after=after)
            with cut.watching(house):
                do(house)
            if not cut.happened:
                break
            yield f"{'after' if after else 'before'} call {n}", house
            n += 1
        assert n > 3, "there was nothing to cut"
