"""The quarter: what is due goes to the operator once, signed, and only then."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from billing.adapters.diadoc.settings import ACT_WITH_INVOICE, KindSettings
from billing.adapters.diadoc.titles.preparing import DiadocTitles
from billing.domain.documents import DocumentKind
from billing.domain.edo import RoamingRequest
from billing.domain.edo_policy import ActForm, Packing
from billing.domain.edo_sending import Schedule, Scope, SendingSettings
from billing.ports import Write
from billing.records_edo import LEFT
from billing.usecases.edo.counterparties import change
from billing.usecases.edo.relations import read_list
from billing.usecases.edo.sending.by_hand import once_more
from billing.usecases.notifications import change_notifications
from billing.usecases.orders import order_invoice, order_reconciliation
from local.company.client import a_company
from local.diadoc.http_shapes import Answer
from tests.edo.house import POLICY
from tests.edo.quarter import ACTS, CONTRACT, FEBRUARY, JANUARY, QuarterHouse, a_quarter
from tests.edo.test_invitations import campaign
from tests.usecases.house import ACCOUNT, ROMASHKA, VASILYOK, a_card, a_charge, a_payment

UTD = "UniversalTransferDocument"
INN = ROMASHKA["inn"]
RECONCILIATIONS = frozenset({DocumentKind.RECONCILIATION})
BOTH = frozenset({DocumentKind.CONTRACT, DocumentKind.INVOICE})


def with_sending(**settings):
    return replace(POLICY, sending=SendingSettings(**{"schedule": Schedule.QUARTERLY, **settings}))


# --- what is due -------------------------------------------------------------------------------------------------


def test_the_acts_of_the_quarter_go_once():
    house = QuarterHouse(a_card(), *a_quarter())
    house.partner()

    run = house.send()

    assert (run.sent, run.left, run.ended, run.stopped, run.waits) == (3, 0, True, "", "")
    assert house.sent == [(act, UTD) for act in ACTS]
    assert house.waiting == []
    assert house.states == {"sent": 3}
    before = house.everything()
    assert house.send("2026-04-02 06:00").sent == 0
    assert len(house.at_the_operator()) == 3
    assert house.everything() == before


def test_nothing_goes_before_the_last_month_is_closed():
    house = QuarterHouse(a_card(), *a_quarter(), until=FEBRUARY)
    house.partner()

    run = house.send("2026-04-01 12:00")

    assert (run.window, run.sent, house.left) == ("", 0, {})
    assert house.sent == []


@pytest.mark.parametrize(
    ("day", "sent"),
    [
        pytest.param("2026-04-06 04:00", 0, id="after the window"),
        pytest.param("2026-05-02 04:00", 0, id="in a month without one"),
        pytest.param("2026-07-01 04:00", 3, id="in the next one, what was missed"),
    ],
)
def test_a_window_is_five_days_after_a_quarter(day, sent):
    house = QuarterHouse(a_card(), *a_quarter())
    house.partner()
    if sent:
        for n in (4, 5, 6):
            house.night(JANUARY.plus(n - 1))

    assert house.send(day).sent == sent


def test_outside_of_a_window_nothing_is_asked():
    house = QuarterHouse(a_card(), *a_quarter())
    house.partner()

    house.send("2026-04-06 04:00")

    assert house.calls() == []


def test_by_hand_the_last_window_is_still_open():
    house = QuarterHouse(a_card(), *a_quarter())
    house.partner()

    assert house.send("2026-04-09 12:00", force=True).sent == 3


def test_a_company_without_a_policy_sends_nothing():
    house = QuarterHouse(a_card(), *a_quarter(), policy=None)
    house.partner()

    assert house.send().window == ""
    assert house.waiting == []


def test_by_month_an_act_goes_in_the_next_month():
    monthly = with_sending(schedule=Schedule.MONTHLY)
    house = QuarterHouse(a_card(), *a_quarter(), policy=monthly)
    house.partner()

    run = house.send("2026-04-03 04:00")

    assert (run.window, run.sent) == ("2026-03", 3)


def test_only_acts_with_money_from_the_bank_go_where_the_company_says_so():
    other = a_company(777, "ООО «Карта»")
    card = a_card(payers=[ROMASHKA, other])
    house = QuarterHouse(
        card,
        a_payment(1_000_00),
        a_payment(2_000_00, **{"class": "CARD_LE"}, payer={"inn": other["inn"], "kpp": other["kpp"]}),
        a_charge(3_000_00, at="2026-03-31T23:59:00+03:00"),
        policy=with_sending(scope=Scope.BANK),
    )
    house.partner()
    house.partner(other)

    assert house.send().sent == 1
    assert house.sent == [(f"2026-03.act.{ROMASHKA['inn']}.0", UTD)]


# --- as what it goes ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("vat", "function"), [pytest.param("standard", "СЧФДОП", id="with VAT"), pytest.param("none", "ДОП", id="without")]
)
def test_an_act_goes_with_an_invoice_where_the_seller_charges_vat(vat, function):
    house = QuarterHouse(a_card(), *a_quarter(vat=vat))
    house.partner()

    house.send()

    assert {d["function"] for d in house.at_the_operator()} == {function}
    assert house.at_the_operator()[0]["metadata"]["TotalSum"] == "1000.00"


def test_by_setting_an_act_goes_in_another_workflow():
    house = QuarterHouse(a_card(), *a_quarter())
    house.partner()
    house.titles = DiadocTitles(KindSettings(act_with_invoice=replace(ACT_WITH_INVOICE, workflow=16)))
    said = []

    def noted(request):
        if "PostMessage" in request.url.path:
            said.extend(attached.get("WorkflowId") for attached in json.loads(request.content)["DocumentAttachments"])

    house.transport.before = noted

    assert house.send().sent == 3
    assert said == [16, 16, 16]


def test_by_setting_the_paper_itself_goes():
    house = QuarterHouse(a_card(), *a_quarter(), policy=replace(POLICY, act_form=ActForm.FILE))
    house.partner()

    house.send()

    first = house.at_the_operator()[0]
    assert (first["type_named_id"], first["needs_recipient_signature"]) == ("AcceptanceCertificate", True)
    assert first["metadata"]["DocumentNumber"] == "1"
    kept = house.files.files[f"edo/{ACCOUNT}/{ACTS[0]}.1.pdf"]
    assert kept == house.files.files[f"docs/{ACCOUNT}/{ACTS[0]}.pdf"]


def test_by_setting_invoices_go_too():
    house = QuarterHouse(a_card(), *a_quarter(), policy=with_sending(kinds=BOTH))
    house.tell(a_charge(30_000_00, at="2026-03-30T12:00:00+03:00"))
    house.partner()

    house.send()

    kinds = [kind for _, kind in house.sent]
    assert kinds.count("ProformaInvoice") == len(house.documents(kind="invoice"))


def wants_reconciliations(house):
    change_notifications(
        ACCOUNT, added=(), reconciliation=True, version=0, outside=house.outside, link=lambda *_: "https://crm.example"
    )


@pytest.mark.parametrize(
    ("kinds", "sent"), [pytest.param(BOTH, 1, id="by setting"), pytest.param(RECONCILIATIONS, 0, id="not else")]
)
def test_an_invoice_that_a_client_has_ordered_goes_once_like_the_others(kinds, sent):
    house = QuarterHouse(a_card(), *a_quarter(), policy=with_sending(kinds=kinds))
    house.partner()
    for _ in range(2):
        ordered = order_invoice(ACCOUNT, amount=3_000_00, payer=INN, key="k-1", outside=house.outside, user="u-1")

    house.send("2026-04-02 04:00")
    house.send("2026-04-02 06:00")

    assert [ordered.status, *ordered.id.split(".")[:2]] == ["ready", "2026-04-02", "invoice"]
    assert house.sent.count((ordered.id, "ProformaInvoice")) == sent
    assert house.waiting == []


def test_an_ordered_invoice_that_was_withdrawn_does_not_go():
    house = QuarterHouse(a_card(), *a_quarter(), policy=with_sending(kinds=BOTH))
    house.partner()
    ordered = order_invoice(ACCOUNT, amount=3_000_00, payer=INN, key="k-1", outside=house.outside, user="u-1")
    stored = house.store.get("documents", ACCOUNT, ordered.id)
    row = {**stored.row, "status": "void"}
    house.store.tx([Write("documents", ACCOUNT, ordered.id, row, stored.version)])

    house.send()

    assert ordered.id not in [id for id, _ in house.sent]
    assert house.waiting == []


def test_by_setting_the_quarters_reconciliation_goes_after_the_acts():
    house = QuarterHouse(a_card(), *a_quarter(), policy=with_sending(kinds=RECONCILIATIONS), until=FEBRUARY)
    house.partner()
    wants_reconciliations(house)
    house.night(FEBRUARY.next)

    house.send()

    assert [kind for _, kind in house.sent] == [UTD, UTD, UTD, "ReconciliationAct"]
    assert house.at_the_operator()[-1]["version"] == "reconciliationact405_05_01_01"


def test_one_that_was_ordered_for_the_quarter_goes_too_and_one_for_other_days_does_not():
    house = QuarterHouse(a_card(), *a_quarter(), policy=with_sending(kinds=RECONCILIATIONS))
    house.partner()
    house.at("2026-04-02 01:00")
    for key, last in (("a", date(2026, 3, 31)), ("b", date(2026, 3, 30))):
        order_reconciliation(
            ACCOUNT, payer=INN, first=date(2026, 1, 1), last=last, key=key, outside=house.outside, user="u-1"
        )

    assert house.send().sent == 4
    assert [kind for _, kind in house.sent].count("ReconciliationAct") == 1


def with_100_given_back(**charge: str) -> QuarterHouse:
    """Charge 2 000 in January, take 100 of them back in February, charge 500 then, and close both months."""
    january = a_charge(2_000_00, at="2026-01-31T23:59:00+03:00", key="charge:wrong", **charge)
    house = QuarterHouse(a_card(), a_payment(30_000_00), january, until=JANUARY)
    house.partner()
    too_much = {"kind": "reversal", "key": "reversal:1", "charge": "charge:wrong", "amount": 100_00, "reason": "лишнее"}
    house.tell({**too_much, "account": ACCOUNT, "at": "2026-02-20T12:00:00+03:00"})
    house.tell(a_charge(500_00, at="2026-02-28T23:59:00+03:00"))
    house.night(FEBRUARY.next)
    return house


def test_what_the_format_cannot_say_is_a_persons_and_the_rest_goes():
    """100 without VAT are given back, and the act has no other service without VAT to take them off."""
    house = with_100_given_back(vat="none")

    run = house.send()

    assert (run.sent, house.left) == (1, {"not_sayable": 1})
    line = house.for_people()[f"document.{ACCOUNT}.{ACTS[1]}"]
    why = "перерасчёт больше остальных услуг без НДС: нужен корректировочный документ"
    assert (line.reason, line.detail) == ("not_sayable", why)
    house.send("2026-04-02 06:00")
    assert [document for document, _ in house.sent] == [ACTS[0]]


def test_a_taxed_recalculation_is_held_before_it_has_a_number_and_both_acts_go():
    house = with_100_given_back()

    assert (house.send().sent, house.left) == (2, {})


# --- to whom -----------------------------------------------------------------------------------------------------


def test_who_has_not_accepted_waits_and_gets_it_when_he_has():
    house = QuarterHouse(a_card(), *a_quarter())
    box = house.client()

    assert house.send().sent == 0
    assert house.left == {"not_partners": 3}
    house.diadoc.make_partners(box=house.us.box_id, partner=box)

    assert house.send("2026-04-04 10:00").sent == 3
    assert house.left == {}


def test_a_payer_with_two_boxes_is_a_persons_and_the_others_go():
    house = QuarterHouse(
        a_card(),
        *a_quarter(),
        a_card("c-000002", payers=[VASILYOK]),
        *a_quarter("c-000002", payer={"inn": VASILYOK["inn"], "kpp": VASILYOK["kpp"]}),
    )
    house.twins()
    house.partner(VASILYOK)

    run = house.send()

    assert (run.sent, house.left) == (3, {"several_boxes": 3})
    assert house.reasons() == {f"payer.{ROMASHKA['inn']}.{ROMASHKA['kpp']}": "several_boxes"}


def test_a_break_up_between_the_look_and_the_sending_leaves_the_document_waiting():
    house = QuarterHouse(a_card(), *a_quarter())
    box = house.partner(sociability="CounteragentsOnly")

    def breaks_up(request):
        if "PostMessage" in request.url.path and house.relation(box) == "IsMyCounteragent":
            house.refuses_us(box, "больше не работаем")

    house.transport.before = breaks_up
    run = house.send()

    assert (run.sent, run.ended, house.sent) == (0, True, [])
    assert house.counterparty().partnership == "they_refused"
    assert len(house.waiting) == 3
    house.transport.before = lambda request: None
    house.diadoc.make_partners(box=house.us.box_id, partner=box)
    assert house.send("2026-04-03 04:00").sent == 3


def test_acts_of_a_branch_go_to_its_department():
    house = QuarterHouse(a_card(), *a_quarter())
    box = house.partner(kpp="990001001", branches=[ROMASHKA["kpp"]])

    run = house.send()

    (branch,) = house.diadoc.organizations()[-1].departments
    assert (run.sent, house.left) == (3, {})
    sent = house.diadoc.export_state()["state"]["messages"].values()
    assert {(message["to_box"], message["to_department"]) for message in sent} == {(box, branch.department_id)}


def test_a_branch_is_known_though_the_list_of_partners_leaves_departments_out():
    house = QuarterHouse(a_card(), *a_quarter())
    house.partner(kpp="990001001", branches=[ROMASHKA["kpp"]])
    read_list("", house.outside, house.edo)

    assert house.send().sent == 3


@pytest.mark.parametrize(
    ("accepts", "sent"), [pytest.param(True, 3, id="accepted at home"), pytest.param(False, 0, id="really silent")]
)
def test_a_roaming_client_that_looks_silent_for_a_month_is_tried(accepts, sent):
    house = QuarterHouse(a_card(), *a_quarter())
    house.diadoc.add_operator(fns_id="2BE", name="Другой", features=["SupportsAutoInvitation"])
    box = house.client(operator="2BE", hides_acceptance=True)
    house.send()  # the payer is known from now on
    house.at("2026-02-20 10:00").edo.edo.invite(box=box)
    house.wait(minutes=1).diadoc.advance(seconds=0)
    change(INN, ROMASHKA["kpp"], house.outside, lambda payer: replace(payer, invited={box: date(2026, 2, 20)}))
    if accepts:
        house.accepts(box)

    run = house.send("2026-04-03 04:00")

    assert house.relation(box) == "IsInvitedByMe"
    assert (run.sent, run.left, run.ended) == (sent, 3 - sent, True)


def test_a_roaming_client_that_a_person_invited_is_tried_by_the_day_that_the_campaign_has_heard():
    house = QuarterHouse(a_card(), *a_quarter())
    house.diadoc.add_operator(fns_id="2BE", name="Другой", features=["SupportsAutoInvitation"])
    box = house.client(operator="2BE", hides_acceptance=True)
    house.at("2026-02-20 10:00").edo.edo.invite(box=box)
    house.wait(minutes=1).diadoc.advance(seconds=0)
    assert campaign(house).state == "done"
    house.accepts(box)

    run = house.send("2026-04-02 06:00")

    assert (house.counterparty().invited, house.relation(box)) == ({}, "IsInvitedByMe")
    assert (run.sent, run.left) == (3, 0)


def test_sending_forgets_nothing_of_an_invitation_that_wants_our_signature():
    house = QuarterHouse(a_card(), *a_quarter())
    box = house.client()
    house.invites_us(box, with_document=True)
    campaign(house.at("2026-04-20 10:00"))

    house.send("2026-04-20 16:00", force=True)
    campaign(house.at("2026-04-21 10:00"))

    assert house.calls("V3/AcquireCounteragent") == []
    assert house.reasons() == {f"payer.{INN}.{ROMASHKA['kpp']}": "invitation_wants_signature"}


def test_a_recipient_that_has_blocked_us_is_a_persons_and_is_tried_once_a_day():
    house = QuarterHouse(a_card(), *a_quarter())
    box = house.partner()
    house.diadoc.change_organization(box=box, blocks=[house.us.box_id])

    run = house.send("2026-04-02 04:00")

    assert (run.sent, run.left) == (0, 3)
    assert house.reasons() == {f"document.{ACCOUNT}.{act}": "refused_by_them" for act in ACTS}
    house.diadoc.change_organization(box=box, blocks=[])
    assert (house.send("2026-04-02 06:00").sent, house.left) == (0, {"refused_by_them": 3})
    assert len(house.calls("V3/PostMessage")) == 3

    assert (house.send("2026-04-03 04:00").sent, house.reasons()) == (3, {})


def test_a_request_for_roaming_that_is_needed_at_last_is_asked_of_a_person_and_sending_is_tried_once_a_day():
    house = QuarterHouse(a_card(), *a_quarter())
    house.diadoc.add_operator(fns_id="2BE", name="Другой", features=["SupportsAutoInvitation"])
    house.partner(operator="2BE")
    answer, asked = house.diadoc.answer, list[str]()

    def closed(verb: str, target: str, *told: Any) -> Any:
        if not target.startswith("/V3/PostMessage"):
            return answer(verb, target, *told)
        asked.append(target)
        headers = {"X-Diadoc-ErrorCode": "Invitations.RoamingOperatorRequestIsRequired"}
        return Answer(status=409, body=b"Apply for roaming", content_type="text/plain", headers=headers)

    house.diadoc.answer = closed  # type: ignore[method-assign]
    run = house.send("2026-04-02 04:00")

    expected = {f"document.{ACCOUNT}.{act}": "roaming_request_needed" for act in ACTS}
    assert (run.sent, house.left, house.reasons()) == (0, {"roaming_request_needed": 3}, expected)
    assert house.counterparty().roaming_request is RoamingRequest.NEEDED
    assert {line.detail for line in house.for_people().values()} == {"дословно: «Apply for roaming»"}
    house.send("2026-04-02 06:00")
    assert (len(asked), house.left, house.reasons()) == (3, {"roaming_request_needed": 3}, expected)

    house.diadoc.answer = answer  # type: ignore[method-assign]

    assert (house.send("2026-04-03 04:00").sent, house.reasons()) == (3, {})


# --- messages ----------------------------------------------------------------------------------------------------


def test_what_the_operator_does_not_take_waits_for_a_person_and_is_tried_once_a_day():
    house = QuarterHouse(a_card(), *a_quarter())
    house.partner()
    house.fail("server_error", "V3/PostMessage", status=400, times=3)

    run = house.send("2026-04-02 04:00")

    assert (run.sent, house.left, len(house.calls("V3/PostMessage"))) == (0, {"not_taken": 3}, 3)
    assert house.reasons() == {f"document.{ACCOUNT}.{act}": "not_taken" for act in ACTS}
    told = house.store.rows("control")
    for hour in ("06:00", "20:00"):
        assert (house.send(f"2026-04-02 {hour}").sent, house.left) == (0, {"not_taken": 3})
    assert len(house.calls("V3/PostMessage")) == 3
    assert [s.row["lines"] for s in house.store.rows("control") if s.pk == LEFT] == [
        s.row["lines"] for s in told if s.pk == LEFT
    ]
    assert house.send("2026-04-03 04:00").sent == 3


def test_what_a_person_sends_anew_goes_at_once():
    house = QuarterHouse(a_card(), *a_quarter())
    house.partner()
    house.fail("server_error", "V3/PostMessage", status=400, times=3)
    house.send("2026-04-02 04:00")

    once_more(ACCOUNT, ACTS[1], house.outside)

    assert house.send("2026-04-02 06:00").sent == 1
    assert house.sent == [(ACTS[1], UTD)]
    assert house.edo_state(ACTS[1]).refused_at == ""


def test_a_packet_is_one_message_for_each_payer():
    house = QuarterHouse(a_card(), *a_quarter(), policy=replace(POLICY, packing=Packing.PACKET))
    house.set_policy(replace(POLICY, packing=Packing.PACKET), contract=CONTRACT)
    house.partner()

    run = house.send()

    assert run.sent == 4
    assert len({d["message_id"] for d in house.at_the_operator()}) == 1
    contract = next(d for d in house.at_the_operator() if d["type_named_id"] == "Contract")
    assert house.sent[0][1] == "Contract"
    act = next(d for d in house.at_the_operator() if d["type_named_id"] == UTD)
    assert act["initial"] != []
    assert contract["initial"] == []


def test_an_accepted_act_takes_at_most_four_calls():
    """Two of its own, the title and the message; the look at the payers is the account's, the rest is the run's."""
    house = QuarterHouse(a_card(), *a_quarter())
    house.partner()

    house.send()

    endpoints = [call["endpoint"] for call in house.calls()]
    assert endpoints.count("generatetitlexml") == 3
    assert endpoints.count("v3/postmessage") == 3
    assert endpoints.count("v2/getorganizationsbyinnlist") == 1  # of the account; nothing is left for the preflight
    assert len(endpoints) <= 4 * 3


@pytest.mark.parametrize("after_commit", [False, True], ids=["before it was taken", "after it was taken"])
def test_a_lost_answer_makes_no_second_document(after_commit):
    house = QuarterHouse(a_card(), *a_quarter())
    house.partner()
    house.fail("lost_answer", "V3/PostMessage", after_commit=after_commit, times=4)

    first = house.send()
    house.diadoc.forget_faults()
    second = house.send("2026-04-02 06:00")

    assert (first.sent, first.left, second.ended) == (2, 1, True)
    assert sorted(house.sent) == [(act, UTD) for act in ACTS]
    assert house.waiting == []


def test_what_the_operator_still_works_on_is_asked_once_more_and_does_not_hold_up_the_rest():
    house = QuarterHouse(a_card(), *a_quarter())
    house.partner()
    house.fail("still_running", "V3/PostMessage", times=1, retry_after_s=600)

    run = house.send()

    assert (run.sent, run.ended) == (3, True)
    assert sorted(house.sent) == [(act, UTD) for act in ACTS]


def test_an_operator_that_refuses_us_stops_the_run():
    house = QuarterHouse(a_card(), *a_quarter())
    house.partner()
    house.fail("no_subscription", "V3/PostMessage")

    run = house.send()

    assert run.stopped
    assert house.reasons()["edo.operator"] == "payment_required"
    house.diadoc.forget_faults()
    assert house.send("2026-04-02 06:00").sent == 3
    assert house.reasons() == {}


def of_six() -> QuarterHouse:
    """Six partners with three acts each."""
    told = []
    payers = [a_company(800 + n, f"ООО «Клиент {n}»") for n in range(6)]
    for n, payer in enumerate(payers):
        account = f"c-0001{n:02}"
        told.append(a_card(account, payers=[payer]))
        told += a_quarter(account, payer={"inn": payer["inn"], "kpp": payer["kpp"]})
    house = QuarterHouse(*told)
    for payer in payers:
        house.partner(payer)
    return house


def test_a_run_stops_when_its_time_is_up_and_the_next_goes_on():
    house = of_six()

    runs = [house.send(f"2026-04-02 {hour:02}:00", minutes=0.12) for hour in range(4, 24)]

    assert not runs[0].ended
    assert 0 < runs[0].sent < 18
    assert sum(run.sent for run in runs) == 18
    assert len(house.sent) == len(set(house.sent)) == 18
    assert house.waiting == []


def test_between_the_hours_a_round_that_was_cut_off_goes_on():
    house = of_six()
    first = house.send("2026-04-02 04:00", minutes=0.12)

    runs = [house.send(f"2026-04-02 04:{minute}", go_on=True) for minute in (15, 30, 45)]

    assert 0 < first.sent < 18
    assert [(run.sent, run.ended) for run in runs] == [(18 - first.sent, True), (0, False), (0, False)]


def test_between_the_hours_no_round_is_begun():
    house = QuarterHouse(a_card(), *a_quarter())
    house.partner()

    before, first = house.send("2026-04-02 03:45", go_on=True), house.send("2026-04-02 04:00")
    house.diadoc.forget_calls()
    after = house.send("2026-04-02 04:15", go_on=True)

    assert [(run.sent, run.ended) for run in (before, first, after)] == [(0, False), (3, True), (0, False)]
    assert house.calls() == []


def test_a_round_that_the_operator_was_away_for_goes_on_between_the_hours():
    house = QuarterHouse(a_card(), *a_quarter())
    house.partner()
    house.fail("too_many_requests", times=9, retry_after_s=60)

    assert (house.send().sent, house.send("2026-04-02 04:15", go_on=True).sent) == (0, 0)
    house.diadoc.forget_faults()

    assert house.send("2026-04-02 04:30", go_on=True).sent == 3
