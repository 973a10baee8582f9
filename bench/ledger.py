"""How fast the pure ledger is: `python -m bench.ledger`. Storage and the hash chain are not in it.

The goal is 30 000 events a second for the standard profile.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import count
from time import perf_counter

from billing.domain.closing import close
from billing.domain.ledger import Account, Charge, Command, MoneyClass, Payment, Service
from billing.domain.periods import Month
from billing.domain.posting import post
from billing.domain.vat import Vat

YEAR = [Month(2026, m) for m in range(1, 13)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One measurement; `rate` is events a second, `lots` and `debts` the size that the account had at the end."""

    name: str
    events: int
    seconds: float
    lots: int
    debts: int

    @property
    def rate(self) -> int:
        return round(self.events / self.seconds)


def standard() -> Iterator[Command | None]:
    """One service charged daily and a payment a month; None closes the month."""
    return _months(services=1, paid=1_540_00, every=28)


def busy() -> Iterator[Command | None]:
    """Sixty services charged daily, paid weekly."""
    return _months(services=60, paid=60 * 5_500 * 7, every=7)


def owing() -> Iterator[Command | None]:
    """Sixty services charged daily and never paid: the queue of debts at its longest."""
    return _months(services=60, paid=0, every=7)


def _months(*, services: int, paid: int, every: int) -> Iterator[Command | None]:
    named = [Service(f"s{i}", f"Услуга {i}", "дн.", Vat.TWENTY_TWO) for i in range(services)]
    keys = count(1)
    for month in YEAR:
        for day in range(1, 29):
            at = date(month.year, month.number, day)
            if paid and day % every == 1:
                yield Payment(key=f"p{next(keys)}", day=at, amount=paid, money=MoneyClass.BANK, payer="7707083893")
            for service in named:
                yield Charge(key=f"c{next(keys)}", day=at, amount=5_500, service=service, quantity=1_000_000)
        yield None


def rows(*, repeats: int = 20) -> list[Row]:
    return [_measured("standard: a service charged daily", standard, repeats=5 * repeats),
            _measured("busy: 60 services charged daily", busy, repeats=max(1, repeats // 10)),
            _measured("owing: 60 services, never paid", owing, repeats=max(1, repeats // 20))]


def _measured(name: str, profile: Callable[[], Iterator[Command | None]], *, repeats: int) -> Row:
    commands = list(profile())
    account = Account(id="c-000001", open=YEAR[0])
    begun = perf_counter()
    for _ in range(repeats):
        account = Account(id="c-000001", open=YEAR[0])
        for command in commands:
            if command is None:
                account = close(account, None, None, forced=True).account
            else:
                account, _ = post(account, command)
    seconds = perf_counter() - begun
    return Row(name=name, events=len(commands) * repeats, seconds=seconds, lots=len(account.lots),
               debts=len(account.debts))


def main() -> None:
    for row in rows():
        sys.stdout.write(f"{row.name:36} {row.rate:>8} events/s   lots {row.lots:>3}  debts {row.debts:>3}\n")


if __name__ == "__main__":
    main()
