"""The page «Оплата»: contexts in, HTML out. It runs no query, knows no request, and works without its script."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import Any, assert_never

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from billing.domain.wording import one_line
from billing.page.addresses import TABS, in_field
from billing.page.contexts import (
    ArchivePage,
    Context,
    DocumentPage,
    DocumentsTab,
    NotificationsTab,
    PaymentPage,
    StatisticsTab,
)
from billing.page.contexts_operator import OperatorPage
from billing.page.contexts_public import ConfirmPage, EnterPage, MessagePage, StopPage
from billing.page.filters import filters_of, functions_of
from billing.page.frame import Frame
from billing.page.language import Language
from billing.page.static_files import static_href

CLIENT_TABS = ("invoices", "acts", "reconciliations", "statistics", "notifications")
READ_TABS = CLIENT_TABS[:-1]  # of a client, as an operator sees them


def render(context: Context, *, mistake: bool = False) -> str:
    """The whole page. Whatever the context holds, HTML in it stays text.

    `mistake`: the title begins with it, which is the first that a screen reader says of a page.
    """
    frame = context.frame
    values = {field.name: getattr(context, field.name) for field in fields(context)}
    template = _environment(frame.language).get_template(_template(context))
    around = {"mistake": mistake, "tab": "", "tabs": _tabs(frame), "to": frame.addresses}
    return template.render({**values, **around, **_bound(frame)})


def _template(context: Context) -> str:
    match context:
        case DocumentsTab():
            return "documents.html"
        case DocumentPage():
            return "document.html"
        case PaymentPage():
            return "payment.html"
        case ArchivePage():
            return "archive.html"
        case StatisticsTab():
            return "statistics.html"
        case NotificationsTab():
            return "notifications.html"
        case ConfirmPage():
            return "confirm.html"
        case StopPage():
            return "stop.html"
        case EnterPage():
            return "enter.html"
        case MessagePage():
            return "message.html"
        case OperatorPage():
            return "operator.html"
        case _:
            assert_never(context)


def _tabs(frame: Frame) -> tuple[str, ...]:
    if frame.operator:
        return READ_TABS if frame.account else ()
    return CLIENT_TABS if frame.client else ()


def _bound(frame: Frame) -> Mapping[str, Callable[..., Any]]:
    """What is said by the day of the page."""
    return {"until": lambda day: frame.language.day_and_month(day, today=frame.today)}


@cache
def _environment(language: Language) -> Environment:
    """Templates lie beside this file, wherever the layer is unpacked."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates", encoding="utf-8"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_printed,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters.update(filters_of(language))
    environment.globals.update(functions_of(language), static=static_href, in_field=in_field, to_tab=TABS)
    return environment


def _printed(value: Any) -> Any:
    """What stands for a value; the environment calls it for every one of them, before escaping."""
    return one_line(value) if isinstance(value, str) and not isinstance(value, Markup) else value
