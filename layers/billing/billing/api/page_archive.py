"""The ZIP of what a tab shows: the file itself as soon as it is there, else a page that says when to look again."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from aws_lambda_powertools.event_handler import Response

from billing import wiring
from billing.api.archives import link
from billing.api.headers import redirect
from billing.api.page_frames import answered
from billing.api.page_lists import filter_of, shown
from billing.api.sent import Sent
from billing.domain.documents import DocumentKind
from billing.domain.errors import InvalidInputError, NotFoundError
from billing.domain.trouble_wording import trouble
from billing.domain.troubles import Cause
from billing.page.contexts import ArchivePage
from billing.page.frame import Frame
from billing.usecases.archive import FAILED, READY, order_archive


def archive_shown(account: str, frame: Frame, query: Sent) -> Response[Any]:
    """Raises:
    InvalidInputError: there is no such tab, or too many documents are on it.
    """
    kind, chosen = _kind(query.text("kind")), filter_of(query, frame.language)
    try:
        found = order_archive(account, shown(kind, chosen), wiring.outside())
    except NotFoundError:
        return answered(ArchivePage(frame=frame, kind=kind, documents=0))
    if found.state == READY:
        return redirect(link(found), HTTPStatus.FOUND)
    again = frame.addresses.archive(
        kind=kind, first=chosen.first, last=chosen.last, by=chosen.by, payer=chosen.payer, number=chosen.number
    )
    failed = found.state == FAILED
    return answered(ArchivePage(frame=frame, kind=kind, documents=found.documents, failed=failed, again=again))


def _kind(text: str) -> DocumentKind:
    """Raises:
    InvalidInputError: there is no such kind.
    """
    if text not in set(DocumentKind):
        raise InvalidInputError(trouble(Cause.KIND_UNKNOWN))
    return DocumentKind(text)
