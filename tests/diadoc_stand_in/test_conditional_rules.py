"""Our acts as the operator makes titles of them, by the conditional rules inside the schema of the tax service.

The rules are those of УПД 5.02, the last published with them; what they say of the parts of ours is the same in 5.03.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from billing.adapters.diadoc.titles.parts import Side
from billing.adapters.diadoc.titles.utd import utd
from billing.domain.edo_signer import Power, PowerWay
from billing.domain.vat import Vat
from local.diadoc.xml import parse
from tests.adapters.diadoc.papers import ENTREPRENEUR, PETROVA, a_line, an_act, options
from tests.diadoc_stand_in.conditional_rules import broken, rules_of
from tests.diadoc_stand_in.talk import UTD_PARAMETERS

UTD = "ON_NSCHFDOPPR_1_997_01_05_02_01.xsd"
TAXED = a_line(550_000, Vat.TWENTY_TWO)
MCHD = Power(way=PowerWay.IN_DOCUMENT, number="d3b07384-d113-4ec6-a5d2-5f1d1e7a9a10", issuer_inn="7736207543")


def title(company: Any, act: Any, **more: Any) -> Any:
    """Make the operator's title from our user contract."""
    sides = {"seller": Side(participant=company.ours.fns_participant_id),
             "buyer": Side(participant=company.client.fns_participant_id)}
    asked = options(**{**sides, **more})
    changes = {**UTD_PARAMETERS, "documentFunction": asked.function, "boxId": company.box}
    answer = company.talk.send("/GenerateTitleXml", utd(act, asked), **changes)
    assert answer.status_code == 200, answer.text
    return parse(answer.content)


@pytest.mark.parametrize(
    ("act", "more"),
    [
        pytest.param(an_act(), {}, id="an act without VAT"),
        pytest.param(an_act(TAXED), {"function": "СЧФДОП"}, id="with a счёт-фактура"),
        pytest.param(an_act(TAXED, a_line()), {"function": "СЧФДОП"}, id="mixed rates"),
        pytest.param(an_act(a_line(is_right=True)), {}, id="a licence"),
        pytest.param(an_act(basis="Публичная оферта"), {}, id="an offer"),
        pytest.param(an_act(basis="Публичная оферта от 01.09.2025"), {}, id="an edition of an offer"),
        pytest.param(an_act(buyer=ENTREPRENEUR), {}, id="a sole proprietor"),
        pytest.param(an_act(TAXED, buyer=ENTREPRENEUR), {"function": "СЧФДОП"}, id="a sole proprietor, with VAT"),
        pytest.param(an_act(a_line(unit="попугай")), {}, id="a unit without a code"),
        pytest.param(an_act(), {"signer": replace(PETROVA, power=MCHD)}, id="a power in the title"),
        pytest.param(an_act(), {"signer": replace(PETROVA, power=replace(MCHD, way=PowerWay.NUMBER, as_file=True))},
                     id="a power in each packet"),
        pytest.param(an_act(first_month="2026-01"), {}, id="a service of an earlier month"),
    ],
)  # fmt: skip
def test_a_title_holds_to_the_conditional_rules(company, act, more):
    met, found = broken(UTD, title(company, act, **more))

    assert found == []
    assert met >= 15


def test_the_rules_are_read_and_find_what_is_broken(company):
    """53 of the 54 rules; a счёт-фактура without the sum of a line and without the day of the transfer breaks two."""
    root = title(company, an_act(TAXED), function="СЧФДОП")

    del root.find(".//СведТов").attrib["СтТовУчНал"]
    del root.find(".//СвПер").attrib["ДатаПер"]
    del root.find(".//СвПер").attrib["ДатаНачПер"]
    del root.find(".//СвПер").attrib["ДатаОконПер"]

    assert len(rules_of(UTD)) == 53
    assert len(broken(UTD, root)[1]) >= 2
