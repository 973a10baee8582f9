"""The campaign survives the end of its process at any call, answers that are lost, and an operator that is away."""

from __future__ import annotations

from collections import Counter
from functools import cache
from typing import Any

import pytest

from billing.domain.edo_reasons import Reason
from billing.domain.edo_standing import Standing
from billing.ports import Write
from billing.usecases.edo.counterparties import kept_page
from local.company.client import a_company, an_entrepreneur
from local.diadoc.faults import FaultKind
from tests.edo.cutting import Cut
from tests.edo.house import EdoHouse
from tests.edo.test_invitations import campaign, paying, run

NEW, SILENT = a_company(601, "ООО «Новый»"), a_company(602, "ООО «Молчун»")
ASKS_US, NOWHERE = a_company(603, "ООО «Первый»"), a_company(604, "ООО «Нигде»")
TWO_BOXES, REFUSES = a_company(605, "ООО «Два ящика»"), a_company(606, "ООО «Нет»")
ALONE = an_entrepreneur(61, "ИП Один")


def in_february() -> EdoHouse:
    """On 20 February: one silent since January, one that has refused, and the rest new."""
    house = EdoHouse(*paying(SILENT, REFUSES), at="2026-01-20 10:00")
    house.client(SILENT)
    refusing = house.client(REFUSES)
    campaign(house)
    campaign(house.wait(hours=24))
    house.refuses_us(refusing, "не надо")
    for n, payer in enumerate((NEW, ASKS_US, NOWHERE, ALONE, TWO_BOXES), 11):
        house.tell(*({**message, "account": f"c-0000{n}"} for message in paying(payer)))
    house.client(NEW)
    house.invites_us(house.client(ASKS_US))
    house.twins(TWO_BOXES)
    house.diadoc.register_company(inn=NOWHERE["inn"], name=NOWHERE["name"])
    house.at("2026-02-20 10:00").mailer.letters.clear()
    return house


def finish(house: EdoHouse) -> None:
    """Later processes make what is left of the six days."""
    house.queue.sent.clear()  # hints die with their sender; the sweep repeats them
    house.wait(minutes=2).edo = house.a_worker()
    for day in range(20, 26):
        for _ in range(3):
            campaign(house)
            house.wait(minutes=20)
        house.at(f"2026-02-{min(day + 1, 25)} 10:00")
    for _ in range(3):
        house.wait(minutes=20).sweep()


def outcome(house: EdoHouse) -> dict[str, Any]:
    """What must be the same however the campaign was cut."""
    payers = [one.payer for one in kept_page(house.outside)[0]]
    reports = [s.row for s in house.store.query("control", "edo.reports", prefix="invitations.2026-02").rows]
    sections = [section for row in reports for section in row["sections"]]
    lines = [(section["name"], line) for section in sections for line in section["lines"] if line["fresh"]]
    return {
        "standings": {p.name: (p.standing, p.partnership, bool(p.task or p.pending)) for p in payers},
        "invited": Counter(house.invited()),
        "people": {line.inn: line.reason for line in house.for_people().values()},
        "told": Counter((name, line["who"], line.get("reason", "")) for name, line in lines),
        "letters": Counter(to for to, _, _ in house.mailer.letters if to.endswith("client.example")),
    }


@cache
def undisturbed() -> tuple[int, dict[str, Any]]:
    house, cut = in_february(), Cut()
    with cut.watching(house):
        run(house)
    finish(house)
    return cut.calls, outcome(house)


def test_the_undisturbed_campaign_does_everything_once():
    _, done = undisturbed()

    assert done["standings"]["ООО «Первый»"][0] is Standing.ACCEPTED
    assert set(done["invited"].values()) == {1}
    assert len(done["invited"]) == 4  # two of January, two of February
    assert done["letters"] == {"c-000001@client.example": 1}
    assert set(done["people"].values()) == {
        Reason.ENTREPRENEUR_NOT_FOUND,
        Reason.SEVERAL_BOXES,
        Reason.REFUSED_BY_THEM,
    }
    assert done["told"] == {
        ("invited", "ООО «Новый»", ""): 1,
        ("invited", "ООО «Нигде»", ""): 1,
        ("reminded", "ООО «Молчун»", ""): 1,
        ("accepted", "ООО «Первый»", ""): 1,
        ("person", "ИП Один", "entrepreneur_not_found"): 1,
        ("person", "ООО «Два ящика»", "several_boxes"): 1,
        ("refused", "ООО «Нет»", "refused_by_them"): 1,
    }


@pytest.mark.parametrize("after", [False, True], ids=["before it", "after it"])
def test_a_process_may_end_at_any_call(after):
    calls, expected = undisturbed()
    assert calls > 60

    for at in range(1, calls + 1):
        house = in_february()
        with Cut(at, after=after).watching(house):
            run(house)
        finish(house)

        assert outcome(house) == expected, f"cut at call {at}"


@pytest.mark.parametrize(
    "kind", [kind for kind in FaultKind if kind not in (FaultKind.SLOW, FaultKind.GONE, FaultKind.NO_SUBSCRIPTION)]
)
@pytest.mark.parametrize(
    "endpoint",
    [
        "V3/AcquireCounteragent",
        "V3/AcquireCounteragentResult",
        "V1/GetCounteragentEvents",
        "V3/GetCounteragents",
        "V2/GetOrganizationsByInnList",
        "GetRoamingOperators",
        "GetMyOrganizations",
    ],
)
def test_one_fault_of_the_operator_changes_nothing_in_the_end(kind, endpoint):
    """An unknown status is a line for a person for as long as it is unknown."""
    _, expected = undisturbed()
    house = in_february()
    house.edo = house.a_worker()
    status = {"status": 504, "after_commit": True} if kind is FaultKind.SERVER_ERROR else {}
    house.fail(kind.value, endpoint, **status)

    campaign(house)
    finish(house)

    done = outcome(house)
    assert done["invited"] == expected["invited"]
    assert done["standings"] == expected["standings"]
    assert done["people"] == expected["people"]
    assert done["letters"] == expected["letters"]


