"""The contract: once for each counterparty and account, again when it says something else, and by mail too."""

from __future__ import annotations

from dataclasses import replace

from billing.domain.documents import Clause
from tests.edo.house import POLICY
from tests.edo.quarter import ACTS, CONTRACT, QuarterHouse, a_quarter
from tests.usecases.house import ACCOUNT, ROMASHKA, Month, a_card, a_charge

INN = ROMASHKA["inn"]
SECOND = {"number": "Д-77/2025", "date": "2025-01-15"}


def a_house(*told, template=CONTRACT, **more):
    house = QuarterHouse(*told, **more)
    house.set_policy(POLICY, contract=template)
    house.partner()
    return house


def next_quarter(house, text="2026-07-02 04:00", amount=1_000_00):
    """Another quarter with an act in June."""
    house.at("2026-06-30 12:00").tell(a_charge(amount, at="2026-06-30T12:00:00+03:00"))
    for n in (4, 5, 6):
        house.night(Month(2026, n))
    return house.send(text)


def contracts(house):
    return [d for d in house.at_the_operator() if d["type_named_id"] == "Contract"]


def test_it_goes_first_and_once():
    house = a_house(a_card(), *a_quarter())

    run = house.send()

    assert run.sent == 4
    assert house.sent[0] == (f"2026-04-02.contract.{INN}.0", "Contract")
    assert [id for id, _ in house.sent[1:]] == list(ACTS)
    contract = contracts(house)[0]
    assert (contract["metadata"]["DocumentNumber"], contract["metadata"]["DocumentDate"]) == ("1", "02.04.2026")
    assert contract["needs_recipient_signature"]
    assert house.counterparty().contracts.keys() == {ACCOUNT}
    assert next_quarter(house).sent == 1
    assert len(contracts(house)) == 1


def test_a_copy_is_mailed_to_the_clients_people():
    house = a_house(a_card(), *a_quarter())
    house.mailer.letters.clear()

    house.send()
    house.work()

    (letter,) = house.letters(f"{ACCOUNT}@client.example")
    assert letter.subject == "Договор № 1 от 2 апреля 2026 г. — ООО «Ромашка»"
    file = house.files.files[f"docs/{ACCOUNT}/2026-04-02.contract.{INN}.0.pdf"]
    assert [a.body for a in letter.attachments] == [file]


def test_the_number_and_the_day_are_those_of_the_clients_card():
    house = a_house(a_card(contract=SECOND), *a_quarter())

    house.send()

    said = contracts(house)[0]["metadata"]
    assert (said["DocumentNumber"], said["DocumentDate"]) == ("Д-77/2025", "15.01.2025")


def test_a_changed_contract_goes_again():
    house = a_house(a_card(), *a_quarter())
    house.send()
    changed = replace(CONTRACT, clauses=(Clause(heading="Предмет", paragraphs=("Другие услуги.",)),))
    house.set_policy(POLICY, contract=changed)

    next_quarter(house)

    assert [d["custom_document_id"].partition("/")[2] for d in contracts(house)] == [
        f"2026-04-02.contract.{INN}.0",
        f"2026-07-02.contract.{INN}.0",
    ]


def test_one_that_has_not_gone_out_is_withdrawn_when_it_changes():
    house = a_house(a_card(), *a_quarter())
    house.fail("too_many_requests", "GenerateTitleXml", times=9, retry_after_s=60)
    house.send()
    assert contracts(house) == []
    house.diadoc.forget_faults()
    house.set_policy(POLICY, contract=replace(CONTRACT, version="2026-2"))

    house.send("2026-04-02 08:00")

    assert [d["custom_document_id"].partition("/")[2] for d in contracts(house)] == [f"2026-04-02.contract.{INN}.1"]
    assert {d.id: d.status.value for d in house.documents(kind="contract")} == {
        f"2026-04-02.contract.{INN}.0": "void",
        f"2026-04-02.contract.{INN}.1": "ready",
    }
    assert house.waiting == []


def test_each_account_of_a_payer_has_its_own():
    house = a_house(a_card(), *a_quarter(), a_card("c-000002"), *a_quarter("c-000002"))

    house.send()

    assert len(contracts(house)) == 2
    assert house.counterparty().contracts.keys() == {ACCOUNT, "c-000002"}


def test_who_has_not_accepted_gets_none_yet():
    house = QuarterHouse(a_card(), *a_quarter())
    house.set_policy(POLICY, contract=CONTRACT)
    house.client()

    house.send()

    assert house.documents(kind="contract") == []


def test_a_contract_that_cannot_be_printed_is_a_persons_and_the_acts_go():
    template = replace(CONTRACT, clauses=(Clause(heading="Предмет", paragraphs=("服務",)),))
    house = a_house(a_card(), *a_quarter(), template=template)

    run = house.send()

    assert run.sent == 3
    assert house.reasons() == {f"contract.{ACCOUNT}.{INN}": "requisites"}


def test_the_night_run_of_its_month_does_not_see_it():
    house = a_house(a_card(), *a_quarter())
    house.send()
    house.tell(a_charge(500_00, at="2026-04-20T12:00:00+03:00"))

    house.at("2026-05-02 00:30")
    report = house.night(Month(2026, 4))

    assert "contract" not in report["documents"]
