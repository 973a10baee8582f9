"""Work that waits for a person, and goes on when a card has changed."""

from __future__ import annotations

from billing.ports import Outside, Stored, Write
from billing.usecases.cards import cards_seen


def wait_for_person(work: Stored, why: str, outside: Outside) -> list[Write]:
    """The work waits, and remembers the cards as they were: the sweep wakes it when they change."""
    cards = cards_seen(work.row["account"], outside)
    row = {**work.row, "blocked": why[:300], "details": cards, "summary": f"ждёт: {why[:300]}"}
    return [Write("work", work.pk, work.sk, row, work.version)] if row != work.row else []


def go_on(work: Stored | None) -> list[Write]:
    """The work, if there is any, waits no more."""
    if not work or "blocked" not in work.row:
        return []
    row = {key: value for key, value in work.row.items() if key not in ("blocked", "details", "summary")}
    return [Write("work", work.pk, work.sk, row, work.version)]
