"""Our receipts of what recipients have answered: made, signed and given as they become due, or left to a person."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from billing.domain.edo_fate import operation_id, receipt_is_due
from billing.domain.edo_policy import EdoPolicy
from billing.domain.edo_receipt import Receipt, is_overdue, may_be_tried
from billing.ports import Outside, StaleError
from billing.ports_edo import (
    AbsentError,
    BadDocumentError,
    BusyError,
    EdoOutside,
    NeedsPersonError,
    StopTheRunError,
)
from billing.records_edo import RECEIPTS, SIGNING_RECEIPTS
from billing.usecases.edo.one_of_many import one_of_many
from billing.usecases.edo.sending.making import receipt_made
from billing.usecases.edo.sending.papers import Paper, receipt_paper, receipt_refused, unsigned, with_receipt
from billing.usecases.edo.sending.signatures import PERSON, signature_of
from billing.usecases.edo.sending.signing import batch_size, batches, go_on, sign
from billing.usecases.edo.sending.terms import OnItsWay, read
from billing.usecases.edo.tracking.statuses import read_message
from billing.usecases.rows import rows_of

BY_SETTING = "так настроено: извещения подписывает человек"
ON_NOTHING = "оператор не говорит, на что его ждёт"
NOT_YET = "за сутки не удалось: не отвечает сервис подписи или оператор"
GIVEN = "отправлено, но оператор всё ещё ждёт его: проверьте подпись"

Refusal: TypeAlias = NeedsPersonError | BadDocumentError | AbsentError  # a repeat gives the same answer


def give_receipts(outside: Outside, edo: EdoOutside, policy: EdoPolicy, *, until: datetime) -> int:
    """Every receipt that is due is given, or a person reads why not; how many were given in this run.

    It goes on from where it was cut off. Where a person signs in the web, the receipt is that person's too.

    Raises:
        StopTheRunError: the operator refuses us.
    """
    run = _Run(outside, edo, policy, until)
    run.tell_people()
    if policy.receipts:
        run.make()
        run.sign()
        run.give()
    return run.given


@dataclass(slots=True)
class _Run:
    """The steps, each of which is taken with all receipts as far as time allows; see `give_receipts`."""

    outside: Outside
    edo: EdoOutside
    policy: EdoPolicy
    until: datetime
    given: int = 0

    def tell_people(self) -> None:
        for one, since in self._due():
            if not one.state.receipt or one.state.receipt.trouble:
                continue
            if trouble := self._trouble(one.state.receipt, since):
                with suppress(StaleError):  # another worker has seen it too
                    with_receipt(one, self.outside, trouble=trouble)

    def _trouble(self, receipt: Receipt, since: datetime) -> str:
        if not receipt.of:
            return ON_NOTHING
        if is_overdue(receipt, since, self.outside.clock()):
            return GIVEN if receipt.given_at else NOT_YET
        return "" if self.policy.receipts or receipt.given_at else BY_SETTING

    def make(self) -> None:
        for one in self._to_do(lambda receipt: not receipt.file):
            if not self._may_go_on(self._make, one):
                return

    def _make(self, one: OnItsWay) -> None:
        receipt_made(one, self.policy.signer, self.outside, self.edo)

    def sign(self) -> None:
        """As one batch after another; none is begun while one waits, for a person who confirms it for one."""
        with suppress(BusyError, NeedsPersonError, StaleError):
            for waiting in batches(self.outside, SIGNING_RECEIPTS):
                go_on(waiting, self.outside, self.edo)
            papers = [receipt_paper(one) for one in self._to_do(lambda r: bool(r.file and not r.signature))]
            try:
                while papers and not batches(self.outside, SIGNING_RECEIPTS):
                    size = batch_size(self.edo)
                    sign(papers[:size], self.outside, self.edo, of=SIGNING_RECEIPTS)
                    papers = papers[size:]
            except StopTheRunError as error:  # of the signer, and reading at the operator goes on without it
                self._not_signed(papers, str(error))

    def _not_signed(self, papers: list[Paper], said: str) -> None:
        for paper in papers:
            if one := unsigned(paper, self.outside):
                with suppress(StaleError):
                    receipt_refused(one, said, self.outside)

    def give(self) -> None:
        for one in self._to_do(lambda receipt: receipt.signature not in ("", PERSON)):
            if not self._may_go_on(self._give, one):
                return

    def _give(self, one: OnItsWay) -> None:
        receipt, fate = one.state.receipt, one.state.fate
        assert receipt, "it was chosen for that"
        operation = operation_id(
            environment=self.edo.environment,
            document=one.custom_id,
            revision=f"receipt.{receipt.of}",
            attempt=fate.attempt,
        )
        self.edo.edo.give_receipt(
            fate.message,
            receipt.of,
            self.outside.files.get(receipt.file),
            signature_of(receipt, self.outside),
            power=self.policy.signer.power,
            operation=operation,
        )
        with_receipt(one, self.outside, given_at=self.outside.clock(), trouble="")
        self.outside.metrics.count("EdoReceiptsGiven")
        self.given += 1

    # --- one by one ----------------------------------------------------------------------------------------------

    def _due(self) -> Iterator[tuple[OnItsWay, datetime]]:
        """Documents with a receipt that is due, and since when; none when the time is up."""
        for work in rows_of(self.outside.store, "work", RECEIPTS):
            if self.outside.clock() >= self.until:
                return
            one = read(work.row["account"], work.row["document"], self.outside)
            if one and receipt_is_due(one.state.fate):
                yield one, datetime.fromisoformat(work.row["since"])

    def _to_do(self, has_come_so_far: Callable[[Receipt], bool]) -> Iterator[OnItsWay]:
        for one, _ in self._due():
            receipt = one.state.receipt
            if receipt and may_be_tried(receipt, self.outside.clock()) and has_come_so_far(receipt):
                yield one

    def _may_go_on(self, step: Callable[[OnItsWay], None], one: OnItsWay) -> bool:
        """The step is taken, or somebody reads why not; False: the operator is away.

        What it is still at, or does not answer about, keeps nobody else waiting.
        """
        try:
            with one_of_many(self.outside, self.edo):
                try:
                    step(one)
                except (NeedsPersonError, BadDocumentError, AbsentError) as refusal:
                    self._refused(one, refusal)
        except StaleError:  # another worker was faster
            pass
        except BusyError:
            return False
        return True

    def _refused(self, one: OnItsWay, refusal: Refusal) -> None:
        """Unless the receipt was given meanwhile, by a person for one, somebody reads why it cannot be."""
        with suppress(NeedsPersonError, BadDocumentError, AbsentError):
            read_message(one.state.fate.message, self.outside, self.edo)
        found = read(one.stored.pk, one.stored.sk, self.outside)
        if found and found.state.receipt and receipt_is_due(found.state.fate):
            receipt_refused(found, refusal.said.text or str(refusal), self.outside)
