"""The catalogues of words: the same keys with the same places in them, each used, set as Russian is set."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest

import billing.page
from billing.domain.bounces import Bounce
from billing.domain.edo_fate import Annulment, Stage
from billing.domain.explain import Place, Why
from billing.domain.ledger import MoneyClass
from billing.page.language import Language
from billing.page.states import document_states
from billing.page.wording import Words, catalogue, words_of
from tests.page import samples

HERE = Path(billing.page.__file__).parent
MADE = (
    "tab_",
    "kind_",
    "kinds_",
    "empty_",
    "letter_",
    "mail_",
    "bounce_",
    "wrong_",
    "why_",
    "money_",
    "place_",
    "run_",
    "stage_",
    "said_",
    "roaming_",
)
FORMS = {"documents": {Language.RU: 3, Language.EN: 2}}


def _keys() -> list[str]:
    return sorted(catalogue(Language.RU))


def _places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_both_languages_say_the_same_things():
    russian, english = words_of("ru"), words_of("en")

    assert russian.keys() == english.keys()
    assert {key: _places(russian[key]) for key in russian} == {key: _places(english[key]) for key in english}


def test_the_page_for_our_own_people_is_russian_and_adds_to_the_words_of_all():
    ours = words_of("operator")

    assert not ours.keys() & words_of("ru").keys()
    assert catalogue(Language.RU).keys() == ours.keys() | words_of("ru").keys()
    assert catalogue(Language.EN).keys() == words_of("en").keys()


@pytest.mark.parametrize("key", FORMS)
@pytest.mark.parametrize("language", Language)
def test_nouns_have_all_their_forms(language, key):
    assert len(catalogue(language)[key].split("|")) == FORMS[key][language]


def test_every_word_is_used():
    code = "".join(p.read_text("utf-8") for p in HERE.rglob("*") if p.suffix in (".html", ".py"))
    code += "".join(p.read_text("utf-8") for p in (HERE.parent / "api").glob("page*.py"))

    unused = [k for k in _keys() if not re.search(rf"""["']{k}["']""", code) and not k.startswith(MADE)]
    assert [k for k in unused if f'"{k.removesuffix("_text")}"' not in code] == []


def test_whatever_is_named_by_a_list_has_its_words():
    words = catalogue(Language.EN)

    assert {f"place_{place}" for place in Place} | {f"why_{why}" for why in Why} <= words.keys()
    assert {f"money_{money}" for money in MoneyClass} <= words.keys()
    assert {f"bounce_{bounce}" for bounce in Bounce} <= words.keys()


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("stage", Stage)
@pytest.mark.parametrize("annulment", Annulment)
def test_wherever_a_document_is_in_the_edo_something_is_said(language, stage, annulment):
    edo = samples.EdoAt(stage=stage.value, annulment=annulment.value)

    states = document_states(samples.row(edo=edo), Words(language))
    assert len(states) >= 2
    assert all(state.text and "{" not in state.text for state in states)


@pytest.mark.parametrize("key", _keys())
def test_russian_is_set_as_russian_is_set(key):
    source = {**words_of("ru"), **words_of("operator")}[key]

    assert not re.search(r"[\"“”'`]|\.\.\.| - |  |^ | $", source), "quotes are «», a dash is —, three dots are …"
    assert not re.search(r"(?i)(?<![а-яё])(?:в|с|к|о|и|а|у|на|по|за|из|от|до|не|об|ни) ", source), "a short word hangs"
    assert not re.search(r"№ | ₽| —", source), "№, ₽ and the dash are not parted from their words"
    assert "е" not in source or not re.search(r"\b(?:еще|счет|счета на|дошел|идет|ждет)\b", source), "ё is written"
