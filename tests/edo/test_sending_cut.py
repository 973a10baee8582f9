"""The quarter survives the end of its process at any call: one document for each due act, and none else."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from billing.domain.edo_policy import Packing
from local.company.client import a_company
from tests.edo.cutting import Cut
from tests.edo.house import POLICY
from tests.edo.quarter import CONTRACT, Cloud, QuarterHouse, SigningService, a_quarter
from tests.usecases.house import a_card

OTHER, LATER = a_company(811, "ООО «Второй»"), a_company(812, "ООО «Не партнёр»")


def a_house(signer: Any, packing: Packing) -> QuarterHouse:
    """Two clients who have accepted and one who has not; the first has a contract to get."""
    house = QuarterHouse(
        a_card(),
        *a_quarter(),
        a_card("c-000002", payers=[OTHER]),
        *a_quarter("c-000002", payer={"inn": OTHER["inn"], "kpp": OTHER["kpp"]}),
        a_card("c-000003", payers=[LATER]),
        *a_quarter("c-000003", payer={"inn": LATER["inn"], "kpp": LATER["kpp"]}),
        signer=signer,
    )
    house.set_policy(replace(POLICY, packing=packing), contract=CONTRACT)
    house.partner()
    house.partner(OTHER)
    house.client(LATER)
    return house


def run(house: QuarterHouse) -> None:
    """What is cut: a run, and where a person confirms the signing, the run after that."""
    house.send()
    if isinstance(house.signer, Cloud):
        house.signer.confirmed = True
        house.send("2026-04-02 06:00")


def finish(house: QuarterHouse) -> None:
    """Later processes of the same days, and one that confirms what waits for a person."""
    house.queue.sent.clear()
    if isinstance(house.signer, Cloud):
        house.signer.confirmed = True
    for text in ("2026-04-02 08:00", "2026-04-02 12:00", "2026-04-03 20:00", "2026-04-04 20:00"):
        house.send(text)
    house.work()  # as long as a queue holds any hint, a sweep leaves it alone
    house.track(minutes=5)
    house.sweep()


def outcome(house: QuarterHouse) -> dict[str, Any]:
    """What must be the same however the run was cut."""
    return {
        "sent": Counter(d["custom_document_id"] for d in house.at_the_operator()),
        "states": house.states,
        "waiting": house.waiting,
        "left": house.left,
        "people": house.reasons(),
        "contracts": sorted(d.id for a in ("c-000001", "c-000002") for d in house.documents(a, "contract")),
        "numbers": sorted(d.number for a in ("c-000001", "c-000002") for d in house.documents(a, "contract")),
        "letters": Counter(to for to, _, letter in house.mailer.letters if letter.subject.startswith("Договор")),
        "signing": [s.sk for s in house.store.query("control", "edo.signing").rows],
    }


def also(house: QuarterHouse) -> list[tuple[Any, str]]:
    return [(house.files, "put_once"), (house.signer, "sign")]


CASES = [
    pytest.param(SigningService, Packing.SINGLE, id="signed at once"),
    pytest.param(SigningService, Packing.PACKET, id="in packets"),
    pytest.param(Cloud, Packing.SINGLE, id="confirmed by a person"),
]


class CutAfter(Cut):
    """Dies after a call that has an effect; before it is after the one before."""

    def _call(self, do: Any) -> Any:
        return do if do.__name__ in ("get", "query", "scan") else super()._call(do)


@pytest.mark.parametrize(("signer", "packing"), CASES)
def test_a_process_may_end_at_any_call(signer: Any, packing: Packing):
    house = a_house(signer, packing)
    beginning = house.remembered()
    whole = CutAfter()
    with whole.watching(house, *also(house)):
        run(house)
    finish(house)
    expected = outcome(house)
    assert set(expected["sent"].values()) == {1}
    assert len(expected["sent"]) == 8
    assert expected["left"] == {"not_partners": 3}
    assert expected["letters"] == {"c-000001@client.example": 1, "c-000002@client.example": 1}
    assert all(LATER["inn"] in document for document in expected["waiting"])
    assert whole.calls > 60

    for at in range(1, whole.calls + 1):
        house.as_remembered(beginning)
        house.signer = signer(house)
        with CutAfter(at, after=True).watching(house, *also(house)):
            run(house)
        assert all(n == 1 for n in outcome(house)["sent"].values())
        finish(house)

        assert outcome(house) == expected, f"cut at call {at}"


@pytest.mark.parametrize("packing", list(Packing))
def test_any_answer_of_the_operator_may_be_lost(packing: Packing):
    house = a_house(SigningService, packing)
    beginning = house.remembered()
    run(house)
    calls = len(house.calls())
    finish(house)
    expected = outcome(house)

    for n in range(calls):
        house.as_remembered(beginning)
        house.signer = SigningService(house)
        house.fail("lost_answer", after_commit=True, skip=n, times=5)  # more often than a run asks
        run(house)
        house.diadoc.forget_faults()
        finish(house)

        assert outcome(house) == expected, f"lost from call {n + 1} on"
