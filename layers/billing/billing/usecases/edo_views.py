"""What is shown of the EDO: a document's state and the list for a person, in plain values."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from billing import records
from billing.domain.edo_fate import for_person
from billing.domain.edo_wording import said_of
from billing.domain.periods import utc_text
from billing.ports import Row
from billing.records_edo import EdoState, ForPerson


def told(edo: Row | None) -> dict[str, Any] | None:
    """A document's state by the `edo` of its row, in texts; None: nothing of it has begun.

    `said` is for people («подписан 03.04.2026»); `reason` and `remedy` are empty when no person has to act. The reason
    is ours: what a client sees is `stage`, `said`, `at`, `delivered_at` and `text`.
    """
    if not edo:
        return None
    state = records.from_plain(EdoState, edo)
    fate, reason = state.fate, for_person(state.fate)
    return {
        "stage": fate.stage.value,
        "annulment": fate.annulment.value,
        "said": said_of(fate),
        "at": utc_text(fate.since) if fate.since else "",
        "delivered_at": utc_text(fate.delivered_at) if fate.delivered_at else "",
        "text": fate.text,
        "reason": reason.text if reason else "",
        "remedy": reason.remedy if reason else "",
        "box": state.box,
        "message": fate.message,
        "entity": fate.entity,
        "attempt": fate.attempt,
        "files": {"print_form": state.print_form, "protocol": state.protocol, "archive": state.archive},
    }


def told_people(lines: Iterable[ForPerson]) -> list[dict[str, str]]:
    """The list for a person, those who wait longest first."""
    return [
        {
            "subject": line.subject,
            "reason": line.reason.value,
            "said": line.reason.text,
            "remedy": line.reason.remedy,
            "detail": line.detail,
            "account": line.account,
            "document": line.document,
            "inn": line.inn,
            "since": line.since,
        }
        for line in sorted(lines, key=lambda line: (line.since, line.subject))
    ]
