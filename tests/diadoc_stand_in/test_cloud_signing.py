"""The cloud certificate: tasks that a person confirms; and documents that a person signs in the web."""

from __future__ import annotations

import pytest

from tests.diadoc_stand_in.talk import base64_of, contract_file


def begin(company, *contents: bytes) -> str:
    files = [{"Content": {"Content": base64_of(content)}, "FileName": "a.xml"} for content in contents]
    answer = company.talk.post("/DssSign", {"Files": files}, boxId=company.box, certificateThumbprint="AB12")
    return str(answer.json()["TaskId"])


def result(company, task: str) -> dict:
    return company.talk.get("/DssSignResult", boxId=company.box, taskId=task).json()


def test_person_confirms_task_and_the_signatures_are_good(company, diadoc):
    """Facts 12.9 [doc] and 12.10 [guess]: POST /DssSign, GET /DssSignResult."""
    task = begin(company, b"one", b"two")

    waits = result(company, task)
    diadoc.answer_cloud_task(task_id=task)
    done = result(company, task)

    assert (waits["OperationStatus"], waits["FileSigningResults"]) == ("InProgress", [])
    assert done["OperationStatus"] == "Completed"
    assert diadoc.cloud_tasks() == {task: "Completed"}
    sent = company.deliver(
        contract_file({"Content": base64_of(b"two"), "Signature": done["FileSigningResults"][1]["Signature"]})
    )
    assert company.document(sent)["SenderSignatureStatus"] == "SenderSignatureCheckedAndValid"


def test_each_call_is_a_task_of_its_own_and_ends_in_one_way(company, diadoc, clock):
    first, second = begin(company, b"one"), begin(company, b"one")
    absent = company.talk.get("/DssSignResult", boxId=company.box, taskId="another")

    diadoc.answer_cloud_task(task_id=first, status="CanceledByUser")
    diadoc.answer_cloud_task(task_id=first)
    clock.pass_by(86_400)
    diadoc.answer_cloud_task(task_id=second)

    assert absent.status_code == 404
    assert diadoc.cloud_tasks() == {first: "CanceledByUser", second: "Timeout"}


@pytest.mark.parametrize("files", [[], [{"FileName": "a.xml"}]])
def test_task_without_contents_is_refused(company, files):
    answer = company.talk.post("/DssSign", {"Files": files}, boxId=company.box, certificateThumbprint="AB12")

    assert answer.status_code == 400


def test_person_signs_in_the_web_what_was_sent_without_a_signature(company, diadoc, clock):
    """Fact 12.4 [doc]: signing is sending."""
    unsigned = contract_file({"Content": base64_of(b"contract")})
    sent = company.deliver(unsigned, DelaySend=True)
    before = company.document(sent)

    diadoc.sender_signs(message_id=sent.message_id, entity_id=sent.entity_id)
    clock.pass_by(21)

    assert (before["SenderSignatureStatus"], before["DeliveryTimestampTicks"]) == ("WaitingForSenderSignature", 0)
    after = company.document(sent)
    assert after["SenderSignatureStatus"] == "SenderSignatureCheckedAndValid"
    assert after["DeliveryTimestampTicks"] > 0
