"""What the use cases tell, as the page's contexts have it: moments become days, reasons words."""

from __future__ import annotations

from datetime import datetime

from billing.api.reasons import said_in
from billing.domain.documents import DocumentKind
from billing.domain.explain import Evidence, LetterState
from billing.domain.periods import Day, Month, moscow_day
from billing.page.contexts import AddressRow, DocumentRow, EdoAt, LetterRow
from billing.page.language import Language
from billing.usecases.documents_told import EdoTold, Listed, edo_told
from billing.usecases.notifications import CONFIRMED, AddedByClient, CardAddress


def document_row(listed: Listed, language: Language) -> DocumentRow:
    return DocumentRow(
        id=listed.id,
        kind=listed.kind,
        number=listed.number,
        date=listed.date,
        month=Month.parse(listed.month),
        buyer=listed.buyer,
        total=listed.total,
        status=listed.status,
        problems=tuple(said_in(language, problem) for problem in listed.problems),
        letter=listed.letter,
        code=listed.code,
        first=listed.first,
        last=listed.last,
        edo=edo_at(listed.edo) if listed.edo else None,
    )


def act_row(act: Evidence) -> DocumentRow:
    """An act in the chain of a payment; its letter that went worst stands for all of them."""
    worst = min(act.letters, key=lambda letter: letter.status == "delivered", default=None)
    told = edo_told(act.edo)
    return DocumentRow(
        id=act.id,
        kind=DocumentKind(act.kind),
        number=act.number,
        date=act.date,
        month=Month.parse(act.month),
        buyer=act.payer,
        total=act.total,
        status=act.status,
        letter=worst.status if worst else "",
        code=worst.code if worst else "",
        edo=edo_at(told) if told else None,
    )


def edo_at(told: EdoTold) -> EdoAt:
    return EdoAt(
        stage=told.stage,
        since=day_of(told.since),
        delivered=day_of(told.delivered_at),
        text=told.text,
        annulment=told.annulment,
    )


def letter_row(told: LetterState) -> LetterRow:
    return LetterRow(address=told.address, status=told.status, at=day_of(told.at), code=told.code)


def address_row(row: CardAddress | AddedByClient) -> AddressRow:
    return AddressRow(
        address=row.address,
        confirmed=isinstance(row, CardAddress) or row.state == CONFIRMED,
        kinds=row.kinds if isinstance(row, AddedByClient) else (),
        letter=row.last.status if row.last else "",
        code=row.last.code if row.last else "",
        at=day_of(row.last.at) if row.last else None,
    )


def day_of(moment: str | None) -> Day | None:
    """The Moscow day of a moment as it is stored."""
    return moscow_day(datetime.fromisoformat(moment)) if moment else None
