"""What a person asks of the sending: another attempt of a failed document, some accounts, a month from before."""

from __future__ import annotations

from dataclasses import replace

import pytest

from billing.domain.edo_policy import Packing
from billing.domain.edo_reasons import Reason
from billing.domain.errors import ConflictError, InvalidInputError, NotFoundError
from billing.domain.periods import Month
from billing.ports import Write
from billing.usecases.edo.sending.by_hand import Asked, note_seen, once_more, plan, read_request
from billing.usecases.edo.tracking.statuses import take_news
from tests.edo.house import POLICY, SIGNER
from tests.edo.quarter import ACTS, JANUARY, QuarterHouse, SigningService, a_quarter
from tests.usecases.house import ACCOUNT, VASILYOK, a_card, a_charge

UTD = "UniversalTransferDocument"
SECOND = (
    a_card("c-000002", payers=[VASILYOK]),
    *a_quarter("c-000002", payer={"inn": VASILYOK["inn"], "kpp": VASILYOK["kpp"]}),
)


class Forger(SigningService):
    """Signs other bytes than it was given, until it is mended; nothing here can tell."""

    mended = False

    def sign(self, files, *, now, task=""):
        signed = super().sign(files, now=now, task=task)
        if self.mended:
            return signed
        spoilt = {k: type(v)(der=v.der[:-8] + bytes(8), certificate=v.certificate) for k, v in signed.outcomes.items()}
        return type(signed)(outcomes=spoilt)


def test_after_an_invalid_signature_another_attempt_has_other_files_and_another_key():
    house = QuarterHouse(a_card(), *a_quarter(), signer=Forger)
    house.partner()
    house.send()
    house.track(minutes=5)
    assert house.states == {"signature_invalid": 3}
    assert house.reasons() == {f"document.{ACCOUNT}.{act}": "signature_invalid" for act in ACTS}
    first = house.edo_state(ACTS[0])
    house.signer.mended = True

    once_more(ACCOUNT, ACTS[0], house.outside)
    run = house.send("2026-04-09 12:00", accounts=(ACCOUNT,))
    house.track(minutes=5)

    second = house.edo_state(ACTS[0])
    assert run.sent == 1
    assert house.states == {"signature_invalid": 2, "delivered": 1}
    assert (first.fate.attempt, second.fate.attempt) == (1, 2)
    assert len({first.operation, second.operation}) == len({first.title_file, second.title_file}) == 2
    assert f"document.{ACCOUNT}.{ACTS[0]}" not in house.reasons()
    assert house.edo_state(ACTS[1]).fate.attempt == 1


def test_another_attempt_whose_answer_was_lost_is_not_taken_for_the_one_that_failed():
    """The operator knows both under one id. The client has left meanwhile, though its box takes from everybody."""
    house = QuarterHouse(a_card(), *a_quarter(), signer=Forger)
    box = house.partner(sociability="AllOrganizations")
    house.send()
    house.track(minutes=5)
    house.signer.mended = True
    once_more(ACCOUNT, ACTS[0], house.outside)
    house.fail("server_error", "V3/PostMessage", times=4, status=503)
    assert house.send("2026-04-02 06:00").sent == 0
    house.diadoc.forget_faults()
    house.refuses_us(box)

    run = house.send("2026-04-02 08:00")

    assert (run.sent, run.left, len(house.sent)) == (0, 1, 3)
    assert house.waiting == [ACTS[0]]


def test_what_went_in_a_packet_with_a_document_that_is_begun_anew_is_not_sent_twice():
    """The answer to the packet was lost, and of its documents the feed has told only of the one that failed."""
    house = QuarterHouse(a_card(), *a_quarter(), signer=Forger, policy=replace(POLICY, packing=Packing.PACKET))
    house.partner()
    house.fail("lost_answer", "V3/PostMessage", after_commit=True, times=4)
    house.send()
    house.diadoc.forget_faults()
    house.wait(minutes=5).diadoc.advance(seconds=0)
    first = next(d for d in house.at_the_operator() if d["custom_document_id"] == f"{ACCOUNT}/{ACTS[0]}")
    told = house.edo.edo.documents_of(first["message_id"])
    take_news(next(d for d in told if d.custom_id == first["custom_document_id"]), house.outside, house.edo)
    once_more(ACCOUNT, ACTS[0], house.outside)
    house.signer.mended = True

    house.send("2026-04-02 08:00")

    assert sorted(house.sent) == sorted([(ACTS[0], UTD), *((act, UTD) for act in ACTS)])


def test_a_document_that_has_not_failed_is_not_sent_again():
    house = QuarterHouse(a_card(), *a_quarter())
    house.partner()
    house.send()

    with pytest.raises(ConflictError):
        once_more(ACCOUNT, ACTS[0], house.outside)
    assert house.waiting == []


def test_a_document_whose_answer_was_lost_is_not_begun_anew():
    house = QuarterHouse(a_card(), *a_quarter())
    house.partner()
    house.fail("lost_answer", "V3/PostMessage", after_commit=True, times=4)
    house.send()

    with pytest.raises(ConflictError):
        once_more(ACCOUNT, ACTS[0], house.outside)


def test_of_a_document_that_is_not_there_it_is_said():
    with pytest.raises(NotFoundError):
        once_more(ACCOUNT, "2026-01.act.1.0", QuarterHouse(a_card()).outside)


# --- what a person has seen --------------------------------------------------------------------------------------


