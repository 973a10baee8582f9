"""What must hold when the world has come to rest. Numbers are those of the design's list of invariants."""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from billing import records
from billing.domain.drafts import sides
from billing.domain.periods import Month
from billing.domain.replay import replay
from billing.usecases.cards import customer_card, seller_card
from billing.usecases.letters import HEAD
from billing.usecases.preview import preview
from billing.usecases.take_from_crm import take_from_crm
from tests.fakes import MemoryStore
from tests.world.world import World


def check(world: World, sent: list[dict[str, Any]]) -> None:
    store = world.store
    quiet = world.outside.__class__(
        store=store,
        files=world.files,
        queue=_Silent(),
        mailer=_Silent(),
        metrics=world.metrics,
        clock=world.clock,
        settings=world.outside.settings,
    )
    accounts = {s.pk: records.account_of(s.pk, s.row) for s in store.rows("accounts")}
    _journal(store, accounts)
    _answers(store, sent)
    _replayed(store, accounts)
    _numbers(store)
    _files(world)
    _periods(store)
    _papers(store)
    _tallied(store, accounts)
    _letters(world)
    assert not world.dead, "a message is still dead"
    left = [s for s in store.rows("work") if not s.row.get("blocked")]
    assert not left, f"I12: work is left: {[s.sk for s in left]}"
    for month in sorted({s.row["month"] for s in store.rows("documents") if s.row["kind"] == "period"}):
        said = preview(Month.parse(month), quiet, until=world.clock() + timedelta(days=1))
        told = [d for d in said["differences"] if "реквизит" not in d]
        assert not told, f"I6, I7: {told}"
    _runs(store)
    _again(world, quiet, sent)


class _Silent:
    def send(self, *args: Any, **kwargs: Any) -> str:
        return ""

    send_fifo = send


def _journal(store: MemoryStore, accounts: dict[str, Any]) -> None:
    by_account: dict[str, list[Any]] = defaultdict(list)
    for s in store.rows("journal"):
        by_account[s.pk].append(s)
    for account, entries in by_account.items():
        assert [int(s.sk) for s in entries] == list(range(1, accounts[account].seq + 1)), "I2: the journal has gaps"
        balance, head, open_month = 0, "", None
        for s in entries:
            row = s.row
            balance += row["amount_kop"]
            assert row["balance_kop"] == balance, "I2: the balance after an entry"
            assert row["previous"] == head, "I19: the chain is broken"
            assert row["sha"] == _sealed(account, int(s.sk), row), "I19: an entry was changed"
            head = row["sha"]
            if row["kind"] == "close":
                open_month = str(Month.parse(row["month"]).next)
            elif row["kind"] != "merge":
                month = _moscow_month(row["at"])
                assert row["month"] == month, "I14: the Moscow month of the event"
                assert row["period"] == max(month, open_month or month), "I14: the period"
        assert head == accounts[account].head, "I19: the head"


def _sealed(account: str, seq: int, row: Mapping[str, Any]) -> str:
    """The seal worked out anew, by nothing of the code's."""
    said = json.dumps(
        {key: value for key, value in row.items() if key != "sha"},
        ensure_ascii=False,
        sort_keys=True,
        separators=(",", ":"),
    )
    return hashlib.sha256(f"{account}/{seq}/{said}".encode()).hexdigest()


def _moscow_month(at: str) -> str:
    from datetime import datetime

    moment = datetime.fromisoformat(at) + timedelta(hours=3)  # Moscow has been three hours ahead since 2014
    return f"{moment.year:04}-{moment.month:02}"


def _answers(store: MemoryStore, sent: list[dict[str, Any]]) -> None:
    applied = Counter(s.row["key"] for s in store.rows("journal") if s.row["kind"] not in ("merge", "close"))
    for message in sent:
        seen = store.get("seen", message["key"])
        assert seen, f"I3: {message['key']} has no answer"
        times = 1 if seen.row["outcome"] == "posted" else 0
        assert applied[message["key"]] == times, f"I3: {message['key']} applied {applied[message['key']]} times"


def _replayed(store: MemoryStore, accounts: dict[str, Any]) -> None:
    seller = seller_card(store)
    for id, account in accounts.items():
        entries = [records.entry_of(int(s.sk), s.row) for s in store.rows("journal") if s.pk == id]
        again = replay(id, entries, customer_card(store, id), seller)
        assert (again.balance, again.lots, again.seq, again.open) == (
            account.balance,
            account.lots,
            account.seq,
            account.open,
        ), "I5: the journal told again differs"


def _numbers(store: MemoryStore) -> None:
    series: dict[str, list[int]] = defaultdict(list)
    for s in store.rows("documents"):
        if s.row.get("number"):
            series[s.row["series"]].append(int(s.row["number"]))
    for name, numbers in series.items():
        counter = store.get("control", f"series.{name}", "counter")
        assert counter
        assert sorted(numbers) == list(range(1, counter.row["last"] + 1)), f"I8: numbers of {name}: {sorted(numbers)}"


