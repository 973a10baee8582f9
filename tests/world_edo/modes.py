"""How a company has the exchange of documents: in each row only what is not as usual."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Mode:
    """`clients`: names of `WAYS`. `edo`: fields of the policy, `sending`: of its sending, `card`: of the seller's card.

    `signer`: a service that answers at once, a cloud whose tasks a person confirms, or a person in the web. `api`:
    sizes for the operator's client. `reconciled`: clients want the quarter's act of reconciliation. `also_at`: runs
    of the sending beside those of every tale.
    """

    clients: tuple[str, ...]
    edo: Mapping[str, Any] = field(default_factory=dict)
    sending: Mapping[str, Any] = field(default_factory=dict)
    card: Mapping[str, Any] = field(default_factory=dict)
    signer: str = "service"
    api: Mapping[str, int] = field(default_factory=dict)
    reconciled: bool = False
    also_at: tuple[str, ...] = ()

    @property
    def kinds(self) -> set[str]:
        """Of documents that go."""
        return {"act", *self.sending.get("kinds", ("contract",))}

    @property
    def is_monthly(self) -> bool:
        return self.sending.get("schedule") == "monthly"

    def window(self, month: str) -> str:
        """In which documents of that month go; 2026 has but one quarter here."""
        return month if self.is_monthly else "2026-Q1"


MODES: dict[str, Mode] = {
    "campaign": Mode(("one box", "two boxes", "roaming", "no box", "asks us")),
    "troubles": Mode(("twins", "far", "declines", "private person", "one box")),
    "quarter": Mode(("two boxes", "refuses", "the 4th")),
    "hard quarter": Mode(("bad signature", "roaming", "the 4th", "silent")),
    "late": Mode(("two boxes", "refuses", "the 5th")),
    "tiny": Mode(("two boxes",)),
    "packets": Mode(("two boxes", "refuses", "the 4th"), edo={"packing": "packet"}),
    "break-up": Mode(("breaks up", "one box")),
    "cloud": Mode(
        ("two boxes", "refuses"),
        edo={"packing": "packet"},
        sending={"kinds": ["contract", "reconciliation"]},
        signer="cloud",
        reconciled=True,
        also_at=("2026-04-02 04:20", "2026-04-02 12:00"),
    ),
    "by hand": Mode(
        ("two boxes", "unsigned"),
        edo={"act_form": "file"},
        sending={"kinds": ["contract", "invoice"]},
        card={"invoice_policy": "act_pair"},
        signer="person",
        api={"inline_max_bytes": 1_400, "shelf_part_bytes": 2_000},
    ),
    "monthly": Mode(("two boxes", "refuses"), sending={"schedule": "monthly"}),
}
