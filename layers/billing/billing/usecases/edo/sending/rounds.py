"""A round of sending: every account with something due is taken up once; it goes on over runs from a saved cursor."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial

from billing.domain.edo_fate import Stage
from billing.domain.edo_reasons import Reason
from billing.domain.errors import UnavailableError
from billing.domain.periods import utc_text
from billing.ports import ABSENT, Outside, StaleError, Stored, Write
from billing.ports_edo import EdoOutside, StopTheRunError
from billing.records_edo import CURSORS, LEFT
from billing.usecases.edo.attention import no_person, want_person
from billing.usecases.edo.cursors import place_of, put_place
from billing.usecases.edo.one_of_many import one_of_many
from billing.usecases.edo.relations import read_changes
from billing.usecases.edo.sending.accounts import take_up
from billing.usecases.edo.sending.last_look import look_again
from billing.usecases.edo.sending.papers import document_paper
from billing.usecases.edo.sending.patience import Patience
from billing.usecases.edo.sending.posting import post
from billing.usecases.edo.sending.signing import batch_size, batches, documents_in, go_on, sign
from billing.usecases.edo.sending.terms import OnItsWay, Terms, read
from billing.usecases.edo.sending.unsent import Left, no_answer
from billing.usecases.edo.sending.walks import WALK, begin_round, is_open
from billing.usecases.edo.waiting import accounts_waiting, is_of, lay_to_rest, place_behind, rests

SAVE_EVERY = 25  # accounts
BEYOND = "~"  # a cursor behind all accounts


class TimeIsUpError(Exception):
    """The rest is for the next run."""


@dataclass(slots=True)
class Round:
    """The progress of a round. `sent`: in this run; `ended`: all accounts are done; `wakes_all`: resting ones, too."""

    terms: Terms
    outside: Outside
    edo: EdoOutside
    wakes_all: bool = False
    sent: int = 0
    ended: bool = False
    left: Left = field(default_factory=Left)
    signer: Patience = field(init=False)
    _batched: set[str] = field(default_factory=set)
    _taken: set[str] = field(default_factory=set)
    _to_sign: list[OnItsWay] = field(default_factory=list)
    _still_running: list[OnItsWay] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.signer = Patience(self.outside, self.edo)

    def go(self, accounts: Sequence[str] = ()) -> None:
        """All accounts are taken up, or those that are named, as far as time allows.

        Raises:
            BusyError: the operator is away.
            StaleError: another run walks through the accounts; what is left is its.
            StopTheRunError: no call can succeed.
        """
        with suppress(TimeIsUpError):
            if accounts:
                self._named(accounts)
            else:
                self._all()
            self.ended = True

    def go_on(self) -> None:
        """A round that was cut off goes on; where none was, only what has been signed since it ended goes out.

        Raises:
            as `go`
        """
        if is_open(place_of(WALK, self.outside), self.terms.window.key):
            self.go()
        else:
            with suppress(TimeIsUpError):
                self._batches(BEYOND)

    # --- accounts ------------------------------------------------------------------------------------------------

    def _named(self, accounts: Sequence[str]) -> None:
        self._batches(BEYOND)
        for account in accounts:
            self._take(account)
        self._sign()
        self._once_more()

    def _all(self) -> None:
        """Go on from where the last run stopped. The cursor moves only past accounts with nothing in flight.

        News of the payers is read first, so that nothing is asked about those whom nobody has changed.
        """
        with suppress(StaleError):  # the campaign hears it
            read_changes(self.outside, self.edo, until=self.terms.until)
        walk = begin_round(self.terms.window.key, self.outside)
        self.left = Left.of(walk.row)
        self._batches(walk.row["cursor"])
        since_saved = 0
        for account, place, works in accounts_waiting(walk.row["cursor"], self.outside):
            if not self._passes_by(works):
                self._take(account)
                lay_to_rest(works, self.left.resting, self.outside)
            since_saved += 1
            in_vain = self.left.unanswered > Left.of(walk.row).unanswered  # which may have cost minutes: not twice
            if in_vain or len(self._to_sign) >= batch_size(self.edo):
                self._sign()
            if not self._to_sign and (in_vain or since_saved >= SAVE_EVERY):
                walk, since_saved = self._save(walk, place), 0
        self._sign()
        self._once_more()
        self._end(walk)

    def _passes_by(self, works: Sequence[Stored]) -> bool:
        """Skip an account with nothing to do today, without a call or a read. Its rows say why its documents stay."""
        ours = [work for work in works if is_of(work, self.terms.window)]
        if self.wakes_all or not all(rests(work, self.outside.clock()) for work in ours):
            return False
        for work in ours:
            self.left.still_stays(work)
        return True

    def _take(self, account: str) -> None:
        """The account's documents are made and await their signature; those signed before are posted. Once in a run."""
        if account in self._taken:
            return
        if self.outside.clock() >= self.terms.until:
            raise TimeIsUpError
        self._taken.add(account)
        with self._alone(account):
            self._to_sign += take_up(account, self._batched, self.terms, self.left, self.outside, self.edo)
            self._post(account)
            no_person(_of(account), self.outside)

    @contextmanager
    def _alone(self, account: str) -> Iterator[None]:
        """Whatever fails of the account, the others do not wait for it."""
        try:
            yield
        except StaleError:
            pass  # another worker is at the same account
        except (UnavailableError, StopTheRunError, TimeIsUpError):
            raise
        except Exception as error:
            self.outside.metrics.count("EdoAccountsFailed")
            detail = f"{type(error).__name__}: {error}"
            want_person(_of(account), Reason.ACCOUNT_FAILS, self.outside, detail=detail, account=account)

    # --- signing and posting -------------------------------------------------------------------------------------

    def _batches(self, cursor: str) -> None:
        """What earlier runs gave to the signer is stored; of accounts behind the cursor it goes out at once."""
        waiting = batches(self.outside)
        signed = {account for batch in waiting for account in self.signer.ask(partial(go_on, batch))}
        self.signer.begin_anew()
        self._batched = documents_in(batches(self.outside))
        ended = documents_in(waiting) - self._batched
        for custom_id in sorted(ended):
            if place_behind(custom_id.rpartition("/")[0]) <= cursor:
                self._note(custom_id)
        for account in sorted(signed):
            if place_behind(account) <= cursor:
                self._catch_up(account, ended)

    def _catch_up(self, account: str, ended: set[str]) -> None:
        """What was signed after the walk has passed the account. What else of it stays, was said as it passed."""
        with self._alone(account), one_of_many(self.outside, self.edo):
            look_again(account, self.outside, self.edo)
            self._post(account, among=ended)

    def _sign(self) -> None:
        size = batch_size(self.edo) if self._to_sign else 1
        while self._to_sign:
            batch, self._to_sign = self._to_sign[:size], self._to_sign[size:]
            ask = partial(sign, [document_paper(one) for one in batch])
            for account in sorted(set() if self.signer.is_over else self.signer.ask(ask)):
                with self._alone(account):
                    self._post(account)
            in_a_batch = documents_in(batches(self.outside))
            for one in batch:
                if one.custom_id not in in_a_batch:
                    self._note(one.custom_id)

    def _note(self, custom_id: str) -> None:
        """A document that came out of signing without a signature is said to wait; those in a batch are at the end."""
        account, _, document = custom_id.rpartition("/")
        found = read(account, document, self.outside)
        if found and found.state.fate.stage is Stage.TITLED:
            self.left.stays(found, Reason.NOT_SIGNED if found.state.asked_at else Reason.SIGNING_WAITS)

    def _post(self, account: str, *, among: Collection[str] | None = None) -> None:
        """`among`: of others it is not said that they stay."""
        posted = post(account, self.terms, self.outside, self.edo)
        self.sent += posted.sent
        for one, reason, said in posted.refused:
            if among is None or one.custom_id in among:
                self.left.stays(one, reason, said)
        for one, said in posted.no_answer:
            no_answer(one, said, self.left, self.outside)
        self._still_running += posted.still_running
        if self.outside.clock() >= self.terms.until:
            raise TimeIsUpError

    def _once_more(self) -> None:
        """Of what the operator was still working on; what it has not finished now is for the next round."""
        again, self._still_running = {one.stored.pk for one in self._still_running}, []
        for account in sorted(again):
            with self._alone(account):
                self._post(account)
        for one in self._still_running:
            self.left.stays(one, Reason.STILL_RUNNING)

    # --- the cursor ----------------------------------------------------------------------------------------------

    def _save(self, walk: Stored, cursor: str) -> Stored:
        row = {**walk.row, "cursor": cursor, **self.left.row}
        return put_place(WALK, row, walk.version, self.outside)

    def _end(self, walk: Stored) -> None:
        """What is left is told by a row, and the round is closed."""
        for custom_id in sorted(documents_in(batches(self.outside))):
            self._note(custom_id)
        key = self.terms.window.key
        stored = self.outside.store.get("control", LEFT, key)
        at, total = utc_text(self.outside.clock()), self.left.total
        row = {**self.left.row, "total": total, "at": at, "summary": f"{key}: осталось {total}"}
        closed = {**walk.row, "cursor": "", "open": False, **Left().row}
        self.outside.store.tx(
            [
                Write("control", LEFT, key, row, stored.version if stored else ABSENT),
                Write("control", CURSORS, WALK, closed, walk.version),
            ]
        )


def _of(account: str) -> str:
    return f"account.{account}"
