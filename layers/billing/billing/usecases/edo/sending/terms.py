"""What holds for one run of sending, and a document's row as it moves through it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from billing import records
from billing.domain.documents import DocumentKind
from billing.domain.edo import InvitationSettings
from billing.domain.edo_boxes import Box
from billing.domain.edo_policy import EdoPolicy
from billing.domain.edo_reasons import Reason
from billing.domain.edo_sending import Window
from billing.domain.periods import Day
from billing.domain.seller import SellerCard
from billing.ports import Outside, Stored, Write
from billing.ports_edo import EdoKind, EdoOutside, KindOffer
from billing.records_edo import EdoState
from billing.usecases.edo.attention import of_document, want_person
from billing.usecases.edo.policy import policy_of
from billing.usecases.edo.tracking.statuses import named, state_of
from billing.usecases.filing import kept_until


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The company's rules of today, and what the operator says of itself. No new work is begun after `until`."""

    card: SellerCard
    policy: EdoPolicy
    window: Window
    today: date
    us: Box
    offers: Sequence[KindOffer]
    until: datetime

    @property
    def settings(self) -> InvitationSettings:
        return replace(self.policy.invitations, our_test_box=self.us.test)


def terms_of(card: SellerCard, window: Window, edo: EdoOutside, *, today: date, until: datetime) -> Terms:
    """Raises:
    StopTheRunError: our own box or its kinds cannot be read.
    """
    policy = policy_of(card)
    assert policy, "without a policy nothing is sent"
    return Terms(
        card=card,
        policy=policy,
        window=window,
        today=today,
        us=edo.edo.our_box(),
        offers=edo.edo.kinds(),
        until=until,
    )


@dataclass(frozen=True, slots=True)
class OnItsWay:
    """A document's row as read, with how it stands in the EDO."""

    stored: Stored
    state: EdoState

    @property
    def custom_id(self) -> str:
        """Under which the operator knows it."""
        return f"{self.stored.pk}/{self.stored.sk}"

    @property
    def kind(self) -> DocumentKind:
        return DocumentKind(self.stored.row["kind"])

    @property
    def inn(self) -> str:
        return str(self.stored.row["payer"])

    @property
    def file_key(self) -> str:
        """Of everything that belongs to this attempt, without its ending."""
        return f"edo/{self.stored.pk}/{self.stored.sk}.{self.state.fate.attempt}"


def on_its_way(stored: Stored) -> OnItsWay:
    return OnItsWay(stored, state_of(stored))


def read(account: str, document: str, outside: Outside) -> OnItsWay | None:
    stored = outside.store.get("documents", account, document)
    return on_its_way(stored) if stored else None


def written(one: OnItsWay, state: EdoState, outside: Outside) -> OnItsWay:
    """The document's row holds the state.

    Raises:
        StaleError: another worker was faster.
    """
    return written_together([(one, state)], outside)[0]


def written_together(changes: Sequence[tuple[OnItsWay, EdoState]], outside: Outside) -> list[OnItsWay]:
    """The rows of all the documents hold their states, or none does; raises as `written`."""
    rows: list[dict[str, Any]] = [{**one.stored.row, "edo": records.plain(state)} for one, state in changes]
    after = [
        OnItsWay(Stored(one.stored.pk, one.stored.sk, row, one.stored.version + 1), state)
        for (one, state), row in zip(changes, rows, strict=True)
    ]
    outside.store.tx([Write("documents", n.stored.pk, n.stored.sk, n.stored.row, n.stored.version - 1) for n in after])
    return after


def to_person(one: OnItsWay, reason: Reason, outside: Outside, *, detail: str) -> None:
    """The document is on the list for a person."""
    account, document = one.stored.pk, one.stored.sk
    subject = of_document(account, document)
    row = one.stored.row
    want_person(
        subject,
        reason,
        outside,
        detail=detail,
        account=account,
        document=document,
        inn=one.inn,
        title=named(row),
        name=row["content"]["buyer"]["name"],
    )


def keep_until(one: OnItsWay, outside: Outside) -> datetime:
    """As long as the document itself is kept."""
    return kept_until(Day.fromisoformat(one.stored.row["date"]), outside)


def kind_text(kind: EdoKind) -> str:
    workflow = () if kind.workflow is None else (str(kind.workflow),)
    return "|".join((kind.type, kind.function, kind.version, *workflow))


def kind_of(text: str) -> EdoKind:
    type_, function, version, *workflow = text.split("|")
    return EdoKind(type=type_, function=function, version=version, workflow=int(workflow[0]) if workflow else None)
