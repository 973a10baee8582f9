"""What is in the way is told in the reader's language: every cause has its words in each, with the same places."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

import billing
from billing.api.reasons import ENGLISH, said_in
from billing.domain.periods import Month
from billing.domain.trouble_wording import RUSSIAN, Words, of_side, trouble
from billing.domain.troubles import Cause, Side
from billing.page.language import Language

HOUSE = Path(billing.__file__).parent
SAMPLE = {
    "n": 2,
    "on": date(2026, 2, 1),
    "month": Month(2026, 1),
    "quarter": 4,
    "year": 2025,
    **dict.fromkeys(("inn", "character", "code", "text", "key", "value", "address"), "{x}"),
}


def _places(text: str) -> set[tuple[str, str]]:
    """Names with how each is said; of the forms of a noun only that there are some."""
    parsed = string.Formatter().parse(text)
    return {(name, "forms" if how and "|" in how else how or "") for _, name, how, _ in parsed if name}


@pytest.mark.parametrize("words", [RUSSIAN, ENGLISH], ids=["Russian", "English"])
def test_every_cause_and_side_has_its_words(words: Words) -> None:
    assert set(words.causes) == set(Cause)
    assert set(words.sides) == set(Side)


@pytest.mark.parametrize("cause", Cause)
def test_a_cause_says_the_same_in_both_languages(cause: Cause) -> None:
    russian, english = RUSSIAN.causes[cause], ENGLISH.causes[cause]

    assert _places(russian) == _places(english)
    assert re.search("[а-яё]", russian)
    assert not re.search("[А-Яа-яЁё]", english)
    assert not english.endswith(".")


@pytest.mark.parametrize("cause", Cause)
def test_what_is_filled_in_is_said_as_it_is(cause: Cause) -> None:
    needed = {name: SAMPLE[name] for name, _ in _places(RUSSIAN.causes[cause]) if name != "of"}
    made_of = (trouble(Cause.NAME_MISSING),) if "{of}" in RUSSIAN.causes[cause] else ()

    told = trouble(cause, of=made_of, **needed)

    for language in Language:
        assert not set("{}") & set(said_in(language, told).replace("{x}", ""))


def test_days_months_and_counts_are_said_as_the_language_says_them() -> None:
    of_payer = of_side(Side.PAYER, trouble(Cause.KPP_MISSING))
    refused = trouble(Cause.REQUISITES, of=(trouble(Cause.NO_SELLER, on=date(2026, 2, 1)), of_payer))
    told = [refused, trouble(Cause.MONTH_OPEN, month=Month(2026, 1)), trouble(Cause.ORDERED_TOO_MUCH, n=50)]

    assert [str(one).replace("\u00a0", " ") for one in told] == [
        "документ не выпустить, исправьте реквизиты: нет реквизитов продавца на 01.02.2026; плательщик: КПП не указан",
        "январь 2026 г. ещё не закрыт: его акта в сверке нет",
        "сегодня уже заказано 50 документов: следующий можно будет заказать завтра",
    ]
    assert [said_in(Language.EN, one).replace("\u00a0", " ") for one in told] == [
        "correct the company details first: the seller’s details as of 01 Feb 2026 are missing; payer: no KPP is given",
        "January 2026 is not closed yet: its act is not included",
        "50 documents have been ordered today: order the next one tomorrow",
    ]


def _unnamed_refusals() -> Iterator[str]:
    for path in HOUSE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Raise) or not isinstance(node.exc, ast.Call):
                continue
            called, said = ast.unparse(node.exc.func), "".join(map(ast.unparse, node.exc.args))
            if called in ("ConflictError", "InvalidInputError") and re.search("[А-Яа-яЁё]", said):
                yield f"{path.relative_to(HOUSE)}:{node.lineno} {said}"


def test_nothing_is_refused_to_people_in_words_that_have_no_name() -> None:
    """A refusal in Russian prose would stay Russian for whoever reads English."""
    assert list(_unnamed_refusals()) == []
