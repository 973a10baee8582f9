"""What must never be broken, not even for a moment: asserted at every write, file and letter."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from billing.domain.delivery import RANKS
from billing.domain.documents import DocumentStatus
from billing.domain.periods import utc_text
from billing.ports import Letter, Write
from billing.records_letters import HEAD, OURS, SUPPRESSED, key_of
from tests.fakes import MemoryStore

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.world.world import World

_ORDER = [s.value for s in DocumentStatus]
_LETTERS = dict(RANKS)  # as it was written, whatever a planted defect makes of it
FRESH = timedelta(minutes=6)  # a function's life, and the clocks' errors
SILENCE_S = 600.0  # no event for that long: only then may a letter go a second time (15 minutes less clocks' errors)


class BrokenError(BaseException):
    """An invariant is broken. No `except Exception` of the code may swallow it."""


@contextmanager
def watching() -> Iterator[None]:
    try:
        yield
    except AssertionError as error:
        raise BrokenError(str(error)) from error


def is_numbered(row: Mapping[str, Any]) -> bool:
    """Whether its number is of a series of ours; a contract may have the number of the client's card."""
    return "series" in row and row["kind"] != "contract"


class WatchedStore(MemoryStore):
    """Knows what each row may become. Every state in between two transactions is one that somebody may see."""

    def __init__(self, world: World | None = None) -> None:
        super().__init__()
        self.world = world
        self._numbers: dict[str, dict[str, tuple[str, str]]] = {}
        self._applied: set[str] = set()
        self._heads: dict[str, tuple[int, str]] = {}
        self.carded_at: dict[str, float] = {}

    def tx(self, writes: Sequence[Write]) -> None:
        with watching():
            super().tx(writes)
            for series in {w.row["series"] for w in writes if w.table == "documents" and w.row and is_numbered(w.row)}:
                counter = self.tables["control"].get(f"series.{series}", {}).get("counter")
                taken = len(self._numbers[series])
                assert counter, f"I8: {series} has numbers and no counter"
                assert counter[0]["last"] == taken, f"I8: {taken} numbers of {series}, counted {counter[0]['last']}"

    def before_write(self, w: Write) -> None:
        if w.row and "parts" in w.row:  # those stand already: they are written before the row
            w = replace(w, row=self.whole(w.table, w.pk, w.sk, w.row))
        was = self.tables[w.table].get(w.pk, {}).get(w.sk)
        check: Callable[[Write, Any], None] | None = getattr(self, f"_{w.table}", None)
        if check:
            check(w, self.whole(w.table, w.pk, w.sk, was[0]) if was else None)

    def _accounts(self, w: Write, was: Any) -> None:
        assert w.row, "an account is deleted"
        lots, debts = [lot["rest"] for lot in w.row["lots"]], [d["rest"] for d in w.row["debts"]]
        assert w.row["balance_kop"] == sum(lots) - sum(debts), "I1: the balance is not lots less debts"
        assert not (lots and debts), "I1: both queues hold something"
        assert min(lots + debts, default=1) > 0, "I1: a rest of nothing"
        assert not was or w.row["seq"] >= was["seq"], "I18: an account went back"
        assert not was or w.row["open"] >= was["open"], "I18: a closed month is open again"

    def _customers(self, w: Write, was: Any) -> None:
        if self.world:
            self.carded_at[w.pk] = self.world.now

    def _journal(self, w: Write, was: Any) -> None:
        assert w.row, "an entry of the journal is deleted"
        assert not was, "I3: a row of the journal written twice"
        seq, head = self._heads.get(w.pk, (0, ""))
        assert (int(w.sk), w.row["previous"]) == (seq + 1, head), "I19: an entry that does not follow the last one"
        self._heads[w.pk] = int(w.sk), w.row["sha"]
        if w.row["kind"] == "close":
            if self.world:
                self.world.note_close(w.pk, w.row["month"])
        elif w.row["kind"] != "merge":
            assert w.row["key"] not in self._applied, f"I3: {w.row['key']} applied twice"
            self._applied.add(w.row["key"])

    def _seen(self, w: Write, was: Any) -> None:
        assert not was, "I16: a first answer is given again"

    def _documents(self, w: Write, was: Any) -> None:
        assert w.row, "a document is deleted"
        if w.row["kind"] == "period":
            assert not was, "I18: a month is closed twice"
            return
        number = w.row.get("number")
        if was:
            before, after = _ORDER.index(was["status"]), _ORDER.index(w.row["status"])
            assert after >= before, f"I18: {was['status']} became {w.row['status']}"
            assert was.get("number") in (None, number), "I8: a number changed"
            if was["status"] not in ("blocked", "decided"):
                printed = ("content", "total_kop", "date", "payer", "series")
                assert [was[p] for p in printed] == [w.row[p] for p in printed], "I9: an issued document changed"
        if number and is_numbered(w.row):
            owner = self._numbers.setdefault(w.row["series"], {}).setdefault(number, (w.pk, w.sk))
            assert owner == (w.pk, w.sk), f"I8: number {number} of {w.row['series']} given twice"
        if w.row["status"] == "ready" and self.world:
            assert self.world.holds(w.row["file"], w.row["sha256"]), "I9: ready, and its file is not there"

    def _control(self, w: Write, was: Any) -> None:
        if w.sk == "counter":
            assert w.row, "I8: a counter is deleted"
            assert w.row["last"] > (was["last"] if was else 0), "I8: a counter went back"
        if self.world and w.pk == "runs" and w.row and w.row["state"] == "done" and was and was["state"] != "done":
            left = [
                sk
                for shard, rows in self.tables["work"].items()
                if not shard.startswith("edo.")  # what the operator gets is not the night's
                for sk, (row, _) in rows.items()
                if row["month"] == w.sk and not row.get("blocked")
                if not sk.startswith(("report#", f"letter#{OURS}_report-"))
                if row["since"] < utc_text(self.world.clock() - FRESH)  # what is begun meanwhile reopens the run
            ]
            assert not left, f"I21: the run of {w.sk} ends, and there is {left}"
        if w.pk == "reports":
            assert not was, "I21: a report is written over"

    def _deliveries(self, w: Write, was: Any) -> None:
        if w.sk.endswith(f"_{HEAD}") or w.pk == SUPPRESSED:
            return
        assert w.row, "a delivery is deleted"
        now = w.row["status"]
        if not was:
            assert now == "queued", "I18: a delivery begins with its end"
            return
        assert was["address"] == w.row["address"], "I10: another address"
        withdrawn = (was["status"], now) == ("sending", "queued")  # throttled: it was no attempt
        assert withdrawn or _LETTERS[now] >= _LETTERS[was["status"]], f"I18: {was['status']} became {now}"
        if self.world and now in ("accepted", "delivered", "bounced", "complained"):
            self.world.note_heard(f"{w.pk}_{w.sk}")

    # --- letters -------------------------------------------------------------------------------------------------

    def taken(self, letter: Letter, to: str, delivery: str) -> None:
        """The mail service takes a letter now."""
        assert self.world
        with watching():
            id, _, address = delivery.rpartition("_")
            account, name = key_of(id, address)
            found = self.tables["deliveries"].get(account, {}).get(name)
            assert found, "I10: a letter that nobody asked for"
            assert found[0]["address"] == to, "I10: a letter to another address"
            status, at = found[0]["status"], self.world.accepted_at.get(delivery)
            if at is None:
                assert status == "sending", f"I10: a letter without a claim, {status}"
                return
            heard = self.world.heard_at.get(delivery)
            assert self.world.now - at > SILENCE_S, "I10: a letter twice within minutes"
            assert heard is None or heard > at + SILENCE_S, "I10: a letter twice, and it was known to be accepted"
