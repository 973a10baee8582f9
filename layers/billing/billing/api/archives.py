"""A ZIP of documents: where it is, or where to look again."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from aws_lambda_powertools.event_handler import Response

from billing import wiring
from billing.api.guard import JSON
from billing.api.headers import redirect
from billing.api.models_orders import Archive
from billing.domain.errors import ConflictError
from billing.domain.trouble_wording import trouble
from billing.domain.troubles import Cause
from billing.usecases import archive as usecase
from billing.usecases.documents_api import LINK_SECONDS

AGAIN_S = 5


def to_zip(told: usecase.Archive, *, beside: str) -> Response[Any]:
    """302 to the file; 202 with an address to ask again, under `beside`, when a worker packs it."""
    if told.state == usecase.FAILED:
        raise ConflictError(trouble(Cause.ARCHIVE_FAILED))
    if told.state != usecase.READY:
        headers = {"Location": f"{beside}/archives/{told.id}", "Retry-After": str(AGAIN_S)}
        return Response(int(HTTPStatus.ACCEPTED), JSON, Archive.model_validate(told), headers=headers)
    return redirect(link(told), HTTPStatus.FOUND)


def link(told: usecase.Archive) -> str:
    """An address that gives the file for two minutes."""
    return wiring.outside().files.link(
        told.file,
        file_name=told.file_name,
        content_type="application/zip",
        seconds=LINK_SECONDS,
        inline=False,
    )
