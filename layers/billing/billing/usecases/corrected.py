"""Follow the target of a correction through the journal, skipping all that cannot concern it."""

from __future__ import annotations

from dataclasses import replace

from billing import records
from billing.domain.corrections import Following
from billing.domain.ledger import MERGED, Account, Entry, Service, Target
from billing.ports import Store, TooLargeError

EARLIER_MAX = 64  # corrections before it that a correction names
FIRST_PAGE, PAGE = 20, 200
ENTRIES_MAX = 50_000  # followed for one correction: half a minute of the function's life
LINES_MAX = 200  # services of dropped lines that are looked up


def target_at(store: Store, account: Account, seq: int) -> Target:
    """Return the entry at that place with all that has happened to it since.

    Raises:
        TooLargeError: its history is too long to be read within a function's lifetime.
    """
    jumps = _corrections_after(store, account, seq)
    following: Following | None = None
    place, limit, count = seq - 1, FIRST_PAGE, 0
    while place < account.seq and (entries := _entries(store, account, place, limit)):
        for entry in entries:
            place, count = entry.seq, count + 1
            if following:
                following.add(entry)
            else:
                following = Following(entry)
            if not following.is_open:
                break
        assert following
        if count > ENTRIES_MAX:
            raise TooLargeError(
                f"с этой записью связано больше {ENTRIES_MAX} записей счёта: исправьте её частями, "
                "сторнируя последние списания по одному"
            )
        limit = PAGE
        if not following.is_open:
            jump = next((n for n in jumps if n > place), account.seq + 1)
            place, limit = jump - 1, 1
    assert following, "what was answered as posted stands in the journal"
    return _with_services(following.target, account, store)


def earlier_corrections(store: Store, account: Account) -> list[int]:
    """Return the places of earlier corrections that a new one records, newest first."""
    if not account.corrected:
        return []
    return [account.corrected, *_earlier(store, account, account.corrected)][:EARLIER_MAX]


def _corrections_after(store: Store, account: Account, seq: int) -> list[int]:
    """Return the places of the account's corrections after `seq`, in order."""
    places, last = list[int](), account.corrected
    while last > seq:
        earlier = _earlier(store, account, last)
        places += [last, *earlier[:-1]]
        last = earlier[-1] if earlier else 0
    return sorted(n for n in places if n > seq)


def _earlier(store: Store, account: Account, place: int) -> list[int]:
    row = store.query("journal", account.id, after=records.seq_key(place - 1), limit=1).rows[0].row
    return list(row.get("earlier", ()))


def _entries(store: Store, account: Account, after: int, limit: int) -> list[Entry]:
    before = records.seq_key(account.seq + 1)
    page = store.query("journal", account.id, after=records.seq_key(after), before=before, limit=limit)
    return [records.entry_of(int(s.sk), s.row) for s in page.rows]


def _with_services(target: Target, account: Account, store: Store) -> Target:
    """Add the services of lines that the account has dropped, looked up by their charges."""
    lost = {a.line: a.charge for a in target.live if a.line not in account.lines and a.line not in target.services}
    found = dict[str, Service]()
    for line, charge in sorted(lost.items())[:LINES_MAX]:
        seen = None if charge.startswith(MERGED) else store.get("seen", charge)
        if seen and seen.row["account"] == account.id and "seq" in seen.row:
            (entry,) = _entries(store, account, int(seen.row["seq"]) - 1, 1)
            if entry.service and entry.line == line:
                found[line] = entry.service
    return replace(target, services={**target.services, **found}) if found else target
