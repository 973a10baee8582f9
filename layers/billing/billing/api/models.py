"""What the API takes and answers: sums as text in roubles, days as ISO, nothing unknown beside them."""

from __future__ import annotations

import re
from dataclasses import asdict, replace
from datetime import date
from typing import Annotated, Any, Self, TypeAlias

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
    ValidationInfo,
    model_validator,
)

from billing.api.page_told import edo_at
from billing.api.reasons import said_in
from billing.domain.documents import DocumentKind, DocumentStatus
from billing.domain.errors import InvalidInputError
from billing.domain.money import plain_roubles
from billing.domain.periods import Day, Month
from billing.domain.trouble_wording import trouble
from billing.domain.troubles import Cause, Trouble
from billing.page.language import Language
from billing.page.states import edo_states
from billing.page.wording import Words
from billing.usecases.document_filters import Filters
from billing.usecases.documents_api import PAGE_MAX
from billing.usecases.documents_told import EdoTold, Listed

FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2999, 12, 31)


def _encodable(text: str) -> str:
    """A lone surrogate is a text that nothing can write down."""
    text.encode("utf-8")  # UnicodeEncodeError is a ValueError
    return text


def _iso(day: object) -> object:
    """A day is said as a day: not as a moment, and not as a number of seconds."""
    if isinstance(day, str) and not re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", day):
        raise ValueError("a day is written YYYY-MM-DD")
    return day


def _in_time(day: date) -> date:
    if not FIRST_DAY <= day <= LAST_DAY:
        raise ValueError("a day of another time")
    return day


Money: TypeAlias = Annotated[
    int,
    PlainSerializer(plain_roubles, return_type=str),
    Field(json_schema_extra={"type": "string", "pattern": r"^-?[0-9]+\.[0-9]{2}$", "examples": ["5500.00"]}),
]
Date: TypeAlias = Annotated[date, BeforeValidator(_iso), AfterValidator(_in_time)]
MonthText: TypeAlias = Annotated[
    str, StringConstraints(pattern=r"^(19|2[0-9])[0-9]{2}-(0[1-9]|1[0-2])$"), Field(examples=["2026-01"])
]
Inn: TypeAlias = Annotated[str, StringConstraints(pattern=r"^([0-9]{10}|[0-9]{12})$")]
Cursor: TypeAlias = Annotated[str, StringConstraints(max_length=600, pattern=r"^[A-Za-z0-9._-]*$")]
Number: TypeAlias = Annotated[str, StringConstraints(max_length=40), AfterValidator(_encodable)]


class Asked(BaseModel):
    """What a caller sends."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Answer(BaseModel):
    """What a caller gets, made of what a use case tells."""

    model_config = ConfigDict(from_attributes=True, frozen=True)


class PeriodAsked(Asked):
    """Filters by time: the dates on the documents, or the months that they are for; each end is inclusive."""

    kind: DocumentKind | None = Field(None, description="only documents of this kind")
    first: Date | None = Field(None, alias="from", description="the earliest date on a document, inclusive")
    last: Date | None = Field(None, alias="to", description="the latest date on a document, inclusive")
    month_from: MonthText | None = Field(
        None,
        description="the earliest month that a document is for, inclusive: an act is for the month that it closes, "
        "though it is dated later; an act of reconciliation for its days; any other for the month of its date",
    )
    month_to: MonthText | None = Field(None, description="the latest month that a document is for, inclusive")

    @model_validator(mode="after")
    def _forwards(self) -> Self:
        if self.filters.is_backwards:
            raise InvalidInputError(trouble(Cause.PERIOD_BACKWARDS))
        return self

    @property
    def filters(self) -> Filters:
        return Filters(
            kind=self.kind,
            first=self.first,
            last=self.last,
            month_first=Month.parse(self.month_from) if self.month_from else None,
            month_last=Month.parse(self.month_to) if self.month_to else None,
        )


class ListAsked(PeriodAsked):
    """Filters of the list of documents."""

    payer: Inn | None = None
    status: DocumentStatus | None = None
    number: Number | None = None
    cursor: Cursor = ""
    limit: int = Field(50, ge=1, le=PAGE_MAX)

    @property
    def filters(self) -> Filters:
        return replace(
            super().filters,
            payer=self.payer or "",
            status=self.status,
            number=self.number or "",
        )


class Letter(Answer):
    """What became of one letter to one address."""

    letter: str
    address: str
    status: str
    at: str
    code: str = ""


class TroubleTold(Answer):
    """What is in the way: `cause` names it for a program, `text` says it in the language of the request.

    `whose`: the requisites that are to be corrected, of the seller or of the payer.
    """

    cause: Cause
    whose: str = ""
    text: str


def _trouble(told: Any, asking: ValidationInfo) -> Any:
    """As a use case tells it; what was an answer before stays."""
    if not isinstance(told, Trouble):
        return told
    return {"cause": told.cause, "whose": told.whose, "text": said_in(language_of(asking), told)}


def language_of(asking: ValidationInfo) -> Language:
    """The language of the request, which whoever makes an answer gives along: `told_in`."""
    assert asking.context, "words are said in a language"
    language: Language = asking.context["language"]
    return language


def told_in(language: Language) -> dict[str, Language]:
    return {"language": language}


Troubles: TypeAlias = tuple[Annotated[TroubleTold, BeforeValidator(_trouble)], ...]


class Edo(Answer):
    """Where the document is in the electronic exchange; `said` in the language of the request: «signed 03 Apr 2026»."""

    stage: str
    said: str
    since: str = ""
    delivered_at: str = ""
    text: str = ""
    annulment: str = "none"


def _edo(told: Any, asking: ValidationInfo) -> Any:
    if not isinstance(told, EdoTold):
        return told
    states = edo_states(edo_at(told), Words(language_of(asking)))
    return {**asdict(told), "said": ", ".join(state.text for state in states)}


EdoSaid: TypeAlias = Annotated[Edo, BeforeValidator(_edo)]


class ListedDocument(Answer):
    """A document in the list. `letter`: the state of its last letter that most asks for attention, `code` its reason.

    `first`, `last`: the days that an act of reconciliation is for.
    """

    id: str
    kind: DocumentKind
    number: str
    date: date
    month: str
    payer: str
    buyer: str
    total: Money
    status: DocumentStatus
    problems: Troubles = ()
    file_name: str = ""
    letter: str = ""
    code: str = ""
    first: Day | None = None
    last: Day | None = None
    edo: EdoSaid | None = None

    @classmethod
    def of(cls, told: Listed, language: Language) -> Self:
        return cls.model_validate(told, context=told_in(language))


class Documents(Answer):
    """A page of the list; `cursor` is empty on the last one."""

    documents: list[ListedDocument]
    cursor: str


class Document(ListedDocument):
    """One document with all its letters; `sha256` is that of its file.

    `warnings`: what an act of reconciliation does not hold yet.
    """

    letters: tuple[Letter, ...] = ()
    warnings: Troubles = ()
    sha256: str = ""
