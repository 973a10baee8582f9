"""Where each kopeck went: from a payment to the charges it paid and the acts that hold them, and back.

The journal records every match of money and charges; which act holds one follows from the closes. A merged queue
is taken apart, so that payments and charges are named as their senders named them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from billing.domain.documents import DocumentStatus
from billing.domain.money import Kopecks
from billing.domain.periods import Day, Month


class Place(StrEnum):
    """Where a part of a payment is now."""

    ACT = "act"  # spent, and in the act named
    OPEN = "open"  # spent in a month that is not closed yet: its act will hold it
    CARRIED = "carried"  # spent in a closed month that made no act: the next act will hold it
    DOCUMENTED = "documented"  # paid a debt that an earlier act had already
    NO_ACT = "no_act"  # spent, but individuals' money and bonuses make no act
    UNSPENT = "unspent"
    REFUNDED = "refunded"
    CHARGED_BACK = "charged_back"  # taken back by the bank before it was spent


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of a payment; negative: given back for a charge. The parts of a payment add up to it.

    A part that was spent names its charge: when it was made, for what, in which month the service was rendered, and
    when the money met it (`on`). `act` is a document's id, `line` its line from 1 on, 0 when it does not show.
    """

    place: Place
    amount: Kopecks
    charge: str = ""
    day: Day | None = None
    title: str = ""
    month: str = ""
    on: Day | None = None
    act: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterState:
    """What became of one letter to one address, which may be masked. `code` is the mail service's reason, or empty."""

    letter: str
    address: str
    status: str
    at: str
    code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A document with the proof of where it went. `edo` is its state there as it stands in the row, or None."""

    id: str
    kind: str
    month: str
    payer: str
    number: str
    date: Day
    status: DocumentStatus
    total: Kopecks
    file: str
    sha256: str
    letters: tuple[LetterState, ...]
    edo: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentExplained:
    """A payment and all its parts; `money` and `payer` as they count now, `was` if they were others on arrival.

    `owed_again`: of what was spent, this much the bank took back later, and the account owes it; it is not a part.
    `acts`: the evidence for every act that the parts name, in the order of months.
    """

    key: str
    day: Day
    amount: Kopecks
    document: str
    money: str
    payer: str
    was: tuple[str, str] | None
    parts: tuple[Part, ...]
    owed_again: Kopecks
    acts: tuple[Evidence, ...] = ()

    def sums(self) -> dict[Place, Kopecks]:
        """By place, those with nothing left out."""
        sums: dict[Place, Kopecks] = {}
        for part in self.parts:
            sums[part.place] = sums.get(part.place, 0) + part.amount
        return {place: amount for place, amount in sums.items() if amount}

    def by_act(self) -> dict[str, Kopecks]:
        """What of the payment is in which act, by the act's id."""
        sums: dict[str, Kopecks] = {}
        for part in self.parts:
            if part.act and part.place is Place.ACT:
                sums[part.act] = sums.get(part.act, 0) + part.amount
        return sums


@dataclass(frozen=True, slots=True, kw_only=True)
class ActPart:
    """A part of an act: this much of that payment for that charge. The parts of an act add up to its total.

    Without a payment it is `CREDIT`: what was not paid yet when the month was closed.
    """

    amount: Kopecks
    money: str
    payment: str = ""
    paid_on: Day | None = None
    document: str = ""
    charge: str = ""
    day: Day | None = None
    title: str = ""
    month: str = ""
    line: int = 0


class Why(StrEnum):
    """Why an act is for another sum than was paid or charged in its month."""

    PAID_EARLIER = "paid_earlier"  # + the act holds money of earlier months
    NOT_SPENT = "not_spent"  # − paid in the month and not spent in it
    REFUNDED = "refunded"  # − given back in the month
    OTHER_MONEY = "other_money"  # − individuals' money and bonuses make no act
    OTHER_PAYER = "other_payer"  # − another payer has an act of his own
    RECALCULATED = "recalculated"  # ∓ charges of earlier acts were reversed, or the payer was corrected
    CARRIED = "carried"  # ± left over from a month that made no act
    NOT_PAID = "not_paid"  # − charged in the month and not paid yet
    PAID_DEBT = "paid_debt"  # + debts of earlier months, paid in this one
    HELD_BACK = "held_back"  # − in a document of its own, which waits for a person
    CREDIT = "credit"  # + not paid yet, and in the act of the month of service all the same


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """`amount` is signed: what was paid (or charged) and all the reasons make the act's total."""

    why: Why
    amount: Kopecks


@dataclass(frozen=True, slots=True, kw_only=True)
class ActExplained:
    """An act, its parts, and why it is for another sum than was paid in its month, by anybody, and than was charged."""

    evidence: Evidence
    month: Month
    parts: tuple[ActPart, ...]
    paid: Kopecks
    from_paid: tuple[Reason, ...]
    charged: Kopecks
    from_charged: tuple[Reason, ...]
