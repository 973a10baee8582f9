"""A process that dies at one of its calls, before or after the call has had its effect."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from tests.edo.house import EdoHouse

_STORE = ("get", "query", "scan", "tx")


class CutOffError(BaseException):
    """Nothing catches it, as nothing catches the end of a process."""


class Cut:
    """Counts the calls to all of the world; dies at call `at`, before its effect or `after` it."""

    def __init__(self, at: int = 0, *, after: bool = False) -> None:
        self.calls, self._at, self._after = 0, at, after

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
    def watching(self, house: EdoHouse, *also: tuple[Any, str]) -> Iterator[None]:
        places = [(house.store, name) for name in _STORE]
        places += [(house.queue, "send"), (house.transport, "handle_request"), *also]
        for place, name in places:
            setattr(place, name, self._call(getattr(place, name)))
        try:
            yield
        except CutOffError:
            pass
        finally:
            for place, name in places:
                delattr(place, name)  # the class's own shows again
