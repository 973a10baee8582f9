"""Kontur's cloud certificate: a task for a batch of files, which a person confirms once, and its result.

Source: Diadoc API, DssSign, DssSignResult; the documentation names the array of results in two ways.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Sequence
from datetime import datetime

from billing.adapters.diadoc import reading
from billing.adapters.diadoc.asking import Asking
from billing.adapters.diadoc.http import Http
from billing.adapters.diadoc.settings import DiadocSettings
from billing.adapters.signing.check import checked
from billing.adapters.troubles import Trouble
from billing.ports_edo import (
    BadSignatureError,
    NeedsPersonError,
    Outcome,
    Signed,
    SigningRefused,
    ToSign,
)

POLL_S = 60
AGAIN_S = 300       # OperationRetryRequired: repeat in about five minutes

WORKING = {"InProgress": POLL_S, "OperationRetryRequired": AGAIN_S}
NOT_SIGNED = {
    "CanceledByUser": "подпись отклонена в приложении",
    "Timeout": "подпись не подтвердили вовремя",
    "Crashed": "сервис подписи не справился",
}


class Dss(Asking):
    """Implements `ports_edo.Signer`: the first call gives a task, later calls with it the signatures.

    The same files in the same order go with the task as began it. A call that begins a task is not repeated, or the
    person would have two to confirm. Where its answer is lost, the use case begins another an hour later.
    """

    batch_max = 40

    def __init__(self, http: Http, settings: DiadocSettings, *, thumbprint: str) -> None:
        super().__init__(http, settings)
        self._thumbprint = thumbprint

    def sign(self, files: Sequence[ToSign], *, now: datetime, task: str = "") -> Signed:
        if not task:
            return Signed(task=self._begin(files), retry_after_s=POLL_S)
        answer = self._get("/DssSignResult", {"boxId": self._box, "taskId": task})
        status, confirm = reading.text(answer.get("OperationStatus")), reading.text(answer.get("ConfirmType"))
        if status == "Completed":
            return Signed(outcomes=self._outcomes(files, answer, now))
        if status in NOT_SIGNED:
            return Signed(outcomes={file.key: SigningRefused(text=NOT_SIGNED[status]) for file in files})
        if status == "UserHasUnconfirmedOperation":
            raise NeedsPersonError(Trouble.OTHER_OPERATION)
        return Signed(task=task, retry_after_s=WORKING.get(status, POLL_S), confirm=confirm)

    def _begin(self, files: Sequence[ToSign]) -> str:
        body = {"Files": [{"Content": {"Content": b64encode(file.content).decode("ascii")},
                           "FileName": file.file_name} for file in files]}
        answer = self._post("/DssSign", {"boxId": self._box, "certificateThumbprint": self._thumbprint}, body,
                            ours=True, repeatable=False, changes=True)
        return reading.done(answer.get("TaskId"), "TaskId")

    def _outcomes(self, files: Sequence[ToSign], answer: dict[str, object], now: datetime) -> dict[str, Outcome]:
        found = reading.rows(answer.get("FileSigningResults")) or reading.rows(answer.get("DssFileSigningResult"))
        if len(found) != len(files):
            raise BadSignatureError(Trouble.OTHER_NUMBER)
        return {file.key: _outcome(result, file, now) for file, result in zip(files, found, strict=True)}


def _outcome(result: dict[str, object], file: ToSign, now: datetime) -> Outcome:
    if result.get("FileSigningStatus") != "SigningCompleted":
        return SigningRefused(text="файл не подписан")
    try:
        return checked(b64decode(reading.text(result.get("Signature")), validate=True), file.content, now=now)
    except (ValueError, BadSignatureError) as error:   # of this file alone: the others are good
        return SigningRefused(text=f"подпись не годится: {error}")
