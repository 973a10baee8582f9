"""What surrounds every page: whose it is, in which language, on which day, and what has just been done."""

from __future__ import annotations

from dataclasses import dataclass, field

from billing.domain.money import Kopecks
from billing.domain.periods import Day
from billing.page.addresses import Addresses
from billing.page.language import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One line above the page: a key of its words, and what stands in them; `more` is said as it is."""

    word: str
    good: bool = True
    values: tuple[tuple[str, str], ...] = ()
    document: str = ""  # the id of one to open
    more: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """The frame around every tab. `balance` is None where it is not known.

    `may_order`: one of the client's people. `may_manage`: its administrator,
    who sees whole addresses and changes who gets copies. `account`: for an operator.

    `csrf` stands in every form. `order` is the key under which whatever is ordered from this page is made once.
    """

    language: Language
    today: Day
    client: str = ""
    balance: Kopecks | None = None
    runs_out: Day | None = None
    may_order: bool = False
    may_manage: bool = False
    csrf: str = ""
    order: str = ""
    operator: bool = False
    account: str = ""
    notice: Notice | None = None
    addresses: Addresses = field(default_factory=Addresses)


@dataclass(frozen=True, slots=True, kw_only=True)
class Payer:
    inn: str
    name: str
