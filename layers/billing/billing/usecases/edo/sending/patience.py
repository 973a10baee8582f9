"""How long a run goes on asking the signer: the trouble of one batch is its own, after some it is the signer's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from billing.ports import Outside
from billing.ports_edo import AwayError, BusyError, EdoOutside, NeedsPersonError

BUSY_MAX = 3  # questions in a row that are not answered


@dataclass(slots=True)
class Patience:
    """`is_over`: the signer is given nothing more in this run; `waits`: why something is not signed; `is_away`: the
    reason is that it does not answer.
    """

    outside: Outside
    edo: EdoOutside
    is_over: bool = False
    waits: str = ""
    is_away: bool = False
    _unanswered: int = 0

    def ask(self, question: Callable[[Outside, EdoOutside], set[str]]) -> set[str]:
        """What the question has come to; nothing where the signer is in trouble: batch and line for a person say so."""
        try:
            signed = question(self.outside, self.edo)
        except NeedsPersonError as error:
            self.is_over, self.waits = True, self.waits or str(error)
        except BusyError as error:
            self._unanswered += 1
            self.waits, self.is_away = self.waits or str(error), True
            self.is_over = isinstance(error, AwayError) or self._unanswered >= BUSY_MAX
        else:
            self._unanswered = 0
            return signed
        return set()

    def begin_anew(self) -> None:
        """An old batch in trouble says nothing of a new one."""
        self.is_over, self._unanswered = False, 0
