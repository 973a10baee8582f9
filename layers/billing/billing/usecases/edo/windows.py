"""A window of sending as a row: how many of its documents stand where, counted in the transactions that move them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from billing.domain.documents import DocumentKind
from billing.domain.edo_fate import Stage
from billing.ports import ABSENT, Outside, Stored, Write
from billing.records_edo import SENDING, EdoState
from billing.usecases.edo.counterparties import kept, kpp_of, write_of


def window_row(window: str, outside: Outside) -> Stored | None:
    return outside.store.get("control", SENDING, window)


def states_of(window: str, outside: Outside) -> dict[str, int]:
    """Documents of the window that are at the operator, by stage."""
    stored = window_row(window, outside)
    return dict(stored.row["states"]) if stored else {}


def counted(before: EdoState, after: EdoState, outside: Outside) -> list[Write]:
    """What makes the window's row count the document where it stands now; empty when it does already."""
    was, now = _counted_at(before), _counted_at(after)
    if was is now or not after.window:
        return []
    stored = window_row(after.window, outside)
    states: dict[str, int] = dict(stored.row["states"]) if stored else {}
    if was:
        states[was] = states.get(was, 0) - 1
    if now:
        states[now] = states.get(now, 0) + 1
    states = {stage: n for stage, n in sorted(states.items()) if n}
    said = ", ".join(f"{stage} {n}" for stage, n in states.items())
    row: dict[str, Any] = {**(stored.row if stored else {}), "states": states, "summary": f"{after.window}: {said}"}
    return [Write("control", SENDING, after.window, row, stored.version if stored else ABSENT)]


def _counted_at(state: EdoState) -> Stage | None:
    return state.fate.stage if state.window and state.fate.message else None


def contract_is_out(document: Stored, outside: Outside) -> list[Write]:
    """What makes the payer's row know that this version of the contract has gone out; nothing for other kinds."""
    if document.row["kind"] != DocumentKind.CONTRACT:
        return []
    content = document.row["content"]
    found = kept(content["buyer"]["inn"], kpp_of(content["buyer"].get("kpp", "")), outside)
    if not found or found.payer.contracts.get(document.pk) == content["version"]:
        return []
    contracts = {**found.payer.contracts, document.pk: content["version"]}
    return [write_of(replace(found.payer, contracts=contracts), found.version)]
