"""What comes once in a while, played on purpose: with its end known."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest

from tests.world.tale import light_papers
from tests.world_edo.company import WAYS, Company, document_keys, moscow
from tests.world_edo.invariants import stage_of
from tests.world_edo.tale import play
from tests.world_edo.world import EdoWorld


@pytest.fixture(autouse=True)
def _light_papers():
    with light_papers():
        yield


def stages(world: Company) -> dict[str, list[str]]:
    """Where the documents of each client ended."""
    found: dict[str, list[str]] = {}
    for row in document_keys(world).values():
        found.setdefault(world.ways[row["payer"]].name, []).append(row["state"]["fate"]["stage"])
    return found


def test_what_an_undisturbed_quarter_comes_to():
    world = play("quarter", "quarter")

    assert stages(world) == {
        "ООО «Два»": ["accepted"] * 3,
        "ООО «Четвёртое»": ["accepted"] * 3,
        "ООО «Нет»": ["refused"] * 3,
    }
    assert world.watch.writes["v3/postmessage"] == 9


def test_a_hard_quarter_tells_whose_signature_was_bad_and_who_has_left():
    world, left = play("quarter", "hard quarter"), play("quarter", "break-up")

    assert sorted(stages(world)["ООО «Подпись»"]) == ["accepted", "accepted", "signature_invalid"]
    assert world.watch.writes["v3/postmessage"] == 13, "twelve documents, one of them twice"
    assert stages(world)["ООО «Молчун»"] == ["delivered"] * 3
    assert set(stages(left)["ООО «Врозь»"]) == {"signed"}


def test_what_a_quarter_comes_to_where_a_person_confirms_in_the_cloud():
    """The first task is cancelled and the second forgotten; then a packet for each client goes."""
    world = play("quarter", "cloud")

    assert stages(world) == {"ООО «Два»": ["accepted"] * 4, "ООО «Нет»": ["refused"] * 4}
    assert [len(message.documents) for message in world.state.messages.values()] == [4, 4]
    assert set(world.diadoc.cloud_tasks().values()) == {"CanceledByUser", "Timeout", "Completed"}
    assert set(world.asked_to_sign.values()) == {2}


def test_what_nobody_confirms_stays_and_a_person_reads_of_each_document():
    def prepare(world: Company) -> None:
        world.answers_in_the_cloud = lambda *told, **named: None  # type: ignore[method-assign]

    world = play("quarter", "cloud", prepare=prepare, checked=False)

    assert world.our_documents() == []
    assert stages(world) == {"ООО «Два»": ["titled"] * 4, "ООО «Нет»": ["titled"] * 4}
    people = [s.row["line"]["reason"] for s in world.store.rows("control") if s.pk == "edo.people"]
    assert people == ["not_signed"] * 8


def test_what_a_quarter_comes_to_where_a_person_signs_files_in_the_web():
    world = play("quarter", "by hand")

    signed, unsigned = stages(world)["ООО «Два»"], stages(world)["ООО «Позже»"]
    assert sorted(signed) == ["accepted"] * 3 + ["finished"] * 2
    assert unsigned == ["awaits_our_signature"] * 5
    types = Counter(document.type_named_id for _, document in world.our_documents())
    assert types == {"AcceptanceCertificate": 4, "ProformaInvoice": 4, "Contract": 2}
    assert {len(file.parts) for file in world.state.shelf.values()} == {1, 2}


def test_what_two_months_come_to_where_documents_go_each_month():
    world = play("quarter", "monthly")

    sent = Counter((row["state"]["window"], row["kind"]) for row in document_keys(world).values())
    assert sent == {
        ("2026-02", "act"): 2,
        ("2026-02", "contract"): 2,
        ("2026-03", "act"): 2,
    }


def test_an_operator_that_is_away_for_four_of_the_five_days_gets_everything_on_the_fifth():
    def away(world: Company) -> None:
        world.outages.append(("edo", world.at(moscow("2026-04-01 00:00")), world.at(moscow("2026-04-05 00:00"))))

    world = play("quarter", "quarter", prepare=away, checked=False)

    posted = {row["state"]["fate"]["attempt"] for row in document_keys(world).values()}
    assert posted == {1}
    assert world.watch.writes["v3/postmessage"] == 9
    assert {stage for found in stages(world).values() for stage in found} <= {"accepted", "delivered", "refused"}


def test_an_operator_that_is_away_until_the_last_day_of_a_campaign_gets_one_invitation_for_each():
    def away(world: Company) -> None:
        world.outages.append(("edo", world.at(moscow("2026-03-20 00:00")), world.at(moscow("2026-03-25 00:00"))))

    world = play("campaign", "campaign", prepare=away, checked=False)

    invited = [e.partnership.partner for e in world.partner_feed() if e.types == ["IInvitedCounteragent"]]
    assert len(invited) == len(set(invited)) == 3  # «Один», «Сосед», «Нигде»; «Первый» has asked us


def test_refresh_tokens_that_change_with_each_login_last_through_a_quarter():
    """And the access token lapses between two documents."""
    posted = 0

    def prepare(world: Company) -> None:
        def lapses(path: str, body: bytes) -> None:
            nonlocal posted
            posted += path == "v3/postmessage"
            if posted == 3:
                world.state.tokens.clear()
                posted += 1

        world.state.settings.rotate_refresh_tokens = True
        world.at_call = lapses

    world = play("quarter", "quarter", prepare=prepare)

    assert json.loads(world.secrets.text)["refresh_token"] != "robot-refresh-token"
    assert world.watch.writes["v3/postmessage"] == 9


def test_a_repeated_month_of_the_feed_changes_nothing():
    """The row of the cursor is lost: the feed is read from its beginning again."""

    def lost(world: Company) -> None:
        def forget(world: Any) -> None:
            row, version = world.store.tables["control"]["edo.cursors"]["events"]
            since = {**row, "cursor": "", "seen": [], "since": "2026-03-01T00:00:00Z"}
            world.store.tables["control"]["edo.cursors"]["events"] = (since, version)

        for day in (3, 6, 7):
            world.deed(moscow(f"2026-04-0{day} 01:00"), forget)

    play("quarter", "quarter", prepare=lost)


@pytest.mark.parametrize(
    ("arrived", "there"),
    [
        pytest.param(False, [], id="they never arrived"),
        pytest.param(True, ["delivered"] * 3, id="they did"),
    ],
)
def test_messages_whose_answers_were_lost_before_a_break_up(arrived: bool, there: list[str]):
    """The client takes documents from everybody: nothing but our own look keeps new ones from it."""
    lost, gone = 0, False

    def prepare(world: Company) -> None:
        leaves = WAYS["breaks up"]
        answer = world.diadoc.answer

        def answered(verb: str, target: str, headers: dict[str, str], body: bytes) -> Any:
            nonlocal lost
            if "PostMessage" in target and leaves.account.encode() in body and not gone:
                lost += 1
                world.diadoc.fail(kind="server_error", status=504, after_commit=arrived)
            return answer(verb, target, headers, body)

        def breaks_up(world: EdoWorld) -> None:
            nonlocal gone
            assert isinstance(world, Company)
            gone = True
            world.rejects(leaves)
            world.broken_at.clear()  # long enough ago, when the next run comes

        world.diadoc.answer = answered  # type: ignore[method-assign]
        world.diadoc.change_organization(box=world.box_of(leaves.payer["inn"]), sociability="AllOrganizations")
        world.at_call = lambda path, body: None
        world.deed(moscow("2026-04-02 08:00"), breaks_up)

    world = play("quarter", "break-up", prepare=prepare, checked=False)

    box = world.box_of(WAYS["breaks up"].payer["inn"])
    assert lost == 12, "three documents, four tries of each in its run"
    assert [stage_of(document) for message, document in world.our_documents() if message.to_box == box] == there


def test_a_run_that_is_stopped_is_told_of_even_if_another_has_moved_its_cursor():
    def prepare(world: Company) -> None:
        def stopped(path: str, body: bytes) -> None:
            if path == "v8/getnewevents" and world.moment() > moscow("2026-04-09 00:00"):
                cursors = world.store.tables["control"]["edo.cursors"]
                cursors["events"] = (cursors["events"][0], cursors["events"][1] + 1)
                world.diadoc.fail(kind="no_subscription")

        world.at_call = stopped

    world = play("quarter", "quarter", prepare=prepare, checked=False)

    people = {s.sk: s.row["line"]["reason"] for s in world.store.rows("control") if s.pk == "edo.people"}
    assert people["edo.operator"] == "payment_required"


@pytest.mark.parametrize("strikes", [2, 3])
def test_an_answer_that_is_lost_again_and_again_makes_no_second_document(strikes: int):
    lost = 0

    def prepare(world: Company) -> None:
        answer = world.diadoc.answer

        def answered(verb: str, target: str, headers: dict[str, str], body: bytes) -> Any:
            nonlocal lost
            if "PostMessage" in target and lost < 4 * strikes:
                lost += 1
                world.diadoc.fail(kind="server_error", status=504, after_commit=True)
            return answer(verb, target, headers, body)

        world.diadoc.answer = answered  # type: ignore[method-assign]

    world = play("quarter", "quarter", prepare=prepare)

    assert lost == 4 * strikes
    assert len(world.our_documents()) == 9
