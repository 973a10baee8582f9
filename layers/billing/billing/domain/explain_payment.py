"""Where each kopeck of a payment is; the words are those of `explain`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from billing.domain.act import is_line_of
from billing.domain.documents import Act
from billing.domain.explain import Part, Place
from billing.domain.ledger import LEGAL, Entry, Lot, MoneyClass, Service
from billing.domain.periods import Month
from billing.domain.pieces import Piece, parts_of
from billing.domain.wording import month_name


@dataclass(frozen=True, slots=True, kw_only=True)
class Acts:
    """The acts of an account: ids by month and payer, contents by id.

    `held_back`: ids of what was held back from the act of that month and payer.
    """

    ids: Mapping[tuple[Month, str], str]
    contents: Mapping[str, Act]
    held_back: Mapping[tuple[Month, str], tuple[str, ...]] = field(default_factory=dict)

    def holding_back(self, month: Month, payer: str, service: Service | None, of: Month) -> str:
        """Implement `pieces.HeldBack`. A service that is not known is found by the month that the line names."""
        for id in self.held_back.get((month, payer), ()):
            for line in self.contents[id].lines:
                if is_line_of(line, service, of, month) if service else month_name(of) in line.title:
                    return id
        return ""

    def holding(self, payer: str, charge: Entry, month: Month) -> str:
        """Return the payer's act that held a charge before it was paid, or paid once more; empty when unknown."""
        acts = [id for (of, p), id in sorted(self.ids.items()) if p == payer and of >= charge.period]
        on_credit = [id for id in acts if MoneyClass.CREDIT in dict(self.contents[id].by_class)]
        return next((id for id in acts if self.line(id, charge, month)), next(iter(on_credit), ""))

    def line(self, id: str, charge: Entry | None, month: Month) -> int:
        """The line of the act that holds a charge of that month of service, from 1 on; 0 when it does not show."""
        if not charge or not charge.service or id not in self.contents:
            return 0
        act, service = self.contents[id], charge.service
        numbers = (n for n, line in enumerate(act.lines, 1) if is_line_of(line, service, month, Month.parse(act.month)))
        return next(numbers, 0)


def payment_parts(
    payment: Entry,
    pieces: Iterable[Piece],
    corrections: Iterable[Entry],
    lots: Iterable[Lot],
    charges: Mapping[str, Entry],
    acts: Acts,
    merges: Mapping[str, Entry],
) -> tuple[tuple[Part, ...], int]:
    """The parts of a payment, which add up to it; and what of it was spent and then taken back by the bank.

    `pieces`: at least its own; `corrections`: the entries that refer to it; `lots`: the account's now; `charges`: by
    their keys.
    """
    spent: dict[tuple[Place, str, int, str], Part] = {}
    for piece in pieces:
        if piece.payment == payment.key:
            part = _part(piece, charges.get(piece.charge), acts)
            key = part.place, part.act, part.line, part.charge
            spent[key] = replace(part, amount=part.amount + (spent[key].amount if key in spent else 0))
    charged_back = [c for c in corrections if c.kind == "chargeback"]
    owed_again = sum(undone.amount for c in charged_back for undone in c.withdrawn)
    left = sum(
        amount for lot in lots for key, amount in parts_of(lot.name, lot.offset, lot.rest, merges) if key == payment.key
    )
    rest = (
        Part(place=Place.UNSPENT, amount=left),
        Part(place=Place.REFUNDED, amount=-sum(c.amount for c in corrections if c.kind == "refund")),
        Part(place=Place.CHARGED_BACK, amount=-sum(c.amount for c in charged_back) - owed_again),
    )
    return tuple(part for part in (*spent.values(), *rest) if part.amount), owed_again


def _part(piece: Piece, charge: Entry | None, acts: Acts) -> Part:
    place, act = _place(piece, charge, acts)
    return Part(
        place=place,
        amount=piece.amount,
        charge=piece.charge,
        day=charge.day if charge else None,
        title=charge.service.title if charge and charge.service else "",
        month=str(piece.month),
        on=piece.on,
        act=act,
        line=acts.line(act, charge, piece.month),
    )


def _place(piece: Piece, charge: Entry | None, acts: Acts) -> tuple[Place, str]:
    if piece.act:
        return Place.ACT, piece.held_in or acts.ids[piece.act, piece.payer]
    if piece.acted:
        return Place.DOCUMENTED, acts.holding(piece.acted, charge, piece.month) if charge else ""
    if piece.money not in LEGAL:
        return Place.NO_ACT, ""
    return Place.CARRIED if piece.period > piece.of else Place.OPEN, ""
