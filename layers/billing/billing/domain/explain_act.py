"""What an act is made of, and why it is for another sum than was paid or charged; the words are those of `explain`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from billing.domain.documents import Act
from billing.domain.explain import ActPart, Reason, Why
from billing.domain.explain_payment import Acts
from billing.domain.ledger import LEGAL, Entry, MoneyClass
from billing.domain.money import Kopecks
from billing.domain.periods import Month
from billing.domain.pieces import Piece


def act_parts(
    id: str, act: Act, pieces: Iterable[Piece], entries: Mapping[str, Entry], acts: Acts
) -> tuple[ActPart, ...]:
    """The parts of an act, which add up to it. `pieces`: its own; `entries`: its payments and charges by their keys."""
    parts: dict[tuple[str, str, str, int], ActPart] = {}
    for piece in pieces:
        payment, charge = entries.get(piece.payment), entries.get(piece.charge)
        line = acts.line(id, charge, piece.month)
        key = piece.payment, piece.charge, piece.money, line
        part = ActPart(
            amount=piece.amount,
            money=piece.money,
            payment=piece.payment,
            paid_on=payment.day if payment else None,
            document=payment.document if payment else "",
            charge=piece.charge,
            day=charge.day if charge else None,
            title=charge.service.title if charge and charge.service else "",
            month=str(piece.month),
            line=line,
        )
        parts[key] = replace(part, amount=part.amount + (parts[key].amount if key in parts else 0))
    credit = ActPart(amount=_credit(act), money=MoneyClass.CREDIT.value)
    return tuple(part for part in (*parts.values(), credit) if part.amount)


def _credit(act: Act) -> Kopecks:
    return dict(act.by_class).get(MoneyClass.CREDIT.value, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthOfAct:
    """What happened on the account in the month of an act.

    `entries`: all of that period; `pieces`: at least those made in it or held by the act. `held_in`: the id of the
    document, where it is one that was held back from the month's act.
    """

    act: Act
    month: Month
    payer: str
    entries: Sequence[Entry]
    pieces: Sequence[Piece]
    held_in: str = ""

    @property
    def held(self) -> list[Piece]:
        return [p for p in self.pieces if (p.act, p.payer, p.held_in) == (self.month, self.payer, self.held_in)]

    @property
    def usual(self) -> list[Piece]:
        """What money of the payer met in the month itself."""
        return [p for p in self.held if p.of == self.month and not p.again]

    def is_own(self, thing: Entry | Piece) -> bool:
        return thing.money in LEGAL and thing.payer == self.payer

    def common(self) -> list[tuple[Why, Kopecks]]:
        """What is in the act though it was neither paid nor charged in its month."""
        return [
            (Why.RECALCULATED, sum(p.amount for p in self.held if p.of == self.month and p.again)),
            (Why.CARRIED, sum(p.amount for p in self.held if p.of < self.month)),
            (Why.CREDIT, _credit(self.act) + sum(p.amount for p in self.held if p.of > self.month)),
        ]


def why_not_paid(m: MonthOfAct) -> tuple[Kopecks, tuple[Reason, ...]]:
    """What came to the account in the month, and the reasons that make it the act's total."""
    payments = [e for e in m.entries if e.kind == "payment"]
    own = {e.key: e.amount for e in payments if m.is_own(e)}
    paid = sum(e.amount for e in payments)
    of_people = sum(e.amount for e in payments if e.money not in LEGAL)
    returned = sum(
        e.amount + sum(undone.amount for undone in e.withdrawn)
        for e in m.entries
        if e.kind in ("refund", "chargeback") and e.ref in own
    )
    spent = sum(p.amount for p in m.usual if p.payment in own)
    return paid, _reasons(
        [
            (Why.PAID_EARLIER, sum(p.amount for p in m.usual if p.payment not in own)),
            (Why.NOT_SPENT, spent - returned - sum(own.values())),
            (Why.REFUNDED, returned),
            (Why.OTHER_MONEY, -of_people),
            (Why.OTHER_PAYER, of_people + sum(own.values()) - paid),
            *m.common(),
        ]
    )


def why_not_charged(m: MonthOfAct) -> tuple[Kopecks, tuple[Reason, ...]]:
    """What was charged in the month, and the reasons that make it the act's total."""
    charges = {e.key: -e.amount for e in m.entries if e.kind == "charge"}
    charged = sum(charges.values())
    met = [p for p in m.pieces if p.of == m.month and not p.again and not p.acted and p.charge in charges]
    of_people = sum(p.amount for p in met if p.money not in LEGAL)
    forgiven = sum(
        e.amount + sum(a.amount for a in e.allocations if a.amount < 0)
        for e in m.entries
        if e.kind == "reversal" and e.ref in charges
    )
    return charged, _reasons(
        [
            (Why.OTHER_MONEY, -of_people),
            (Why.OTHER_PAYER, of_people - sum(p.amount for p in met if not m.is_own(p))),
            (Why.HELD_BACK, -sum(p.amount for p in met if m.is_own(p) and (p.act, p.held_in) != (m.month, m.held_in))),
            (Why.NOT_PAID, sum(p.amount for p in met) + forgiven - charged),
            (Why.PAID_DEBT, sum(p.amount for p in m.usual if p.charge not in charges)),
            (Why.RECALCULATED, -forgiven),
            *m.common(),
        ]
    )


def _reasons(told: Iterable[tuple[Why, Kopecks]]) -> tuple[Reason, ...]:
    """Each reason once, those that come to nothing left out."""
    sums: dict[Why, Kopecks] = {}
    for why, amount in told:
        sums[why] = sums.get(why, 0) + amount
    return tuple(Reason(why=why, amount=amount) for why, amount in sums.items() if amount)
