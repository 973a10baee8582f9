from __future__ import annotations

import re

import pytest

from billing import paper
from billing.domain.documents import BankAccount
from billing.domain.errors import InvalidInputError
from billing.domain.payment_qr import SEPARATORS
from billing.paper.fonts import CharacterMissingError
from billing.paper.texts import as_printed
from tests.paper.reading import text
from tests.paper.samples import a_line, a_party, a_reconciliation, a_seller, an_act, an_invoice


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        pytest.param("Хороший\u0306", "Хороший\u0306", id="a mark that nothing composes with stays, to be refused"),
        pytest.param("Заи\u0306мы е\u0308лки", "Займы ёлки", id="й and ё of two characters"),
        pytest.param("a \t\r\n b", "a b", id="a run of spaces"),
        pytest.param("1\u202f000", "1\u00a0000", id="a narrow no-break space"),
        pytest.param("1\u2009000", "1 000", id="a thin space"),
        pytest.param("№\u00a017", "№\u00a017", id="a no-break space stays"),
        pytest.param("\ufeffРо\u200bма\u00adшка\u200e", "Ромашка", id="zero-width, soft hyphen, direction marks"),
        pytest.param("a\x00b\x1bc", "abc", id="control characters"),
        pytest.param("Северо\u2011Запад", "Северо-Запад", id="a no-break hyphen"),
        pytest.param("  a  b  ", "a b", id="spaces around"),
    ],
)
def test_as_printed(written, printed):
    assert as_printed(written) == printed


def test_a_name_typed_on_another_keyboard_prints_as_usual():
    act = an_act(buyer=a_party(name="ООО «Заи\u0306мы\u200b и\tЕ\u0308лки»"))

    assert "ООО «Займы и Ёлки», ИНН" in text(paper.draw(act))


@pytest.mark.parametrize(
    ("document", "character", "field"),
    [
        pytest.param(an_act(buyer=a_party(name="株式会社")), "株", "buyer.name", id="a name"),
        pytest.param(an_act([a_line(), a_line(title="Смайл 😀")]), "😀", "lines.2.title", id="a line"),
        pytest.param(an_act([a_line(title="слово " * 200 + "ⴰ")]), "ⴰ", "lines.1.title", id="far in a long line"),
        pytest.param(an_invoice(basis="Договор ☃"), "☃", "basis", id="the basis"),
        pytest.param(
            an_act(number="45\u0301"), "\u0301", "number", id="the number: an accent that composes with nothing"
        ),
        pytest.param(a_reconciliation(2, basis="Šip"), "Š", "basis", id="a reconciliation"),
    ],
)
def test_a_character_that_the_fonts_lack_is_named_with_its_field(document, character, field):
    with pytest.raises(CharacterMissingError) as caught:
        paper.draw(document)

    assert isinstance(caught.value, InvalidInputError)
    assert (caught.value.character, caught.value.field) == (character, field)
    assert f"U+{ord(character):04X}" in str(caught.value)
    assert any(f"«{character}»" in str(problem) for problem in paper.problems(document))


@pytest.mark.parametrize(
    ("invoice", "said"),
    [
        pytest.param(an_invoice(seller=a_seller(bank=BankAccount(bank="Банк", bic="04", account="4" * 20))),
                     "реквизит BIC не годится для платёжного кода: «04»", id="a BIC"),
        pytest.param(an_invoice(total=0), "реквизит Sum не годится для платёжного кода: «0»", id="nothing to pay"),
        pytest.param(an_invoice(purpose=SEPARATORS), "в реквизитах встречаются все разделители платёжного кода",
                     id="no separator left"),
    ],
)  # fmt: skip
def test_what_makes_no_payment_code_is_told_before_the_invoice_is_drawn(invoice, said):
    assert tuple(map(str, paper.problems(invoice))) == (said,)
    with pytest.raises(InvalidInputError, match=re.escape(said)):
        paper.draw(invoice)


def test_numbers_that_differ_by_a_slash_have_files_that_differ():
    names = {paper.file_name(an_act(number=number)) for number in ("451", "45/1", "4/51", "45\\1")}

    assert len(names) == 3, "a slash and a backslash are one"


def test_a_document_that_prints_has_no_problems():
    assert paper.problems(an_act()) == paper.problems(an_invoice()) == paper.problems(a_reconciliation()) == ()


def test_letters_of_neighbours_and_signs_print():
    name = "Қазақ Ңұр Ґанок Їжак Ўлад Әлем Müller & Söhne № § « » „ “ ‘ ’ — – − … • ± × ° ₽ € ™ ² 100% @ # $ [x] {y} ~"

    assert f"{name}, ИНН" in text(paper.draw(an_act(buyer=a_party(name=name))))


@pytest.mark.parametrize(
    ("document", "name"),
    [
        pytest.param(an_act(), "Акт № 45 от 01.02.2026 ООО Ромашка.pdf", id="act"),
        pytest.param(an_invoice(), "Счёт на оплату № 123 от 01.02.2026 ООО Ромашка.pdf", id="invoice"),
        pytest.param(a_reconciliation(), "Акт сверки № 7 от 01.04.2026 ООО Ромашка.pdf", id="reconciliation"),
        pytest.param(an_act(number=""), "Акт от 01.02.2026 ООО Ромашка.pdf", id="no number yet"),
        pytest.param(
            an_act(number="1/2", buyer=a_party(name='..\\"А|Б"?*:<>\n ')),
            "Акт № 1-2 от 01.02.2026 ..-А-Б-.pdf",
            id="nothing that a disk takes for something else",
        ),
    ],
)
def test_file_name(document, name):
    assert paper.file_name(document) == name


def test_a_file_name_has_at_most_120_characters():
    name = paper.file_name(an_act(buyer=a_party(name="Ромашка " * 1000)))

    assert len(name) == 120
    assert len(name.encode()) <= 255, "what a file system takes"
    assert name.endswith(".pdf")
