"""The text of whole papers, compared with files. After a meant change: UPDATE_GOLDEN=1, then look."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from billing import paper
from billing.domain.vat import Vat
from tests.paper.reading import pages
from tests.paper.samples import (
    GROUND,
    a_line,
    a_reconciliation,
    an_act,
    an_agreement,
    an_entrepreneur,
    an_invoice,
    lines,
)

GOLDEN = Path(__file__).parents[1] / "golden" / "papers"
PAPERS = {
    "act": an_act(lines(5)),
    "act_over_pages": an_act(lines(60)),
    "act_of_mixed_vat": an_act(
        [a_line(), a_line(title="Право использования программы", vat=Vat.NONE, vat_amount=0)],
        vat_ground=GROUND,
        buyer=an_entrepreneur(),
    ),
    "act_of_rights": an_act(
        [a_line(title="Право использования программы", vat=Vat.NONE, vat_amount=0, is_right=True)],
        vat_ground="подп. 26 п. 2 ст. 149 НК РФ",
    ),
    "act_with_a_recalculation": an_act(
        [
            a_line(vat=Vat.NONE, vat_amount=0),
            a_line(
                title="Перерасчёт за декабрь 2025 г.: Доступ к CRM, 3 дня",
                quantity="-1",
                unit="усл.",
                price=300_00,
                amount=-300_00,
                vat=Vat.NONE,
                vat_amount=0,
            ),
        ],
        vat_ground=GROUND,
        first_month="2025-12",
    ),
    "invoice": an_invoice(),
    "agreement": an_agreement(),
    "agreement_with_an_entrepreneur": an_agreement(buyer=an_entrepreneur(), times=6),
    "reconciliation": a_reconciliation(6),
    "reconciliation_to_fill_in": a_reconciliation(3, mirrored=False, opening=-5_000_00, not_acted=123_45),
}


@pytest.mark.parametrize("name", PAPERS)
def test_the_text_of_a_paper_is_as_before(name):
    said = "\n--- лист ---\n".join(pages(paper.draw(PAPERS[name]))) + "\n"
    path = GOLDEN / f"{name}.txt"
    if os.environ.get("UPDATE_GOLDEN"):
        GOLDEN.mkdir(parents=True, exist_ok=True)
        path.write_text(said, "utf-8")

    assert said == path.read_text("utf-8")


def test_every_golden_paper_is_compared():
    assert {path.stem for path in GOLDEN.glob("*.txt")} == PAPERS.keys()
