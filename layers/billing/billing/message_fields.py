"""What fields of messages are made of: texts that can be printed, requisites that hold, nothing unknown beside them."""

from __future__ import annotations

import re
import unicodedata
from typing import Annotated, Literal, TypeAlias

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from billing.domain.requisites import inn_problem, kpp_problem


def clean(text: str) -> str:
    """White space of any kind is one space, invisible marks are dropped, control characters are refused."""
    text = unicodedata.normalize("NFC", re.sub(r"\s+", " ", text)).strip()
    text = "".join(c for c in text if unicodedata.category(c) != "Cf")
    if bad := next((c for c in text if unicodedata.category(c) in ("Cc", "Cs", "Co")), None):
        raise ValueError(f"a character that cannot be printed: U+{ord(bad):04X}")
    return text


def said_at_all(text: str) -> str:
    """As `clean`, and something is left."""
    if not (text := clean(text)):
        raise ValueError("nothing but white space")
    return text


def right_inn(text: str) -> str:
    if problem := inn_problem(text):
        raise ValueError(str(problem))
    return text


def right_kpp(text: str) -> str:
    if text and (problem := kpp_problem(text)):
        raise ValueError(str(problem))
    return text


Text: TypeAlias = Annotated[str, StringConstraints(max_length=1_000), AfterValidator(clean)]
Title: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=1_000), AfterValidator(said_at_all)]
Inn: TypeAlias = Annotated[str, AfterValidator(right_inn)]
Kpp: TypeAlias = Annotated[str, AfterValidator(right_kpp)]
Key: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[!-~]{1,200}$")]
AccountId: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{1,40}$")]
Amount: TypeAlias = Annotated[int, Field(gt=0, le=10**13, description="whole kopecks, VAT included")]
Quantity: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,9}(\.[0-9]{1,6})?$")]
VatMode: TypeAlias = Literal["none", "standard", "5", "7"]
Address: TypeAlias = Annotated[str, StringConstraints(max_length=320)]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)
