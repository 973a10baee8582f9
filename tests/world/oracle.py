"""The journal told to the oracle of single kopecks (here: roubles), and its account held against ours."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from billing import records
from billing.domain.ledger import Account, Entry
from tests.domain.oracle import Oracle
from tests.world.life import PAYERS
from tests.world.world import World

UNIT = 100  # all sums of a world are whole roubles: a hundred times fewer tokens


def agree(world: World, accounts: dict[str, Account]) -> None:
    for id, account in accounts.items():
        if not world.certain(id):
            continue
        entries = [records.entry_of(int(s.sk), s.row) for s in world.store.rows("journal") if s.pk == id]
        closes = (e.month for e in entries if e.kind == "close")
        oracle = Oracle(open=next(closes, min(e.period for e in entries)))
        for entry in entries:
            _tell(world, id, oracle, entry)
        _same(id, account, oracle)


def _tell(world: World, id: str, oracle: Oracle, e: Entry) -> None:
    amount, taken = abs(e.amount) // UNIT, True
    match e.kind:
        case "payment":
            taken = oracle.pay(e.key, e.day, amount, e.money, e.payer)
        case "charge":
            assert e.service
            taken = oracle.charge(e.key, e.day, amount, e.service)
        case "refund":
            taken = oracle.refund(e.key, e.day, amount, e.ref)
        case "chargeback":
            taken = oracle.chargeback(e.key, e.day, amount, e.ref)
        case "reversal":
            taken = oracle.reverse(e.key, e.day, amount, e.ref)
        case "reclassification":
            taken = oracle.reclassify(e.key, e.day, e.ref, e.money, e.payer)
        case "close":
            _close(world, id, oracle, e)
    assert taken, f"I5: the oracle refuses {e.key}"


def _close(world: World, id: str, oracle: Oracle, e: Entry) -> None:
    month = str(e.month)
    oracle.open = e.month
    policy, waits = world.closed_as[id, month][0], world.waited[id, month]
    acts = oracle.close(None if waits else PAYERS[0]["inn"] if policy else "")  # None: what is not paid waits
    rows = [
        s for s in world.store.rows("documents") if s.pk == id and s.row["kind"] == "act" and s.row["month"] == month
    ]
    issued = {s.row["payer"]: s.row["total_kop"] for s in rows if not is_held(s.sk)}
    wanted = {payer: lines.total() * UNIT for payer, lines in acts.items()}
    assert issued == wanted, f"I6: acts of {id} for {month}: {issued}, by the oracle {wanted}"
    held = sorted((s.row["payer"], s.row["total_kop"]) for s in rows if is_held(s.sk))
    apart = sorted((payer, lines.total() * UNIT) for (payer, _), lines in oracle.held.items())
    assert held == apart, f"I6: held of {id} for {month}: {held}, by the oracle {apart}"


def is_held(document: str) -> bool:
    """Whether it is no act of its month, but what that act may not hold."""
    return not document.endswith(".0")


def _same(id: str, account: Account, oracle: Oracle) -> None:
    said = f"I4, I5: {id} is not what single roubles make of it: "
    assert _runs((lot.payment, lot.rest) for lot in account.lots) == _runs((c.payment, UNIT) for c in oracle.coins), (
        f"{said}lots"
    )
    owed = _runs(((account.lines[d.line], d.month, d.acted), d.rest) for d in account.debts)
    assert owed == _runs(((d.service, d.month, d.acted), UNIT) for d in oracle.dues), f"{said}debts"
    funds = {
        (f.period, f.money.value, f.payer, account.lines[f.line], f.month): s.amount
        for f, s in account.funds.items()
        if s.amount
    }
    assert funds == {key: amount * UNIT for key, amount in oracle.funds.items() if amount}, f"{said}funds"
    turnover = {key: amount for key, amount in account.turnover.items() if amount}
    assert turnover == {key: amount * UNIT for key, amount in oracle.turnover.items() if amount}, f"{said}turnover"


def _runs(things: Iterable[tuple[Any, int]]) -> list[tuple[Any, int]]:
    return list(_summed(things))


def _summed(things: Iterable[tuple[Any, int]]) -> Iterator[tuple[Any, int]]:
    for kind, group in groupby(things, key=lambda thing: thing[0]):
        yield kind, sum(amount for _, amount in group)
