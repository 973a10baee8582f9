"""Letters: a folder for each, with its subject and its body in both forms; the words are there, not here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from functools import cache
from pathlib import Path
from typing import assert_never

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from billing.domain.money import NBSP
from billing.domain.wording import one_line
from billing.letters.contexts import (
    AddressConfirmation,
    ClosingDocuments,
    Context,
    Contract,
    DocumentAgain,
    EdoReminder,
    EdoReport,
    EdoUnsigned,
    OrderedDocument,
)
from billing.letters.contexts_report import (
    RunReport,
)
from billing.letters.filters import FILTERS, printed
from billing.ports import Attachment, Letter

SUBJECT_MAX = 150  # characters


def compose(context: Context, *, attachments: Sequence[Attachment] = ()) -> Letter:
    """The letter of that context's kind, in both forms.

    Whatever the context holds, the subject and the names of files stay on one line, and HTML in it stays text.

    Raises:
        InvalidInputError: a link of the context is not that of a page.
    """
    folder = _folder(context)
    values = {field.name: getattr(context, field.name) for field in fields(context)}
    return Letter(
        subject=_subject(_render(f"{folder}/subject.txt", values)),
        text=_render(f"{folder}/body.txt", values),
        html=_render(f"{folder}/body.html", values).replace(" — ", f"{NBSP}— "),  # no line begins with a dash
        attachments=tuple(replace(a, file_name=one_line(a.file_name)) for a in attachments),
    )


def _folder(context: Context) -> str:
    match context:
        case ClosingDocuments():
            return "closing_documents"
        case OrderedDocument():
            return "ordered_document"
        case DocumentAgain():
            return "document_again"
        case RunReport():
            return "run_report"
        case AddressConfirmation():
            return "address_confirmation"
        case EdoReminder():
            return "edo_reminder"
        case EdoUnsigned():
            return "edo_unsigned"
        case Contract():
            return "contract"
        case EdoReport():
            return "edo_report"
        case _:
            assert_never(context)


def _subject(text: str) -> str:
    subject = one_line(text).replace(NBSP, " ")  # programs that search and sort take plain spaces only
    return subject if len(subject) <= SUBJECT_MAX else subject[: SUBJECT_MAX - 1].rstrip() + "…"


def _render(template: str, values: dict[str, object]) -> str:
    return _environment().get_template(template).render(values)


@cache
def _environment() -> Environment:
    """Templates lie beside this file, wherever the layer is unpacked."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent, encoding="utf-8"),
        autoescape=select_autoescape(enabled_extensions=("html",), default_for_string=True, default=False),
        undefined=StrictUndefined,
        finalize=printed,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
    )
    environment.filters.update(FILTERS)
    return environment
