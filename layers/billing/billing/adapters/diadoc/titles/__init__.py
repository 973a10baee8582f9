"""What goes into documents at Diadoc: user contracts of formal ones, metadata of the others.

A user contract is the operator's simple XML of which it makes the title in the format of the tax service. The same
document and options are always the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterable

from billing.domain.errors import InvalidInputError


class TitleError(InvalidInputError):
    """The document cannot be said in this format as it stands; `problems` are in Russian, for the accountant."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(self.problems))
