"""The stand-in itself: controls over HTTP, the state that survives, threads, speed."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

import local.diadoc
from local.diadoc import DiadocStandIn
from local.diadoc.control_paths import CONTROLS
from local.diadoc.routes import _TABLE
from tests.diadoc_stand_in.company import Company
from tests.diadoc_stand_in.talk import Clock, Talk, contract_file, log_in

PACKAGE = Path(local.diadoc.__file__).parent
TESTS = Path(__file__).parent


def test_every_control_is_listed_with_what_it_does(diadoc):
    listed = httpx.get(f"{diadoc.url}/stand-in/").json()["controls"]

    assert {one["name"] for one in listed} == set(CONTROLS)
    assert all(one["does"] for one in listed)


def test_controls_over_http(company, diadoc):
    sent = company.send()
    call = httpx.Client(base_url=f"{diadoc.url}/stand-in")

    call.post("/advance", json={"seconds": 21})
    row = call.get("/documents").json()["result"][0]
    signed = call.post("/recipient_signs", json={"message_id": row["message_id"], "entity_id": row["entity_id"]})
    again = call.post("/recipient_signs", json={"message_id": row["message_id"], "entity_id": row["entity_id"]})
    wrong = call.post("/recipient_signs", json={"entity": "x"})
    unknown = call.post("/fly", json={})
    cms = call.post("/sign", params={"owner": "Анна"}, content=b"x").content
    made = call.post("/add_organization", json={"inn": "7707083893", "full_name": "ПАО"}).json()["result"]
    call.close()

    assert (row["message_id"], signed.status_code) == (sent.message_id, 200)
    assert httpx.get(f"{diadoc.url}/stand-in/reset").status_code == 405
    assert (again.status_code, wrong.status_code, unknown.status_code) == (409, 400, 404)
    assert cms[:1] == b"\x30"
    assert made["fns_participant_id"].startswith("2BM-7707083893-")


def test_state_goes_on_where_it_was(company, diadoc, clock):
    sent = company.send()
    diadoc.partner_invites(partner=company.other, box=company.box)
    written = json.loads(json.dumps(diadoc.export_state()))

    with DiadocStandIn(clock=clock) as other:
        other.import_state(**written)
        assert other.export_state() == written
        clock.pass_by(21)
        talk = Talk(other.url, company.talk.headers["Authorization"].removeprefix("Bearer "))
        document = talk.get(
            "/V3/GetDocument", boxId=company.box, messageId=sent.message_id, entityId=sent.entity_id
        ).json()
        talk.close()

    assert document["SenderSignatureStatus"] == "SenderSignatureCheckedAndValid"


def test_same_calls_give_the_same_ids():
    def play():
        clock = Clock()
        with DiadocStandIn(clock=clock) as diadoc:
            company = Company(diadoc, clock)
            sent = company.deliver(contract_file(company.signed(b"x")))
            company.close()
            return sent.message_id, sent.entity_id, company.box, company.talk.headers["Authorization"]

    assert play() == play()


def test_reset_forgets_all_but_the_settings(company, diadoc):
    diadoc.settings(verdict_after_s=5)
    company.send()

    diadoc.reset()

    assert diadoc.statistics()["state"]["messages"] == 0
    assert diadoc.organizations() == []
    assert diadoc.settings().verdict_after_s == 5


def test_clock_is_stopped_moved_and_let_go(diadoc, clock):
    assert diadoc.stop_clock(at="2026-12-31T21:00:00+00:00") == "2026-12-31T21:00:00+00:00"
    assert diadoc.advance(seconds=60) == "2026-12-31T21:01:00+00:00"
    clock.pass_by(3600)
    assert diadoc.clock() == "2026-12-31T21:01:00+00:00"
    assert diadoc.run_clock() == "2026-10-01T10:00:00+00:00"


def test_things_are_done_at_the_moment_they_were_due(company, diadoc):
    """A leap over a day does not make a delivery a day late."""
    diadoc.change_organization(box=company.other, signs_after_s=3600)
    sent = company.send()

    diadoc.advance(seconds=86_000)

    document = company.document(sent)
    assert document["DeliveryTimestampTicks"] - document["SendTimestampTicks"] == 20 * 10_000_000
    assert document["LastModificationTimestampTicks"] - document["SendTimestampTicks"] == 3620 * 10_000_000


def test_unknown_names_are_refused(diadoc, company):
    for attempt in (
        lambda: diadoc.settings(colour=1),
        lambda: diadoc.change_organization(box=company.box, colour=1),
        lambda: diadoc.fail(kind="colour"),
    ):
        with pytest.raises((TypeError, ValueError)):
            attempt()


def test_log_of_calls_names_endpoints_and_users(company, diadoc):
    diadoc.forget_calls()
    company.talk.get("/GetMyOrganizations")

    call = diadoc.calls()[0]
    assert (call["verb"], call["endpoint"], call["status"], call["user"]) == ("GET", "getmyorganizations", 200, "robot")
    assert diadoc.statistics()["endpoints"] == {"getmyorganizations": {"200": 1}}


def test_many_threads_with_one_operation_make_one_message(company, diadoc):
    """Fact 10.2 [doc], and the stand-in's own promise to be safe for threads."""

    def send(number):
        talk = Talk(diadoc.url, company.talk.headers["Authorization"].removeprefix("Bearer "))
        answer = talk.post("/V3/PostMessage", company.message(), operationId=str(number % 5))
        talk.close()
        return answer.json()["MessageId"]

    with ThreadPoolExecutor(8) as pool:
        ids = list(pool.map(send, range(40)))

    assert len(set(ids)) == 5
    assert diadoc.statistics()["state"]["messages"] == 5


