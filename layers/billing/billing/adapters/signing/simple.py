"""Signers that sign nothing themselves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from billing.adapters.troubles import Trouble
from billing.domain.edo_boxes import Box
from billing.domain.edo_reasons import Reason
from billing.ports_edo import PersonSigns, Signed, StopTheRunError, TestSignature, ToSign

BATCH_MAX = 1_000


class DelaySend:
    """Implements `ports_edo.Signer`: a person signs and sends in the operator's web interface.

    The documents wait there as «Требуется подписать и отправить». Their titles name the signer already, so the person
    who signs has to be the one named.
    """

    batch_max = BATCH_MAX

    def sign(self, files: Sequence[ToSign], *, now: datetime, task: str = "") -> Signed:
        return Signed(outcomes={file.key: PersonSigns() for file in files})


class TestBoxSigner:
    """Implements `ports_edo.Signer` for test boxes: the operator signs with its own test certificate."""

    __test__ = False    # not a class of tests
    batch_max = BATCH_MAX

    def __init__(self, box: Box) -> None:
        """Raises:
            StopTheRunError: the box is a real one, where such a signature means nothing or worse.
        """
        if not box.test:
            raise StopTheRunError(Trouble.TEST_SIGNATURE, reason=Reason.NO_SIGNER)

    def sign(self, files: Sequence[ToSign], *, now: datetime, task: str = "") -> Signed:
        return Signed(outcomes={file.key: TestSignature() for file in files})
