"""A round of sending: every account with something due is taken up once; it goes on over runs from a saved cursor."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from billing.domain.edo_fate import Stage
from billing.domain.edo_reasons import Reason
from billing.domain.errors import UnavailableError
from billing.domain.periods import utc_text
from billing.ports import ABSENT, Outside, StaleError, Stored, Write
from billing.ports_edo import EdoOutside, StopTheRunError
from billing.records_edo import CURSORS, DUE_SHARDS, LEFT
from billing.usecases.edo.accounts import take_up
from billing.usecases.edo.left import Left
from billing.usecases.edo.papers import document_paper
from billing.usecases.edo.people import no_person, want_person
from billing.usecases.edo.places import next_page, place_of, put_place
from billing.usecases.edo.posting import post
from billing.usecases.edo.signing import batch_size, batches, documents_in, go_on, sign
from billing.usecases.edo.terms import OnItsWay, Terms, read

WALK = "sending"  # sort key of the cursor
SAVE_EVERY = 25  # accounts


class TimeIsUpError(Exception):
    """The rest is for the next run."""


@dataclass(slots=True)
class Round:
    """How it goes: `sent` documents in this run; `ended`: every account was taken up."""

    terms: Terms
    outside: Outside
    edo: EdoOutside
    sent: int = 0
    ended: bool = False
    left: Left = field(default_factory=Left)
    _batched: set[str] = field(default_factory=set)
    _taken: set[str] = field(default_factory=set)
    _to_sign: list[OnItsWay] = field(default_factory=list)
    _still_running: list[OnItsWay] = field(default_factory=list)

    def go(self, accounts: Sequence[str] = ()) -> None:
        """All accounts are taken up, or those that are named, as far as time allows.

        Raises:
            BusyError, NeedsPersonError: the operator or the signer asks to come back later.
            StaleError: another run walks through the accounts; what is left is its.
            StopTheRunError: no call can succeed.
        """
        with suppress(TimeIsUpError):
            if accounts:
                self._named(accounts)
            else:
                self._all()
            self.ended = True

    # --- accounts ------------------------------------------------------------------------------------------------

    def _named(self, accounts: Sequence[str]) -> None:
        self._batches()
        for account in accounts:
            self._take(account)
        self._sign()
        self._once_more()

    def _all(self) -> None:
        """From where the last run has left off. The cursor moves only past accounts with nothing left in the air."""
        walk = self._walk()
        self.left = Left.of(walk.row)
        self._batches()
        since_saved = 0
        for account, place in _accounts(walk.row["cursor"], self.outside):
            self._take(account)
            since_saved += 1
            if len(self._to_sign) >= batch_size(self.edo):
                self._sign()
            if not self._to_sign and since_saved >= SAVE_EVERY:
                walk, since_saved = self._save(walk, place), 0
        self._sign()
        self._once_more()
        self._end(walk)

    def _take(self, account: str) -> None:
        """The account's documents are made and await their signature; those signed before are posted. Once in a run."""
        if account in self._taken:
            return
        if self.outside.clock() >= self.terms.until:
            raise TimeIsUpError
        self._taken.add(account)
        subject = f"account.{account}"
        try:
            self._to_sign += take_up(account, self._batched, self.terms, self.left, self.outside, self.edo)
            self._post(account)
        except StaleError:
            return  # another worker is at the same account
        except (UnavailableError, StopTheRunError, TimeIsUpError):
            raise
        except Exception as error:  # whatever it is, the other accounts do not wait for it
            self.outside.metrics.count("EdoAccountsFailed")
            detail = f"{type(error).__name__}: {error}"
            want_person(subject, Reason.ACCOUNT_FAILS, self.outside, detail=detail, account=account)
        else:
            no_person(subject, self.outside)

    # --- signing and posting -------------------------------------------------------------------------------------

    def _batches(self) -> None:
        """What earlier runs gave to the signer is stored; accounts of what was signed are taken up at once."""
        signed = {account for batch in batches(self.outside) for account in go_on(batch, self.outside, self.edo)}
        self._batched = documents_in(batches(self.outside))
        for account in sorted(signed):
            self._take(account)

    def _sign(self) -> None:
        size = batch_size(self.edo) if self._to_sign else 1
        while self._to_sign:
            batch, self._to_sign = self._to_sign[:size], self._to_sign[size:]
            for account in sorted(sign([document_paper(one) for one in batch], self.outside, self.edo)):
                self._post(account)
            for one in batch:
                self._note(one)

    def _note(self, one: OnItsWay) -> None:
        """A document that came out of signing without a signature is said to wait."""
        found = read(one.stored.pk, one.stored.sk, self.outside)
        if found and found.state.fate.stage is Stage.TITLED:
            self.left.stays(found, Reason.NOT_SIGNED if found.state.asked_at else Reason.SIGNING_WAITS)

    def _post(self, account: str) -> None:
        posted = post(account, self.terms, self.outside, self.edo)
        self.sent += posted.sent
        for one, reason, said in posted.refused:
            self.left.stays(one, reason, said)
        self._still_running += posted.still_running
        if self.outside.clock() >= self.terms.until:
            raise TimeIsUpError

    def _once_more(self) -> None:
        """Of what the operator was still working on; what it has not finished now is for the next round."""
        again, self._still_running = {one.stored.pk for one in self._still_running}, []
        for account in sorted(again):
            self._post(account)
        for one in self._still_running:
            self.left.stays(one, Reason.STILL_RUNNING)

    # --- the cursor ----------------------------------------------------------------------------------------------

    def _walk(self) -> Stored:
        stored = place_of(WALK, self.outside)
        if stored and stored.row["window"] == self.terms.window.key:
            return stored
        row = {"window": self.terms.window.key, "cursor": "", **Left().row}
        return put_place(WALK, row, stored.version if stored else ABSENT, self.outside)

    def _save(self, walk: Stored, cursor: str) -> Stored:
        row = {**walk.row, "cursor": cursor, **self.left.row}
        return put_place(WALK, row, walk.version, self.outside)

    def _end(self, walk: Stored) -> None:
        """What is left is told by a row, and the next round begins at the beginning."""
        key = self.terms.window.key
        stored = self.outside.store.get("control", LEFT, key)
        at, total = utc_text(self.outside.clock()), self.left.total
        row = {**self.left.row, "total": total, "at": at, "summary": f"{key}: осталось {total}"}
        begin = {**walk.row, "cursor": "", **Left().row}
        self.outside.store.tx(
            [
                Write("control", LEFT, key, row, stored.version if stored else ABSENT),
                Write("control", CURSORS, WALK, begin, walk.version),
            ]
        )


def _accounts(cursor: str, outside: Outside) -> Iterator[tuple[str, str]]:
    """Accounts with documents that wait, after the cursor; each with the cursor behind it, `<partition>|<key>`."""
    while True:
        rows, cursor_after = next_page(DUE_SHARDS, cursor, outside, limit=1)
        for work in rows:
            account = work.row["account"]
            cursor_after = f"{work.pk}|{account}$"  # the next character after that which parts it from its documents
            yield account, cursor_after
        if not (cursor := cursor_after):
            return
