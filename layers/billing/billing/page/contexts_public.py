"""The contexts of the public pages: a confirmation, a link to another client, an error."""

from __future__ import annotations

from dataclasses import dataclass

from billing.page.frame import Frame


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmPage:
    """`state`: ask, done, or stale (the link is used up, or another one was sent after it)."""

    frame: Frame
    state: str
    token: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StopPage:
    """`state`: ask, done, or stale (the address is not written to any more, or was added anew)."""

    frame: Frame
    state: str
    token: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EnterPage:
    """A link of the CRM leads to client `then`, while the browser is in as client `now`."""

    frame: Frame
    token: str
    now: str
    then: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MessagePage:
    """A message page: the key of its heading and text, and where to go on.

    `detail` stands in the place of the text, where more is known. `crm`: the address that opens the page anew.
    """

    frame: Frame
    heading: str
    text: str
    detail: str = ""
    back: str = ""
    crm: str = ""