def refused() -> QuarterHouse:
    """The first act of the quarter was refused, the others wait for the client."""
    house = QuarterHouse(a_card(), *a_quarter())
    house.partner()
    house.send()
    house.track(minutes=5)
    house.diadoc.recipient_rejects(**place(house), text="Не та сумма")
    house.track(minutes=5)
    assert house.reasons() == {LINE: "refused"}
    return house


def place(house):
    first = house.edo_state(ACTS[0]).fate
    return {"message_id": first.message, "entity_id": first.entity}


LINE = f"document.{ACCOUNT}.{ACTS[0]}"


def test_an_end_that_a_person_has_seen_is_off_the_list_for_good():
    house = refused()

    assert note_seen(ACCOUNT, ACTS[0], house.outside) is Reason.REFUSED

    assert house.reasons() == {}
    for _ in range(3):
        house.track(hours=24)
    assert house.reasons() == {}
    assert note_seen(ACCOUNT, ACTS[0], house.outside) is Reason.REFUSED
    assert house.edo_state(ACTS[0]).fate.text == "Не та сумма"


def test_what_happens_to_a_document_after_its_end_was_seen_is_on_the_list_anew():
    house = refused()
    note_seen(ACCOUNT, ACTS[0], house.outside)

    house.diadoc.recipient_asks_revocation(**place(house), text="Отменяем")
    house.track(minutes=5)

    assert house.reasons() == {LINE: "annulment_asked_by_them"}


def test_what_has_not_ended_cannot_be_seen_away():
    house = QuarterHouse(a_card(), *a_quarter(), signer=Forger)
    house.partner()
    house.send()
    house.track(minutes=5)

    with pytest.raises(ConflictError):
        note_seen(ACCOUNT, ACTS[0], house.outside)
    with pytest.raises(NotFoundError):
        note_seen(ACCOUNT, "2026-01.act.1.0", house.outside)
    assert house.reasons()[LINE] == "signature_invalid"


def test_some_accounts_go_without_the_others():
    house = QuarterHouse(a_card(), *a_quarter(), *SECOND)
    house.partner()
    house.partner(VASILYOK)

    run = house.send("2026-04-02 12:00", accounts=("c-000002",))

    assert run.sent == 3
    assert len(house.waiting) == 3


def test_a_month_from_before_the_policy_is_due_once_it_is_planned():
    house = QuarterHouse(a_card(), *a_quarter(), policy=None)
    house.set_policy(POLICY)
    house.partner()
    assert house.send().sent == 0

    planned = [plan(month, house.outside, until=house.until) for month in (JANUARY, JANUARY)]

    assert [(p.written, p.ended) for p in planned] == [(1, True), (0, True)]
    assert house.send("2026-04-02 06:00").sent == 1
    assert plan(JANUARY, house.outside, until=house.until).written == 0


@pytest.mark.parametrize(
    ("event", "asked"),
    [
        ({"scheduled_at": "2026-04-01T01:00:00Z"}, Asked()),
        ({"force": True}, Asked(force=True)),
        ({"accounts": ["c-1"]}, Asked(accounts=("c-1",))),
        ({"again": {"account": "c-1", "document": "d"}}, Asked(again=("c-1", "d"))),
        ({"plan": "2026-01"}, Asked(plan=Month(2026, 1))),
    ],
)
def test_what_is_asked_is_read(event, asked):
    assert read_request(event) == asked


@pytest.mark.parametrize(
    "event",
    [
        {"forced": True},
        {"force": "yes"},
        {"accounts": "c-1"},
        {"accounts": [1]},
        {"again": "c-1"},
        {"again": {"account": "c-1"}},
        {"plan": "2026"},
        {"plan": 2026},
    ],
)
def test_a_slip_of_the_hand_does_nothing(event):
    with pytest.raises(InvalidInputError):
        read_request(event)


def test_a_late_act_of_the_quarter_goes_at_the_next_run():
    """It was blocked by its requisites, and mended on the 3rd."""
    bad = {**VASILYOK, "kpp": "1"}
    house = QuarterHouse(a_card(payers=[bad]), *a_quarter(payer={"inn": VASILYOK["inn"], "kpp": VASILYOK["kpp"]}))
    house.partner(VASILYOK)
    assert house.send().sent == 0
    house.at("2026-04-03 12:00").tell(a_card(payers=[VASILYOK], at="2026-04-03T11:00:00+03:00"))
    for _ in range(3):
        house.wait(minutes=10).sweep()

    assert house.send("2026-04-03 20:00").sent == 3


def test_a_charge_after_the_window_is_of_the_next_quarter():
    house = QuarterHouse(a_card(), *a_quarter())
    house.partner()
    house.send()
    house.at("2026-05-02 00:30").tell(a_charge(100_00, at="2026-04-20T12:00:00+03:00"))
    house.night(Month(2026, 4))

    assert house.send("2026-05-02 12:00").window == ""
    assert house.waiting == [f"2026-04.act.{ACTS[0].split('.')[2]}.0"]


def test_a_withdrawn_document_waits_no_more_and_nobody_has_to_look_at_it():
    house = QuarterHouse(a_card(), *a_quarter(), policy=replace(POLICY, signer=replace(SIGNER, first_name="П.")))
    house.partner()
    house.send()
    assert house.reasons() == {f"document.{ACCOUNT}.{act}": "not_sayable" for act in ACTS}
    stored = house.store.get("documents", ACCOUNT, ACTS[0])
    house.store.tx([Write("documents", ACCOUNT, ACTS[0], {**stored.row, "status": "void"}, stored.version)])

    house.send("2026-04-03 04:00")

    assert house.waiting == [ACTS[1], ACTS[2]]
    assert house.reasons() == {f"document.{ACCOUNT}.{act}": "not_sayable" for act in ACTS[1:]}
