"""The context of the letter about a run: every sum that our accountant adds up by hand."""

from __future__ import annotations

from dataclasses import dataclass

from billing.domain.money import Kopecks
from billing.domain.periods import Month


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountLine:
    """An account and a remark on it. `detail`: the client's title, the document, or the masked address."""

    account: str
    reason: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Accounts:
    """A list that may be cut; `count` is whole."""

    lines: tuple[AccountLine, ...] = ()
    count: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PaidByClass:
    """The services that money of one class paid in the month: this month's, and those of earlier ones."""

    money: str
    of_month: Kopecks
    earlier: Kopecks

    @property
    def total(self) -> Kopecks:
        return self.of_month + self.earlier


@dataclass(frozen=True, slots=True, kw_only=True)
class ActedByClass:
    """From what money of one class has paid to what the acts hold of it: the row's sums add up to `acted`.

    `again`: paid now, and in an act already; `carried_in` and `carried_out`: minuses from the month before, and left
    for the next one.
    """

    money: str
    paid: Kopecks
    again: Kopecks
    carried_in: Kopecks
    carried_out: Kopecks
    acted: Kopecks


@dataclass(frozen=True, slots=True, kw_only=True)
class VatByRate:
    """Sums that include VAT, and the VAT in them, of one rate."""

    rate: str
    issued: Kopecks = 0
    issued_vat: Kopecks = 0
    whole: Kopecks = 0
    whole_vat: Kopecks = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class KindTotal:
    """Documents of a kind: how many are issued and for how much; and of those that wait."""

    kind: str
    count: int
    total: Kopecks
    waiting: int = 0
    waiting_total: Kopecks = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """A series of numbers, from 1 to `last`. `missing`: stretches that no document has, both ends included."""

    name: str
    last: int
    missing: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Charges:
    """The charges of closed accounts: the debt at both ends of the month, and what changed it."""

    unpaid_before: Kopecks = 0
    charged: Kopecks = 0
    reversed: Kopecks = 0
    withdrawn: Kopecks = 0
    paid: Kopecks = 0
    unpaid_after: Kopecks = 0
    unacted: Kopecks = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SinceEver:
    """The companies' debits of all time, in acts and not yet in acts."""

    debits: Kopecks = 0
    acted: Kopecks = 0
    not_acted: Kopecks = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RunReport:
    """To our accountant: the proof that the month is closed whole. Every printed column adds up to its printed total.

    `holds`: the close and the journal agree on every account and payer, and no number is missing; `wrong`: where they
    do not. `came`: payments by class. `letters`: state and count. `blocked`: documents that wait. `warned`: documents
    that do not say all. `carried`: minuses carried on, and since when; `unacted`: services not paid and in no act;
    `by_others`: what individuals paid for though a company's act holds it; `late`: documents whose number is younger
    than their date. `nobody`: accounts whose documents had no address to go to. `undelivered`: the reason is the state
    of the letter, the detail its address, which the letter masks. `edo`: documents of the latest window at the
    operator, by stage, and how many lines of the exchange wait for a person; no window: nothing was sent yet.
    """

    month: Month
    complete: bool
    holds: bool
    scanned: int
    closed: int
    parked: Accounts
    still_open: Accounts
    parked_charged: Kopecks = 0
    parked_paid: Kopecks = 0
    charges: Charges
    came: tuple[tuple[str, Kopecks], ...]
    paid: tuple[PaidByClass, ...]
    acts: tuple[ActedByClass, ...]
    vat: tuple[VatByRate, ...]
    past: tuple[VatByRate, ...]
    ever: SinceEver
    documents: tuple[KindTotal, ...]
    series: tuple[Series, ...]
    letters: tuple[tuple[str, int], ...]
    wrong: Accounts = Accounts()
    blocked: Accounts = Accounts()
    warned: Accounts = Accounts()
    carried: Accounts = Accounts()
    unacted: Accounts = Accounts()
    by_others: Accounts = Accounts()
    late: Accounts = Accounts()
    nobody: Accounts = Accounts()
    undelivered: Accounts = Accounts()
    edo_window: str = ""
    edo: tuple[tuple[str, int], ...] = ()
    edo_people: int = 0
