"""The cloud certificate: a task for a batch of files, a person's answer in the telephone, the signatures.

Source: facts 12.9, 12.10.
"""

from __future__ import annotations

import base64

from local.diadoc.http_shapes import Answer, Refusal, Request, json_answer, rows_of
from local.diadoc.records import CloudTask
from local.diadoc.signed_content import read_content
from local.diadoc.world import World

WAITS = "InProgress"
_ANSWERS = ("Completed", "CanceledByUser", "Crashed", "OperationRetryRequired")


def dss_sign(world: World, request: Request) -> Answer:
    """Files to sign become a task, which is another one at each call."""
    box = world.my_box(request, request.required("boxId"))
    request.required("certificateThumbprint")
    files = rows_of(request.document("DssSignRequest"), "Files")
    if not files:
        raise Refusal(400, "DssSignRequest should contain at least one file")
    contents = [read_content(world, row.get("Content") or {}) for row in files]
    task = CloudTask(task_id=world.new_id("cloud task"), box=box, files=contents, begun=world.ticks)
    world.state.cloud_tasks[task.task_id] = task
    return json_answer({"TaskId": task.task_id})


def dss_sign_result(world: World, request: Request) -> Answer:
    """How the task stands, with the signatures once the person has confirmed it."""
    box = world.my_box(request, request.required("boxId"))
    task = world.state.cloud_tasks.get(request.required("taskId"))
    if task is None or task.box != box:
        raise Refusal(404, "Task is not found")
    status = status_of(world, task)
    signed = _signed(world, task) if status == "Completed" else []
    return json_answer({"OperationStatus": status, "ConfirmType": "MyDss", "FileSigningResults": signed})


def status_of(world: World, task: CloudTask) -> str:
    """What nobody has answered in time is over."""
    lasts = world.state.settings.cloud_task_s * 10_000_000
    return "Timeout" if task.status == WAITS and world.ticks - task.begun >= lasts else task.status


def answer(world: World, task_id: str, status: str) -> None:
    """The person confirms or cancels; an answer to what is over changes nothing.

    Raises:
        Refusal: 404, there is no such task; 400, it is no such answer.
    """
    task = world.state.cloud_tasks.get(task_id)
    if task is None:
        raise Refusal(404, "Task is not found")
    if status not in _ANSWERS:
        raise Refusal(400, f"Status must be one of {', '.join(_ANSWERS)}")
    if status_of(world, task) == WAITS:
        task.status = status


def _signed(world: World, task: CloudTask) -> list[dict[str, str]]:
    card = world.authority.issue(owner="Облачный подписант", inn=world.state.organizations[task.box].inn)
    signatures = [base64.b64encode(card.sign(content)).decode() for content in task.files]
    return [{"FileSigningStatus": "SigningCompleted", "Signature": signature} for signature in signatures]
