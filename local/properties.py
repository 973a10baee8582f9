"""A resource's properties, each of which must be used or passed over for a reason: none is lost in silence."""

from __future__ import annotations

from typing import Any


class UnmadeError(Exception):
    """The template asks for something that the local cloud does not make."""


class Properties:
    """What the template says of one resource, with every reference resolved."""

    def __init__(self, kind: str, logical: str, said: dict[str, Any]) -> None:
        self.kind, self.logical = kind, logical
        self._left = {key: value for key, value in said.items() if value is not None}

    def take(self, key: str, default: Any = None) -> Any:
        """The value, used from here on."""
        return self._left.pop(key, default)

    def need(self, key: str) -> Any:
        if key not in self._left:
            raise UnmadeError(f"{self.logical}: {self.kind} without {key}")
        return self._left.pop(key)

    def pass_over(self, *keys: str, because: str) -> None:
        """Properties that cannot matter on one machine. The reason is for whoever reads the code."""
        assert because
        for key in keys:
            self._left.pop(key, None)

    def rest(self) -> dict[str, Any]:
        """All that is left, for a call that checks its own arguments."""
        left, self._left = self._left, {}
        return left

    def finish(self) -> None:
        """Nothing may be left.

        Raises:
            UnmadeError: a property that the maker does not know.
        """
        if self._left:
            raise UnmadeError(
                f"{self.logical}: {self.kind} has {', '.join(sorted(self._left))}, which is not made here"
            )
