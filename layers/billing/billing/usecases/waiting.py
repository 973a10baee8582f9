"""Work that waits for a person, and goes on when a card has changed."""

from __future__ import annotations

from collections.abc import Mapping

from billing.ports import Stored, Write


def wait_for_person(work: Stored, why: str, cards: Mapping[str, int]) -> list[Write]:
    """The work waits, and the sweep wakes it when a card has changed since `cards`.

    These are versions that were read before it was decided that the work has to wait: one that mends things in between
    must not be taken for the one that lacked them.
    """
    row = {**work.row, "blocked": why[:300], "details": dict(cards), "summary": f"ждёт: {why[:300]}"}
    return [Write("work", work.pk, work.sk, row, work.version)] if row != work.row else []


def go_on(work: Stored | None) -> list[Write]:
    """The work, if there is any, waits no more."""
    if not work or "blocked" not in work.row:
        return []
    row = {key: value for key, value in work.row.items() if key not in ("blocked", "details", "summary")}
    return [Write("work", work.pk, work.sk, row, work.version)]