def _files(world: World) -> None:
    named = set()
    for s in world.store.rows("documents"):
        if s.row.get("status") == "ready":
            named.add(s.row["file"])
            assert hashlib.sha256(world.files.files[s.row["file"]]).hexdigest() == s.row["sha256"], "I9: the file"
        assert s.row.get("status") in (None, "ready", "blocked"), f"a document stays {s.row.get('status')}"
    extra = {key for key in world.files.files if key.startswith("docs/")} - named
    assert not extra, f"I13: files without a row: {extra}"


def _papers(store: MemoryStore) -> None:
    """Acts add up, are made of companies' money alone, and wait only for what is really missing."""
    for s in store.rows("documents"):
        if s.row["kind"] == "period":
            continue
        content = s.row["content"]
        assert sum(line["amount"] for line in content["lines"]) == content["total"] == s.row["total_kop"], "I6: a sum"
        if s.row["kind"] == "act":
            companies = sum(amount for money, amount in content["by_class"] if money in ("BANK", "CARD_LE", "CREDIT"))
            assert companies == content["total"], "I6: an act of money that is no company's"
        if s.row["status"] == "blocked":
            day = date.fromisoformat(content["date"])
            missing = sides(s.row["payer"], day, customer_card(store, s.pk), seller_card(store)).problems
            assert missing, f"{s.pk} {s.sk} waits for requisites that are there"


def _tallied(store: MemoryStore, accounts: dict[str, Any]) -> None:
    """I7: companies' money spent is in acts or still to be acted; nothing is lost on the way from month to month."""
    for id, account in accounts.items():
        customer = customer_card(store, id)
        if customer and customer.policy == "postpaid":
            continue  # acts of unpaid charges are proved by the oracle of the ledger
        entries = [s.row for s in store.rows("journal") if s.pk == id]
        spent = sum(
            a["amount"]
            for row in entries
            for a in row.get("allocations", ())
            if a["money"] in ("BANK", "CARD_LE") and not a.get("acted")
        )
        acted = sum(s.row["total_kop"] for s in store.rows("documents") if s.pk == id and s.row["kind"] == "act")
        waiting = sum(total.amount for fund, total in account.funds.items() if fund.money in ("BANK", "CARD_LE"))
        assert spent == acted + waiting, f"I7: {id} spent {spent}, acted {acted}, waiting {waiting}"


def _periods(store: MemoryStore) -> None:
    by_account: dict[str, list[Any]] = defaultdict(list)
    for s in store.rows("documents"):
        if s.row["kind"] == "period":
            by_account[s.pk].append(s.row)
    for rows in by_account.values():
        for before, after in pairwise(rows):
            assert before["closing_kop"] == after["opening_kop"], "I15: closing and opening"


def _letters(world: World) -> None:
    """Each delivery was taken once; more often only where nothing was heard of it for a quarter of an hour."""
    deliveries = {
        f"{s.pk}_{s.sk}": s.row for s in world.store.rows("deliveries") if s.sk != HEAD and s.pk != "suppressed"
    }
    for id, row in deliveries.items():
        assert row["status"] in ("accepted", "delivered", "bounced"), f"I10: {id} stays {row['status']}"
        taken = world.accepted[id]
        assert taken >= 1, f"I10: {id} was never sent"
        assert taken == 1 or world.lost_events, f"I10: {id} was sent {taken} times"
    assert not set(world.accepted) - set(deliveries), "I10: a letter to somebody else"
    for s in world.store.rows("documents"):
        if s.row.get("status") != "ready" or s.row["letter"] == "nobody":
            continue
        heads = [
            h
            for h in world.store.rows("deliveries")
            if h.sk == HEAD and h.row["account"] == s.pk and s.sk in h.row.get("documents", ())
        ]
        assert heads, "I10: a document in no letter"
        addresses = {r["address"] for id, r in deliveries.items() for h in heads if id.startswith(f"{h.pk}_")}
        assert len(addresses) == 2, f"I10: {s.sk} went to {len(addresses)} addresses"


def _runs(store: MemoryStore) -> None:
    for s in store.rows("control"):
        if s.pk == "runs":
            assert s.row["state"] == "done", f"I21: the run of {s.sk} has not ended"
            report = store.get("control", "reports", f"{s.sk}.{s.row['report']:03}")
            assert report
            assert report.row["closed"] + report.row["parked_count"] == report.row["scanned"], (
                "I21: the report's counts"
            )
            closed = sum(d.row["kind"] == "period" and d.row["month"] == s.sk for d in store.rows("documents"))
            assert report.row["closed"] == closed, f"I21: {report.row['closed']} of {closed} closed are reported"
            assert report.row["difference"] == 0, "I7: debits and acts do not tally"

    for s in store.rows("control"):
        if s.pk == "reports":
            assert s.row["closed"] + s.row["parked_count"] == s.row["scanned"], "I21: a report that came too early"


def _again(world: World, quiet: Any, sent: list[dict[str, Any]]) -> None:
    """I16: asked again, every answer is the first one, and nothing moves."""
    before = {s.pk: s.version for s in world.store.rows("accounts")}
    for message in sent:
        first = world.store.get("seen", message["key"])
        taken = take_from_crm(json.dumps(message, ensure_ascii=False), quiet, id="again", group=message["account"])
        assert first
        assert taken.outcome == first.row["outcome"], f"I16: {message['key']}"
    assert {s.pk: s.version for s in world.store.rows("accounts")} == before, "I16: an account moved"
