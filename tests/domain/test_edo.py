"""The EDO's rules: boxes, invitations, sending, windows, fate."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.domain.documents import DocumentKind, DocumentStatus
from billing.domain.edo import (
    Action,
    Candidate,
    InvitationSettings,
    RoamingRequest,
    decide_invitation,
    may_be_sent,
)
from billing.domain.edo_boxes import Box, Department, Operator, Partnership, choose_box
from billing.domain.edo_fate import (
    FAILED,
    Annulment,
    Fate,
    News,
    Stage,
    advance,
    again,
    cursor_after,
    for_person,
    fresh,
    is_over,
    operation_id,
    words_of,
)
from billing.domain.edo_preflight import Readiness, Severity, preflight
from billing.domain.edo_reasons import Reason
from billing.domain.edo_receipt import Receipt, is_overdue, may_be_tried
from billing.domain.edo_sending import (
    Quarter,
    Schedule,
    Scope,
    Sendable,
    SendingSettings,
    due_documents,
    is_preflight_day,
    may_invite,
    next_window,
    sending_window,
)
from billing.domain.errors import ConflictError, InvalidInputError
from billing.domain.periods import Month

INN, KPP = "7806667787", "780601001"
A, B, C = (f"{letter * 8}-0000-0000-0000-000000000000" for letter in "abc")
TODAY = date(2026, 10, 21)
LAST_MONTH = date(2026, 9, 21)
THIS_MONTH = date(2026, 10, 20)
LONG_AGO = date(2026, 5, 20)
SBIS = Operator(fns_id="2BE", features=frozenset({"SupportsAutoInvitation"}))
CLOSED_SHOP = Operator(fns_id="2AL")
SETTINGS = InvitationSettings(operators={"2BE": SBIS, "2AL": CLOSED_SHOP, "2LD": replace(SBIS, active=False)})


def a_box(**over: Any) -> Box:
    return Box(**{"id": A, "inn": INN, "kpp": KPP, "fns_participant": "2BM-7806667787", **over})


def a_roaming_box(**over: Any) -> Box:
    return a_box(**{"roaming": True, "fns_participant": "2BE7806667787", **over})


def a_candidate(**over: Any) -> Candidate:
    return Candidate(**{"inn": INN, "kpp": KPP, **over})


def decided(candidate: Candidate, *boxes: Box, settings: InvitationSettings = SETTINGS, **over: Any) -> Any:
    searched = over.get("searched", False)
    return decide_invitation(candidate, boxes, settings, today=over.get("today", TODAY), searched=searched)


P = Partnership
INVITED = {"partnership": P.WE_INVITED, "since": LAST_MONTH}


@pytest.mark.parametrize(
    ("candidate", "boxes", "action", "reason"),
    [
        pytest.param({}, [a_box()], "invite", "no_invitation_yet", id="a stranger"),
        pytest.param({}, [a_box(partnership=P.PARTNERS)], "skip", "partners", id="a partner"),
        pytest.param({}, [a_box(partnership=P.THEY_INVITED)], "accept", "they_invited_us", id="invites us"),
        pytest.param({}, [a_box(partnership=P.THEY_INVITED, wants_signature=True)], "person",
                     "invitation_wants_signature", id="invites us with a document to sign"),
        pytest.param({}, [a_box(**INVITED)], "remind", "silent", id="silent since last month"),
        pytest.param({}, [a_box(**INVITED | {"since": THIS_MONTH})], "wait", "invited_this_month", id="just invited"),
        pytest.param({"reminded": THIS_MONTH}, [a_box(**INVITED)], "wait", "reminded_this_month", id="just reminded"),
        pytest.param({"reminded": LAST_MONTH}, [a_box(**INVITED)], "remind", "silent", id="reminded last month"),
        pytest.param({}, [a_box(partnership=P.THEY_REFUSED)], "person", "refused_by_them", id="refused us"),
        pytest.param({}, [a_box(partnership=P.WE_REFUSED)], "person", "refused_by_us", id="we refused"),
        pytest.param({"said": "leave"}, [a_box(partnership=P.THEY_REFUSED)], "skip", "left_alone", id="left alone"),
        pytest.param({}, [a_box(partnership=P.UNKNOWN)], "person", "unknown_status", id="a status of the future"),
        pytest.param({"problems": ("ИНН не указан",)}, [a_box()], "skip", "requisites", id="bad requisites"),
        pytest.param({"task": "t"}, [a_box()], "wait", "task_running", id="a task is running"),
        pytest.param({"invited": {A: THIS_MONTH}}, [a_box()], "wait", "invited_this_month", id="status lags behind"),
        pytest.param({"invited": {A: LAST_MONTH}}, [a_box()], "invite", "no_invitation_yet", id="a month has passed"),
        pytest.param({"invited": {B: THIS_MONTH}}, [a_box()], "invite", "no_invitation_yet", id="another box invited"),
        pytest.param({"failed": THIS_MONTH}, [a_box()], "person", "invitation_failed", id="failed this month"),
        pytest.param({"failed": LAST_MONTH}, [a_box()], "invite", "no_invitation_yet", id="failed last month"),
        pytest.param({}, [], "search", "not_at_the_operator", id="a company that our operator does not know"),
        pytest.param({"kpp": ""}, [], "invite", "not_at_the_operator", id="nobody is searched for without a KPP"),
        pytest.param({"invited": {INN: THIS_MONTH}}, [], "wait", "invited_this_month", id="just invited by INN"),
        pytest.param({"invited": {INN: THIS_MONTH}}, [a_box(partnership=P.WE_INVITED)], "wait", "invited_this_month",
                     id="invited by INN, and the operator has made a box"),
        pytest.param({"kpp": "780643001"}, [], "search", "not_at_the_operator", id="a branch"),
        pytest.param({"inn": "500100732259", "kpp": ""}, [], "search", "not_at_the_operator", id="ИП"),
        pytest.param({}, [a_box(), a_box(id=B)], "person", "several_boxes", id="two equal boxes"),
        pytest.param({"box": B}, [a_box(), a_box(id=B)], "invite", "no_invitation_yet", id="the box is written down"),
        pytest.param({"box": C}, [a_box()], "person", "box_gone", id="the written one is gone"),
        pytest.param({}, [a_box(kpp="770101001")], "person", "other_kpp", id="only another KPP"),
        pytest.param({}, [a_box(liquidated=True)], "person", "liquidated", id="liquidated"),
        pytest.param({}, [a_box(test=True)], "search", "not_at_the_operator", id="a test box of the same INN"),
        pytest.param({}, [a_roaming_box()], "invite", "no_invitation_yet", id="roaming, takes invitations"),
        pytest.param({}, [a_roaming_box(fns_participant="2AL1")], "person", "roaming_request_needed",
                     id="roaming, by request"),
        pytest.param({"roaming_request": RoamingRequest.FILED}, [a_roaming_box(fns_participant="2AL1")], "wait",
                     "roaming_request_filed", id="roaming, request filed"),
        pytest.param({"roaming_request": RoamingRequest.DONE}, [a_roaming_box(fns_participant="2AL1")], "invite",
                     "no_invitation_yet", id="roaming, request done"),
        pytest.param({"roaming_request": RoamingRequest.NEEDED}, [a_roaming_box()], "person",
                     "roaming_request_needed", id="roaming, the answer asked for a request"),
        pytest.param({}, [a_roaming_box(fns_participant="2LD1")], "person", "roaming_operator_inactive",
                     id="roaming, operator not connected"),
        pytest.param({}, [a_roaming_box(fns_participant="2ZZ1")], "invite", "no_invitation_yet",
                     id="roaming, unknown operator is tried"),
        pytest.param({"said": "accepted"}, [a_roaming_box(**INVITED)], "skip", "said_by_person",
                     id="roaming, accepted at home"),
        pytest.param({}, [a_roaming_box(**INVITED | {"since": LONG_AGO})], "person", "roaming_stuck",
                     id="roaming, silent for long"),
    ],
)
def test_the_campaign_decides_by_the_table(candidate, boxes, action, reason):
    decision = decided(a_candidate(**candidate), *boxes)

    assert (decision.action, decision.reason) == (action, reason)


@pytest.mark.parametrize(
    ("candidate", "boxes", "action", "reason"),
    [
        pytest.param({}, [], "invite", "not_at_the_operator", id="a company nowhere"),
        pytest.param({"kpp": "780643001"}, [], "person", "branch_not_found", id="a branch nowhere"),
        pytest.param({"inn": "500100732259", "kpp": ""}, [], "person", "entrepreneur_not_found", id="ИП nowhere"),
        pytest.param({}, [a_roaming_box()], "invite", "no_invitation_yet", id="found, takes invitations"),
        pytest.param({}, [a_roaming_box(fns_participant="2AL1")], "person", "roaming_request_needed",
                     id="found, by request"),
        pytest.param({"invited": {C: THIS_MONTH}}, [a_roaming_box(id=C)], "wait", "invited_this_month",
                     id="found again in the month of its invitation"),
    ],
)
def test_after_the_search_at_other_operators(candidate, boxes, action, reason):
    decision = decided(a_candidate(**candidate), *boxes, searched=True)

    assert (decision.action, decision.reason) == (action, reason)


def test_a_silent_one_is_not_reminded_when_the_setting_says_so():
    decision = decided(a_candidate(), a_box(**INVITED), settings=replace(SETTINGS, remind=False))

    assert (decision.action, decision.reason) == (Action.WAIT, Reason.SILENT)


def test_six_days_of_a_campaign_ask_each_box_once():
    """The campaign runs on six days; whatever the days repeat, a box is invited once."""
    candidate, invitations = a_candidate(), 0

    for day in range(20, 26):
        decision = decided(candidate, a_box(), today=date(2026, 10, day))
        if decision.action is Action.INVITE:
            invitations += 1
            candidate = replace(candidate, invited={A: date(2026, 10, day)})

    assert invitations == 1


@given(st.permutations([a_box(id=A, name="a", active=False), a_box(id=B, name="b"), a_roaming_box(id=C, name="c")]))
def test_the_choice_of_a_box_does_not_depend_on_the_order(boxes):
    def standing(**now: Partnership) -> list[Box]:
        return [replace(box, partnership=now.get(box.name, Partnership.NONE)) for box in boxes]

    assert choose_box(standing(), inn=INN, kpp=KPP).box.id == B
    assert choose_box(standing(c=Partnership.PARTNERS), inn=INN, kpp=KPP).box.id == C
    assert choose_box(standing(a=Partnership.THEY_INVITED, c=Partnership.WE_INVITED), inn=INN).box.id == A


BRANCH_KPP, BRANCH = "784201001", "6a1e6d0c-3b0f-4a55-9a44-1f2e3d4c5b6a"


def test_a_branch_is_a_department_of_the_companys_box():
    box = a_box(departments=(Department(id=BRANCH, kpp=BRANCH_KPP),))

    assert choose_box([box], inn=INN, kpp=BRANCH_KPP).box == box
    assert choose_box([box], inn=INN, kpp="784301001").reason is Reason.OTHER_KPP
    assert [box.department_of(kpp) for kpp in (BRANCH_KPP, KPP, "", "784301001")] == [BRANCH, "", "", ""]


def test_a_head_office_is_taken_before_a_branch():
    assert choose_box([a_box(id=A, branch=True), a_box(id=B)], inn=INN).box.id == B


def test_two_partners_of_one_payer_are_for_a_person():
    choice = choose_box([a_box(id=box, partnership=Partnership.PARTNERS) for box in (B, A)], inn=INN)

    assert (choice.box, choice.reason, [box.id for box in choice.among]) == (None, Reason.SEVERAL_BOXES, [A, B])


def test_the_box_written_down_must_be_of_the_same_payer():
    assert choose_box([a_box(inn="7705552211")], inn=INN, kept=A).reason is Reason.BOX_GONE


def test_a_test_box_of_ours_talks_to_test_boxes():
    boxes = [a_box(id=A), a_box(id=B, test=True)]

    assert choose_box(boxes, inn=INN, our_test_box=True).box.id == B


@pytest.mark.parametrize(
    ("box", "candidate", "settings", "action", "reason"),
    [
        pytest.param({"partnership": P.PARTNERS}, {}, {}, "send", "partners", id="a partner"),
        pytest.param({}, {}, {}, "skip", "not_partners", id="a stranger"),
        pytest.param({"partnership": P.WE_INVITED}, {}, {}, "skip", "not_partners", id="has not answered"),
        pytest.param({"partnership": P.THEY_REFUSED}, {"said": "accepted"}, {}, "person", "refused_by_them",
                     id="broke up, whatever was said before"),
        pytest.param({"partnership": P.UNKNOWN}, {}, {"partners_only": False}, "person", "unknown_status",
                     id="a status of the future"),
        pytest.param({}, {}, {"partners_only": False}, "send", "partnership_not_needed", id="takes from everybody"),
        pytest.param({"partners_only": True}, {}, {"partners_only": False}, "skip", "not_partners",
                     id="takes from partners"),
        pytest.param({"roaming": True}, {}, {"partners_only": False}, "skip", "not_partners", id="roaming needs it"),
        pytest.param({"roaming": True, "partnership": P.WE_INVITED, "since": LAST_MONTH}, {}, {}, "send",
                     "roaming_silent", id="roaming that never changes does not block for ever"),
        pytest.param({"roaming": True, "partnership": P.WE_INVITED, "since": THIS_MONTH}, {}, {}, "skip",
                     "not_partners", id="roaming, a day ago"),
        pytest.param({"roaming": True, "partnership": P.WE_INVITED}, {"said": "accepted"}, {}, "send",
                     "said_by_person", id="roaming, a person says so"),
    ],
)
def test_documents_go_to_those_who_agreed(box, candidate, settings, action, reason):
    decision = may_be_sent(a_candidate(**candidate), [a_box(**box)], replace(SETTINGS, **settings), today=TODAY)

    assert (decision.action, decision.reason) == (action, reason)


def test_nothing_is_sent_to_one_of_two_boxes_by_guess():
    decision = may_be_sent(a_candidate(), [a_box(), a_box(id=B)], SETTINGS, today=TODAY)

    assert (decision.action, decision.reason) == (Action.PERSON, Reason.SEVERAL_BOXES)


def test_every_reason_has_its_words_and_those_for_a_person_a_remedy():
    assert all(reason.text for reason in Reason)
    assert all(reason.remedy for reason in Reason if reason in (
        Reason.SEVERAL_BOXES, Reason.REFUSED, Reason.ROAMING_STUCK, Reason.SIGNATURE_INVALID, Reason.UNKNOWN_STATUS))


# windows

MONTHLY = SendingSettings(schedule=Schedule.MONTHLY)
QUARTERLY = SendingSettings()


@pytest.mark.parametrize(
    ("day", "settings", "months"),
    [
        pytest.param(date(2026, 4, 1), QUARTERLY, "2026-01 2026-02 2026-03", id="first day"),
        pytest.param(date(2026, 4, 5), QUARTERLY, "2026-01 2026-02 2026-03", id="last day"),
        pytest.param(date(2026, 4, 6), QUARTERLY, "", id="the day after"),
        pytest.param(date(2026, 3, 31), QUARTERLY, "", id="the day before"),
        pytest.param(date(2026, 5, 1), QUARTERLY, "", id="another month"),
        pytest.param(date(2027, 1, 3), QUARTERLY, "2026-10 2026-11 2026-12", id="over the year"),
        pytest.param(date(2026, 5, 2), MONTHLY, "2026-04", id="monthly"),
        pytest.param(date(2026, 1, 2), MONTHLY, "2025-12", id="monthly over the year"),
    ],
)
def test_the_window_takes_months_of_service(day, settings, months):
    window = sending_window(day, settings)

    assert " ".join(map(str, window.months if window else ())) == months


@pytest.mark.parametrize(("day", "runs"), [(19, False), (20, True), (25, True), (26, False)])
def test_invitations_run_from_the_20th_to_the_25th(day, runs):
    assert may_invite(date(2026, 10, day), QUARTERLY) is runs


@pytest.mark.parametrize(
    ("day", "checks"),
    [(date(2026, 9, 25), True), (date(2026, 9, 24), False), (date(2026, 8, 25), False), (date(2026, 10, 1), True),
     (date(2026, 10, 5), True), (date(2026, 10, 6), False), (date(2026, 12, 25), True)],
)
def test_the_preflight_runs_on_the_25th_before_and_daily_in_the_window(day, checks):
    assert is_preflight_day(day, QUARTERLY) is checks


def test_a_quarter_is_read_as_it_is_written():
    assert str(Quarter.parse("2026-Q4")) == "2026-Q4"
    assert Quarter.of(Month(2026, 12)) == Quarter(2026, 4)
    assert Quarter.of(Month(2026, 1)) == Quarter(2026, 1)
    for wrong in ("2026-Q5", "2026Q1", "x", "26-Q1", "2026-Q"):
        with pytest.raises(InvalidInputError):
            Quarter.parse(wrong)


Q1 = next_window(date(2026, 4, 1), QUARTERLY)
ACCOUNT = "c-000001"
CLOSED = {(ACCOUNT, Month(2026, 3))}


def a_sendable(**over: Any) -> Sendable:
    return Sendable(**{"id": "2026-03.act", "account": ACCOUNT, "kind": DocumentKind.ACT, "month": Month(2026, 3),
                       "classes": frozenset({"BANK"}), **over})


@pytest.mark.parametrize(
    ("document", "settings", "due"),
    [
        pytest.param({}, QUARTERLY, True, id="an act of the quarter"),
        pytest.param({"month": Month(2026, 4)}, QUARTERLY, False, id="of a later month, though its day is in"),
        pytest.param({"month": Month(2025, 11)}, QUARTERLY, True, id="of an earlier quarter that was missed"),
        pytest.param({"status": DocumentStatus.BLOCKED}, QUARTERLY, False, id="blocked"),
        pytest.param({"status": DocumentStatus.VOID}, QUARTERLY, False, id="void"),
        pytest.param({"status": DocumentStatus.NUMBERED}, QUARTERLY, False, id="not drawn yet"),
        pytest.param({"kind": DocumentKind.CONTRACT}, QUARTERLY, True, id="a contract"),
        pytest.param({"kind": DocumentKind.INVOICE}, QUARTERLY, False, id="an invoice is not sent by default"),
        pytest.param({"kind": DocumentKind.INVOICE},
                     replace(QUARTERLY, kinds=frozenset({DocumentKind.INVOICE})), True, id="an invoice by setting"),
        pytest.param({"classes": frozenset({"CARD_LE"})}, replace(QUARTERLY, scope=Scope.BANK), False,
                     id="card money, when only bank counts"),
        pytest.param({"classes": frozenset({"CARD_LE", "BANK"})}, replace(QUARTERLY, scope=Scope.BANK), True,
                     id="some bank money"),
    ],
)
def test_what_is_due(document, settings, due):
    assert bool(due_documents(Q1, [a_sendable(**document)], closed=CLOSED, settings=settings)) is due


def test_nothing_of_an_account_is_due_before_its_last_month_is_closed():
    documents = [a_sendable(id="1", month=Month(2026, 1)), a_sendable(id="3")]

    assert due_documents(Q1, documents, closed={(ACCOUNT, Month(2026, 2))}, settings=QUARTERLY) == ()
    assert due_documents(Q1, documents, closed={("c-000002", Month(2026, 3))}, settings=QUARTERLY) == ()


def test_contracts_go_before_acts_and_acts_by_month():
    documents = [a_sendable(id="b"), a_sendable(id="a", month=Month(2026, 1)),
                 a_sendable(id="z", kind=DocumentKind.CONTRACT, month=Month(2026, 2))]

    due = due_documents(Q1, documents, closed=CLOSED, settings=QUARTERLY)

    assert [document.id for document in due] == ["z", "a", "b"]


@pytest.mark.parametrize(
    ("ours", "found"),
    [
        pytest.param({}, [], id="all in order"),
        pytest.param({"certificate_until": date(2026, 4, 4)}, [("stop", "certificate_lapsed")], id="within the window"),
        pytest.param({"certificate_until": date(2026, 4, 5)}, [("warn", "certificate_lapses")], id="on its last day"),
        pytest.param({"certificate_until": date(2026, 5, 5)}, [], id="far enough"),
        pytest.param({"power_until": date(2026, 4, 1)}, [("stop", "power_lapsed")], id="a power that lapses"),
        pytest.param({"format_actual": False}, [("stop", "format_not_actual")], id="a format no more taken"),
        pytest.param({"metadata_missing": ("TotalSum",)}, [("stop", "metadata_missing")], id="metadata"),
        pytest.param({"signer_ready": False}, [("stop", "no_signer")], id="no signer"),
        pytest.param({"month_closed": False}, [], id="not closed, but that is not due yet"),
    ],
)
def test_the_preflight_finds_what_would_stop_the_window(ours, found):
    findings = preflight(Readiness(**{"signer_ready": True, **ours}), Q1, QUARTERLY, today=date(2026, 3, 25))

    assert [(finding.severity, finding.reason) for finding in findings] == found


def test_what_stops_stands_before_what_warns():
    ours = Readiness(signer_ready=False, certificate_until=date(2026, 4, 20), month_closed=False)

    found = preflight(ours, Q1, QUARTERLY, today=date(2026, 4, 3))

    assert [finding.severity for finding in found] == [Severity.STOP, Severity.WARN, Severity.WARN]


# fate

def some_news(stage: Stage, as_of: int = 1, **over: Any) -> News:
    return News(stage=stage, as_of=as_of, message="m", entity="e", **over)


def test_the_usual_way_ends_with_the_recipients_signature():
    fate = Fate()
    for as_of, stage in enumerate((Stage.SENT, Stage.DELIVERED, Stage.ACCEPTED), start=1):
        fate = advance(fate, some_news(stage, as_of, at=datetime(2026, 4, as_of, tzinfo=UTC)))

    assert (fate.stage, fate.message, fate.entity, fate.since) == (
        Stage.ACCEPTED, "m", "e", datetime(2026, 4, 3, tzinfo=UTC))
    assert is_over(fate)
    assert for_person(fate) is None


def test_news_that_comes_late_does_not_unsign_a_document():
    fate = advance(Fate(), some_news(Stage.ACCEPTED, 9))

    assert advance(fate, some_news(Stage.DELIVERED, 10)).stage is Stage.ACCEPTED
    assert advance(fate, some_news(Stage.REFUSED, 11)).stage is Stage.ACCEPTED


@given(st.permutations([some_news(Stage.SENT, 1), some_news(Stage.DELIVERED, 2),
                        some_news(Stage.DELIVERED, 3, roaming_error=True),
                        some_news(Stage.REFUSED, 4, text="не та сумма"),
                        some_news(Stage.REFUSED, 5, annulment=Annulment.ASKED_BY_US),
                        some_news(Stage.REFUSED, 6, annulment=Annulment.AGREED)]),
       st.integers(0, 5))
def test_the_end_does_not_depend_on_the_order_of_the_news(news, repeated):
    fate = Fate()
    for one in (*news, news[repeated]):
        fate = advance(fate, one)

    assert (fate.stage, fate.annulment, fate.text, fate.as_of) == (Stage.REFUSED, Annulment.AGREED, "не та сумма", 6)


@given(st.lists(st.builds(some_news, st.sampled_from(list(Stage)), st.integers(0, 9))))
def test_a_stage_never_goes_back(news):
    ranks = {stage: rank for rank, stages in enumerate((
        {Stage.PLANNED}, {Stage.TITLED}, {Stage.SIGNED}, {Stage.AWAITS_OUR_SIGNATURE}, {Stage.SENT}, set(FAILED),
        {Stage.DELIVERED}, {Stage.ACCEPTED, Stage.DISAGREED, Stage.REFUSED, Stage.FINISHED})) for stage in stages}
    fates = list(itertools.accumulate(news, advance, initial=Fate()))

    assert all(ranks[before.stage] <= ranks[after.stage] for before, after in itertools.pairwise(fates))


def test_news_of_the_failed_message_does_not_touch_the_next_attempt():
    failed = advance(Fate(), some_news(Stage.SIGNATURE_INVALID, 5, text="истёк сертификат"))
    second = replace(again(failed), message="m2", stage=Stage.SENT)

    assert second.attempt == 2
    assert advance(second, some_news(Stage.DELIVERY_FAILED, 7)) == second


@pytest.mark.parametrize("stage", [stage for stage in Stage if stage not in FAILED])
def test_only_a_failed_document_is_sent_again(stage):
    with pytest.raises(ConflictError):
        again(Fate(stage=stage))


def test_an_annulment_that_was_rejected_may_be_asked_again_but_old_news_do_not_ask_it():
    rejected = advance(Fate(), some_news(Stage.ACCEPTED, 5, annulment=Annulment.REJECTED))

    assert advance(rejected, some_news(Stage.ACCEPTED, 6, annulment=Annulment.ASKED_BY_THEM)).annulment is (
        Annulment.ASKED_BY_THEM)
    assert advance(rejected, some_news(Stage.ACCEPTED, 4, annulment=Annulment.ASKED_BY_THEM)).annulment is (
        Annulment.REJECTED)


def test_an_annulment_that_was_agreed_stays_agreed_whatever_comes_later():
    agreed = advance(Fate(), some_news(Stage.ACCEPTED, 5, annulment=Annulment.AGREED))

    for annulment in Annulment:
        assert advance(agreed, some_news(Stage.ACCEPTED, 6, annulment=annulment)).annulment is Annulment.AGREED


@pytest.mark.parametrize(
    ("fate", "reason"),
    [
        (Fate(stage=Stage.SIGNATURE_INVALID), "signature_invalid"),
        (Fate(stage=Stage.DELIVERY_FAILED), "delivery_failed"),
        (Fate(stage=Stage.DELIVERED, roaming_error=True), "roaming_error"),
        (Fate(stage=Stage.REFUSED), "refused"),
        (Fate(stage=Stage.DISAGREED), "signed_with_disagreements"),
        (Fate(stage=Stage.ACCEPTED, annulment=Annulment.ASKED_BY_THEM), "annulment_asked_by_them"),
        (Fate(stage=Stage.ACCEPTED, annulment=Annulment.AGREED), "annulled"),
        (Fate(stage=Stage.AWAITS_OUR_SIGNATURE), "waits_for_our_signature"),
        (Fate(stage=Stage.ACCEPTED, receipt_due=True), None),
        (Fate(stage=Stage.DELIVERED, clarification=True), "clarification_asked"),
        (Fate(stage=Stage.REFUSED, clarification=True), "refused"),
        (Fate(stage=Stage.ACCEPTED, roaming_error=True), None),
        (Fate(stage=Stage.DELIVERED), None),
    ],
)
def test_a_person_is_given_one_reason(fate, reason):
    assert for_person(fate) == reason


@pytest.mark.parametrize(
    ("fate", "words"),
    [
        (Fate(stage=Stage.REFUSED, text="не та сумма"), "не та сумма"),
        (Fate(stage=Stage.DISAGREED, text="услуг меньше"), "услуг меньше"),
        (
            Fate(stage=Stage.REFUSED, text="не та сумма", annulment=Annulment.ASKED_BY_THEM, annulment_text="дубль"),
            "дубль",
        ),
        (Fate(stage=Stage.ACCEPTED, annulment=Annulment.AGREED, annulment_text="дубль"), "дубль"),
        (Fate(stage=Stage.DELIVERED, clarification=True, clarification_text="другой КПП"), "другой КПП"),
    ],
)
def test_a_person_reads_the_words_of_what_has_happened(fate, words):
    reason = for_person(fate)

    assert reason
    assert words_of(fate, reason) == words


def test_words_of_an_annulment_and_a_clarification_come_with_the_news():
    asked = advance(
        Fate(),
        some_news(Stage.DELIVERED, 5, annulment=Annulment.ASKED_BY_THEM, annulment_text="дубль", clarification=True),
    )
    later = advance(asked, some_news(Stage.DELIVERED, 6, annulment=Annulment.ASKED_BY_THEM))

    assert (later.annulment_text, later.clarification) == ("дубль", True)


def test_a_receipt_is_a_persons_once_it_is_in_trouble():
    asked = Fate(stage=Stage.ACCEPTED, receipt_due=True)

    assert for_person(asked, Receipt(of="e-1")) is None
    assert for_person(asked, Receipt(of="e-1", trouble="не могу")) is Reason.OUR_RECEIPT_IS_DUE
    assert for_person(Fate(stage=Stage.ACCEPTED), Receipt(of="e-1", trouble="не могу")) is None


NOON = datetime(2026, 4, 3, 9, tzinfo=UTC)  # in Moscow


@pytest.mark.parametrize(
    ("receipt", "may"),
    [
        pytest.param(Receipt(of="e-1"), True, id="never tried"),
        pytest.param(Receipt(), False, id="on nothing"),
        pytest.param(Receipt(of="e-1", given_at=NOON - timedelta(days=9)), False, id="given"),
        pytest.param(Receipt(of="e-1", refusals=1, refused_at=NOON - timedelta(hours=11)), False, id="refused today"),
        pytest.param(Receipt(of="e-1", refusals=1, refused_at=NOON - timedelta(hours=13)), True, id="yesterday"),
        pytest.param(Receipt(of="e-1", refusals=4, refused_at=NOON - timedelta(days=1)), True, id="the fifth day"),
        pytest.param(Receipt(of="e-1", refusals=5, refused_at=NOON - timedelta(days=1)), False, id="no sixth"),
    ],
)
def test_a_refused_receipt_is_tried_once_a_day_and_not_for_ever(receipt, may):
    assert may_be_tried(receipt, NOON) is may


@pytest.mark.parametrize(
    ("receipt", "since", "overdue"),
    [
        pytest.param(Receipt(), timedelta(hours=23), False, id="a day is not over"),
        pytest.param(Receipt(), timedelta(hours=24), True, id="a day is over"),
        pytest.param(Receipt(given_at=NOON - timedelta(hours=23)), timedelta(days=5), False, id="given since"),
        pytest.param(Receipt(given_at=NOON - timedelta(hours=24)), timedelta(days=5), True, id="given and still due"),
    ],
)
def test_a_receipt_that_does_not_come_about_is_overdue_after_a_day(receipt, since, overdue):
    assert is_overdue(receipt, NOON - since, NOON) is overdue


def test_an_error_in_roaming_is_seen_after_the_delivery_and_may_pass():
    delivered = advance(Fate(), some_news(Stage.DELIVERED, 1))

    broken = advance(delivered, some_news(Stage.DELIVERED, 2, roaming_error=True, text="узел недоступен"))
    mended = advance(broken, some_news(Stage.DELIVERED, 3))

    assert (for_person(broken), broken.text) == (Reason.ROAMING_ERROR, "узел недоступен")
    assert for_person(mended) is None


def test_an_operation_is_named_by_its_meaning():
    first = operation_id(environment="prod", document="2026-03.act", revision="0", attempt=1)

    assert first == operation_id(environment="prod", document="2026-03.act", revision="0", attempt=1)
    assert len(first) == 64
    assert len({first, operation_id(environment="test", document="2026-03.act", revision="0", attempt=1),
                operation_id(environment="prod", document="2026-03.act", revision="1", attempt=1),
                operation_id(environment="prod", document="2026-03.act", revision="0", attempt=2)}) == 4


def test_events_are_taken_once():
    assert fresh([("1", "a"), ("2", "b"), ("1", "c")], {"2"}) == (("1", "a"),)


@given(st.integers(0, 40), st.integers(1, 5), st.integers(0, 4))
def test_no_event_is_lost_between_pages_even_where_two_share_a_key(count, twins, overlap_more):
    """Events in groups of equal keys, read by a feed that goes on strictly after a key: each is seen exactly once."""
    overlap, limit = twins - 1 + overlap_more, 12
    feed = [(f"event-{i}", f"key-{i // twins:03}") for i in range(count)]
    cursor, seen = "", list[str]()
    for _ in range(60):
        page = [event for event in feed if event[1] > cursor][:limit]
        seen += [id_ for id_, _ in fresh(page, seen)]
        cursor = cursor_after([key for _, key in page], before=cursor, page_is_full=len(page) == limit, overlap=overlap)

    assert seen == [id_ for id_, _ in feed]
