"""How values stand on the page, and what else its templates may ask, by language."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from billing.domain.money import NBSP, Kopecks
from billing.domain.periods import Month
from billing.page.addresses import Addresses
from billing.page.contexts import DocumentRow
from billing.page.contexts_operator import RunRow
from billing.page.groups import grouped
from billing.page.language import Language
from billing.page.plot import plot
from billing.page.states import State, Tone, document_states, letter_state
from billing.page.wording import Words


def filters_of(language: Language) -> Mapping[str, Callable[..., Any]]:
    return {
        "roubles": language.roubles,
        "bare_roubles": language.bare_roubles,
        "short_roubles": language.short_roubles,
        "short_date": language.short_date,
        "month_name": language.month_name,
        "signed": lambda amount: f"{'+' if amount > 0 else ''}{language.roubles(amount)}",
        "percent": lambda units: f"{units // 10}.{units % 10}%",
        "paid": _paid,
        "corrected": _corrected,
    }


def functions_of(language: Language) -> Mapping[str, Any]:
    words = Words(language)

    def title(row: DocumentRow) -> str:
        key = "title" if row.number else "title_unnumbered"
        return words(key, kind=words(f"kind_{row.kind}"), number=row.number, day=language.short_date(row.date))

    def days(first: date | None, last: date | None) -> str:
        """«01.01.2026–31.01.2026», «01.01.2026», or a dash."""
        if not first or not last:
            return "—"
        said = language.short_date(first)
        return said if first == last else f"{said}–{language.short_date(last)}"

    return {
        "w": words,
        "title": title,
        "days": days,
        "share": lambda part, whole: _share(part, whole, language),
        "month_of": Month.of,
        "plot": plot,
        "grouped": grouped,
        "states": lambda row: document_states(row, words),
        "letter_state": lambda row: letter_state(row, words),
        "run_state": lambda row: _run_state(row, words),
        "client": Addresses,
        "stages": lambda counted: _stages(counted, words),
        "waiting": lambda key: State(Tone.WAITING, words(key)),
        "bad": lambda key: State(Tone.BAD, words(key)),
        "good": lambda key: State(Tone.GOOD, words(key)),
    }


def _stages(counted: Iterable[tuple[str, int]], words: Words) -> list[tuple[str, int]]:
    return [(words(f"stage_{stage}"), documents) for stage, documents in counted]


def _paid(by_class: tuple[tuple[str, Kopecks], ...]) -> Kopecks:
    return sum(amount for _, amount in by_class)


def _corrected(of: Any) -> Kopecks:
    """What came back for charges, less what went back to the payer: of a month or of all of them."""
    return int(of.reversed - of.refunded - of.charged_back)


def _share(part: Kopecks, whole: Kopecks, language: Language) -> str:
    """«45 %» or «45%», rounded half up; a dash when there is nothing to share."""
    if whole <= 0:
        return "—"
    return f"{(200 * part + whole) // (2 * whole)}{NBSP if language is Language.RU else ''}%"


def _run_state(run: RunRow, words: Words) -> State:
    if run.state != "done":
        return State(Tone.WAITING, words(f"run_{run.state}"))
    day = f" {words.language.short_date(run.ended)}" if run.ended else ""
    return State(Tone.GOOD if run.tallies else Tone.BAD, words("run_done" if run.tallies else "run_differs", day=day))
