"""What became of the last letter to each address of a client: it is looked up when somebody asks, and kept nowhere."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from billing.domain.delivery import DeliveryState
from billing.ports import Outside
from billing.records_letters import SUPPRESSED, Delivery, key_of, letter_id, letters_in, scope_of
from billing.usecases.kept_letters import newest_letters

AGAIN_MAX = 10  # documents that were sent once more, the newest of them
SINGLE_MAX = 100  # deliveries that are read by their keys


@dataclass(frozen=True, slots=True, kw_only=True)
class LastLetter:
    """`code` is the mail service's reason, that of the earlier letter where this one was not sent for it."""

    status: str
    at: str
    code: str


def last_letters(account: str, also: Sequence[tuple[str, str]], outside: Outside) -> dict[str, LastLetter]:
    """By digest of the address, the last of its letters among those that are looked through, in four calls at most.

    They are those about the newest months and documents, the last ones with documents sent once more, and `also`:
    deliveries by their letters and digests.
    """
    again = outside.store.query("control", f"again.{account}", limit=AGAIN_MAX, newest_first=True).rows
    sent = [(letter_id(account, scope_of(s.sk), s.row["n"]), digest) for s in again for digest in s.row["sent"]]
    keys = {key_of(letter, digest) for letter, digest in [*also, *sent][:SINGLE_MAX]}
    single = letters_in(outside.store.get_many("deliveries", keys)) if keys else ()
    last: dict[str, Delivery] = {}
    for letter in (*newest_letters(account, outside), *single):
        for digest, d in letter.deliveries.items():
            if digest not in last or d.at > last[digest].at:
                last[digest] = d
    why = _why_suppressed([digest for digest, d in last.items() if d.status is DeliveryState.SUPPRESSED], outside)
    return {digest: LastLetter(status=d.status, at=d.at, code=why.get(digest, d.code)) for digest, d in last.items()}


def _why_suppressed(digests: Collection[str], outside: Outside) -> dict[str, str]:
    """The reason for which nobody writes to the address any more."""
    keys = [(SUPPRESSED, digest) for digest in digests][:SINGLE_MAX]
    return {s.sk: s.row.get("code", "") for s in outside.store.get_many("deliveries", keys)} if keys else {}