@pytest.mark.parametrize(("endpoint", "state"), [("V3/AcquireCounteragent", "waiting"), ("*", "unfinished")])
def test_an_operator_that_never_answers_is_left_for_the_next_run(endpoint, state):
    house = in_february()
    house.fail("server_error", endpoint, status=503, times=0)

    ran = run(house)
    house.diadoc.forget_faults()
    finish(house)

    assert (ran.state, ran.stopped) == (state, "")
    assert outcome(house)["invited"] == undisturbed()[1]["invited"]


def test_an_ended_subscription_stops_the_run_with_an_alarm_and_a_line_for_a_person():
    house = in_february()
    house.fail("no_subscription", "V3/AcquireCounteragent", skip=1, times=0)

    ran = campaign(house)

    assert "оплаты API" in ran.stopped
    assert house.metrics.counts["EdoStopped"] == 1
    assert house.for_people()["edo.operator"].reason is Reason.PAYMENT_REQUIRED
    assert ran.report  # what was done before is told
    house.diadoc.forget_faults()
    campaign(house.wait(minutes=20))
    assert "edo.invite" not in house.for_people()


def test_answers_full_of_what_nobody_has_heard_of_break_nothing():
    house = in_february()
    house.fail("unknown_enum", times=0)

    assert campaign(house).state == "done"
    lines = house.for_people().values()
    assert {line.reason for line in lines} >= {Reason.UNKNOWN_STATUS}
    house.diadoc.forget_faults()
    finish(house)

    assert outcome(house)["people"] == undisturbed()[1]["people"]
    assert outcome(house)["invited"] == undisturbed()[1]["invited"]


def test_an_invitation_whose_answer_was_lost_is_not_repeated_to_one_who_has_refused_it():
    house = EdoHouse(*paying(NEW))
    box = house.client(NEW)
    house.fail("lost_answer", "V3/AcquireCounteragent", times=0)
    house.fail("too_many_requests", "V2/GetOrganizationsByInnList", skip=1, times=0)
    assert campaign(house).state == "unfinished"
    assert house.counterparty(NEW).pending == f"invite:{box}"
    house.diadoc.forget_faults()
    house.wait(minutes=5).refuses_us(box)

    campaign(house)

    assert (house.relation(box), house.invited()) == ("RejectsMe", [box])
    assert house.for_people()[f"payer.{NEW['inn']}.{NEW['kpp']}"].reason is Reason.REFUSED_BY_THEM


def test_a_page_of_the_feed_that_is_read_again_is_no_news():
    house = EdoHouse(*paying(NEW))
    box = house.client(NEW)
    campaign(house)
    house.wait(minutes=5).accepts(box)
    campaign(house.at("2026-02-21 10:00"))
    (cursor,) = [s for s in house.store.rows("control") if (s.pk, s.sk) == ("edo.cursors", "counterparties")]
    row = {**cursor.row, "cursor": "", "seen": []}
    house.store.tx([Write("control", cursor.pk, cursor.sk, row, cursor.version)])

    ran = campaign(house.at("2026-02-22 10:00"))

    assert (ran.state, ran.report) == ("done", "")


def test_a_cursor_that_the_operator_does_not_know_any_more_is_given_up_and_nothing_is_missed():
    house = EdoHouse(*paying(NEW))
    box = house.client(NEW)
    campaign(house)
    campaign(house.at("2026-02-21 10:00"))
    (cursor,) = [s for s in house.store.rows("control") if (s.pk, s.sk) == ("edo.cursors", "counterparties")]
    row = {**cursor.row, "cursor": "of another age"}
    house.store.tx([Write("control", cursor.pk, cursor.sk, row, cursor.version)])
    house.accepts(box)

    assert campaign(house.at("2026-02-22 10:00")).state == "done"

    assert house.counterparty(NEW).standing is Standing.ACCEPTED


def test_a_pass_of_yesterday_is_ended_and_todays_is_made_in_one_run():
    house = EdoHouse(*paying(NEW, SILENT))
    house.fail("too_many_requests", "V3/AcquireCounteragent", retry_after_s=600, skip=1, times=1)
    boxes = [house.client(NEW), house.client(SILENT)]
    assert (run(house).state, len(house.calls("V3/AcquireCounteragent"))) == ("unfinished", 2)

    assert campaign(house.at("2026-02-21 10:00")).state == "done"

    assert sorted(house.invited()) == sorted(boxes)
    stored = house.store.get("control", "edo.invitations", "2026-02")
    assert stored
    assert {day: told["step"] for day, told in stored.row["days"].items()} == {
        "2026-02-20": "tasks",
        "2026-02-21": "done",
    }


@pytest.mark.parametrize("endpoint", ["AcquireCounteragent?", "GetOrganizationsByInnList", "GetCounteragentEvents"])
def test_two_runs_at_once_invite_once(endpoint):
    house = in_february()
    waiting = [house.a_worker()]

    def another(request: Any) -> None:
        if endpoint in str(request.url) and waiting:
            mine, house.edo = house.edo, waiting.pop()
            run(house)
            house.edo = mine

    house.transport.before = another
    run(house)
    finish(house)

    assert not waiting
    done, expected = outcome(house), undisturbed()[1]
    assert done["invited"] == expected["invited"]
    assert done["standings"] == expected["standings"]
    assert done["letters"] == expected["letters"]