def test_a_thousand_clients_in_seconds(company, diadoc, clock):
    boxes = [diadoc.add_organization(inn=f"78{n:08d}", full_name=f"Клиент {n}").box_id for n in range(1000)]
    file = contract_file(company.signed())
    began = time.monotonic()

    for number, box in enumerate(boxes):
        company.talk.post("/V3/AcquireCounteragent", {"BoxId": box}, myBoxId=company.box)
        message = {**company.message(file), "ToBoxId": box}
        assert company.talk.post("/V3/PostMessage", message, operationId=str(number)).status_code == 200
    clock.pass_by(21)
    events = company.talk.get("/V8/GetNewEvents", boxId=company.box, limit=500).json()
    passed = time.monotonic() - began

    assert len(events["Events"]) == 500
    assert passed < 30  # about 5 on two shared cores


def test_it_runs_by_itself_and_keeps_its_state(tmp_path):
    state = tmp_path / "state.json"
    command = [sys.executable, "-m", "local.diadoc", "--port", "0", "--state", str(state)]

    for expected in (0, 1):
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=PACKAGE.parents[1]) as running:
            assert running.stdout is not None
            url = re.search(r"http://[\d.:]+", running.stdout.readline())
            assert url is not None
            seen = httpx.get(f"{url[0]}/stand-in/organizations").json()["result"]
            httpx.post(f"{url[0]}/stand-in/add_organization", json={"inn": "7707083893", "full_name": "ПАО"})
            running.terminate()
            assert running.wait(10) == 0
        assert len(seen) == expected


def test_every_endpoint_has_a_contract_test():
    """A path nobody asks for in these tests is a promise nobody keeps."""
    asked = "\n".join(path.read_text(encoding="utf-8") for path in TESTS.glob("*.py")).lower()

    assert [path for _, path, _ in _TABLE if f"/{path.lower()}" not in asked] == []


def test_every_fact_that_is_cited_is_written_down():
    known = set(re.findall(r"^- \*\*(\d+\.\d+)\*\*", (PACKAGE / "FACTS.md").read_text(encoding="utf-8"), re.MULTILINE))
    texts = [path.read_text(encoding="utf-8") for folder in (PACKAGE, TESTS) for path in folder.glob("*.py")]
    rows = re.findall(r"[Ff]acts? ([\d.,\- \[\]a-z]*\d)", "\n".join(texts))
    cited = {number for row in rows for number in re.findall(r"\d+\.\d+", row)}

    assert cited - known == set()
    assert len(cited) > 60


def test_stand_in_knows_nothing_of_the_product():
    """It is written from facts: a mistake of our client must not be shared by it."""
    imported = set()
    for path in PACKAGE.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module:
                imported.add(node.module.split(".")[0])
            elif isinstance(node, ast.Import):
                imported.update(one.name.split(".")[0] for one in node.names)

    assert imported - set(sys.stdlib_module_names) == {"local", "cryptography"}
    assert all(len(path.read_text(encoding="utf-8").splitlines()) <= 250 for path in PACKAGE.glob("*.py"))


def test_second_login_does_not_end_the_first(company, diadoc):
    """Fact 3.1: one token is enough for all threads, several may live."""
    second = log_in(diadoc, "robot")
    codes = [talk.get("/GetMyOrganizations").status_code for talk in (company.talk, second)]
    second.close()

    assert codes == [200, 200]
