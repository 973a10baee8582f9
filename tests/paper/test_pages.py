"""Where pages break: nothing runs off the sheet, headers are repeated, the end of a paper stays together."""

from __future__ import annotations

import re

import pytest

from billing import paper
from billing.domain.vat import Vat
from billing.paper.table import Cell, Column, Table
from tests.paper.reading import edges_mm, letters, pages, text
from tests.paper.samples import a_line, a_party, a_reconciliation, a_seller, an_act, an_invoice, lines

HEADS = {
    "act": "№ Наименование работ, услуг Кол-во Ед. Цена Сумма",
    "reconciliation": "Дата Документ Дебет Кредит Дата Документ Дебет Кредит",
}
LONG = (
    "Федеральное государственное бюджетное учреждение науки «Институт цифровых технологий в промышленности и "
    "энергетике Российской академии наук», филиал в Северо-Западном федеральном округе по проблемам автоматизации "
    "и управления технологическими процессами"
)
ENDLESS = "Очень длинное название "


def rows_of(page: str) -> list[int]:
    """The numbers of the services on a page of an act."""
    return [int(n) for n in re.findall(r"^(\d+) (?:Доступ|Хранение|Консультация|Техническая|SMS)", page, re.MULTILINE)]


@pytest.mark.parametrize("count", [*range(20, 56), 100, 600])
@pytest.mark.parametrize("document", [an_act, an_invoice])
def test_the_end_of_a_paper_stays_together(document, count):
    """At least two rows, the totals and the signatures are on the last page, in whatever place the rows end."""
    found = pages(paper.draw(document(lines(count))))
    last = " ".join(found[-1].split())
    sign = "ЗАКАЗЧИК" if document is an_act else "Руководитель"

    assert len(rows_of(found[-1])) >= 2
    assert rows_of("\n".join(found)) == list(range(1, count + 1)), "every row once, in order"
    assert "Итого:" in last
    assert sign in last
    for n, page in enumerate(found, 1):
        assert f", лист {n} из {len(found)}" in page
        assert page.count("Наименование работ, услуг") == 1, "the header is on every page, once"


@pytest.mark.parametrize("count", [*range(50, 64), 100, 3000])
def test_the_end_of_a_reconciliation_stays_together(count):
    found = pages(paper.draw(a_reconciliation(count)))
    last = " ".join(found[-1].split())

    assert f"№ {count})" in last, "the closing balance never stands alone"
    assert f"№ {count - 1})" in last
    assert "Обороты за период" in last
    assert "Сальдо конечное" in last
    assert "задолженность" in last
    assert "От ООО «Ромашка»" in last
    for n, page in enumerate(found, 1):
        said = " ".join(page.split())
        assert HEADS["reconciliation"] in said
        assert f", лист {n} из {len(found)}" in said


@pytest.mark.parametrize(
    "document",
    [
        pytest.param(an_act([a_line(title=LONG)], buyer=a_party(name=LONG)), id="act, 250 characters"),
        pytest.param(an_invoice([a_line(title=LONG)], seller=a_seller(party=a_party(name=LONG))), id="invoice, 250"),
        pytest.param(a_reconciliation(4, buyer=a_party(name=LONG)), id="reconciliation, 250"),
        pytest.param(a_reconciliation(70, buyer=a_party(name=LONG)), id="reconciliation over pages, 250"),
        pytest.param(an_act([a_line(title=ENDLESS * 435)], buyer=a_party(name=ENDLESS * 435)), id="act, 10 000"),
        pytest.param(an_invoice(buyer=a_party(name=ENDLESS * 435)), id="invoice, 10 000"),
        pytest.param(a_reconciliation(4, buyer=a_party(name=ENDLESS * 435)), id="reconciliation, 10 000"),
        pytest.param(an_act([a_line(title="Ж" * 10_000, unit="условная единица")]), id="one word of 10 000"),
        pytest.param(an_act(lines(100), basis=ENDLESS * 40), id="a long basis"),
        pytest.param(an_act([a_line(vat=Vat.NONE, vat_amount=0)], vat_ground=ENDLESS * 40), id="a long ground"),
        pytest.param(an_invoice(purpose=ENDLESS * 40), id="a long purpose"),
        pytest.param(an_act([a_line(price=999_999_999_99, amount=999_999_999_99)]), id="a billion"),
    ],
)
def test_nothing_runs_off_the_sheet(document):
    left, top, right, bottom = edges_mm(paper.draw(document))

    assert left >= 14.5
    assert top >= 10
    assert right <= 198.5
    assert bottom <= 291


def test_a_name_of_10_000_characters_is_printed_whole():
    title = " ".join(f"слово{n}" for n in range(900))

    said = letters(text(paper.draw(an_act([a_line(title=title), a_line()]))))

    assert all(f"слово{n}" in said for n in range(900))


def test_a_row_taller_than_a_page_keeps_its_number_and_sum_once():
    pdf = paper.draw(an_act([a_line(title=ENDLESS * 435)]))
    said = text(pdf)

    assert len(pages(pdf)) > 2
    assert len(re.findall(r"мес\. 5 500,00 5 500,00", said)) == 1


@pytest.mark.parametrize("count", [1, 24])
def test_what_fits_on_one_page_stays_on_one(count):
    assert len(pages(paper.draw(an_act(lines(count))))) == 1


TABLE = Table(columns=(Column(width=180),), heading=((Cell(text="№", first=0),),))


@pytest.mark.parametrize(
    ("y", "heights", "followed_by", "expected"),
    [  # a page is from 12 to 284 mm; with a heading of 10, rows have 262 on a fresh one
        pytest.param(100, [10] * 5, 50, [(0, 5)], id="all on one page"),
        pytest.param(12, [10] * 30, 50, [(0, 26), (26, 30)], id="rows over two"),
        pytest.param(12, [10] * 26, 50, [(0, 24), (24, 26)], id="the end does not fit: the last two go with it"),
        pytest.param(12, [10] * 27, 50, [(0, 25), (25, 27)], id="one row would be alone with the end"),
        pytest.param(230, [10] * 2, 50, [(0, 0), (0, 2)], id="two rows go with the end, and the heading with them"),
        pytest.param(280, [10] * 5, 50, [(0, 0), (0, 5)], id="no room for a row under the heading"),
        pytest.param(12, [200, 10], 60, [(0, 1), (1, 2)], id="two rows and the end are more than a page: one goes"),
        pytest.param(12, [240], 60, [(0, 1)], id="one row and the end are more than a page: the end goes on alone"),
        pytest.param(12, [], 50, [(0, 0)], id="no rows"),
    ],
)
def test_page_breaks_of_a_table(y, heights, followed_by, expected):
    assert TABLE.pages(y, 10, heights, followed_by) == expected
