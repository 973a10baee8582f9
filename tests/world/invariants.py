"""What must hold when the world has come to rest. Numbers are those of the design's list of invariants."""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from billing import records
from billing.adapters.long_rows import LongRows
from billing.domain.drafts import sides
from billing.domain.periods import Month
from billing.domain.replay import replay
from billing.messages import body_sha
from billing.records_letters import OURS, SUPPRESSED, LetterRecord, account_of, letters_in
from billing.usecases.cards import customer_card, seller_card
from billing.usecases.preview import preview
from billing.usecases.take_from_crm import take_from_crm
from tests.fakes import MemoryMetrics, MemoryStore
from tests.world.life import POISON, UNTOLD
from tests.world.oracle import agree, is_held
from tests.world.world import World


def check(world: World, sent: list[dict[str, Any]]) -> None:
    store = world.store
    quiet = world.outside.__class__(
        store=LongRows(store, world.metrics),
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
    _replayed(world, accounts)
    agree(world, accounts)
    _numbers(store)
    _files(world)
    _periods(store, accounts)
    _papers(store)
    _invoices(world)
    _tallied(store, accounts)
    _letters(world, sent)
    _all_closed(store, world.months)
    assert not world.dead, "a message is still dead"
    left = [s for s in store.rows("work") if not s.row.get("blocked")]
    assert not left, f"I12: work is left: {[s.sk for s in left]}"
    for month in sorted({s.row["month"] for s in store.rows("documents") if s.row["kind"] == "period"}):
        said = preview(Month.parse(month), quiet, until=world.clock() + timedelta(days=1))
        assert not said["differences"], f"I6, I7: {said['differences']}"
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
        balance, head = 0, ""
        open_month = next((s.row["month"] for s in entries if s.row["kind"] == "close"), None)
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
    moment = datetime.fromisoformat(at) + timedelta(hours=3)  # Moscow has been three hours ahead since 2014
    return f"{moment.year:04}-{moment.month:02}"


def _answers(store: MemoryStore, sent: list[dict[str, Any]]) -> None:
    """Every key has one answer, and the entry is that of the content which was answered first."""
    applied = Counter(s.row["key"] for s in store.rows("journal") if s.row["kind"] not in ("merge", "close"))
    for message in sent:
        seen = store.get("seen", message["key"])
        assert seen, f"I3: {message['key']} has no answer"
        times = 1 if seen.row["outcome"] == "posted" else 0
        assert applied[message["key"]] == times, f"I3: {message['key']} applied {applied[message['key']]} times"
        if times and _is_first(message, seen):
            entry = store.get("journal", message["account"], records.seq_key(seen.row["seq"]))
            assert entry, "I3: an answer without its entry"
            amount = message.get("amount", 0)
            assert abs(entry.row["amount_kop"]) == amount, f"I16: {message['key']} was posted with another content"


def _is_first(message: dict[str, Any], seen: Any) -> bool:
    return bool(body_sha(json.dumps(message, ensure_ascii=False)) == seen.row["body_sha"])


def _replayed(world: World, accounts: dict[str, Any]) -> None:
    store = world.store
    for id, account in accounts.items():
        entries = [records.entry_of(int(s.sk), s.row) for s in store.rows("journal") if s.pk == id]
        again = replay(id, entries)
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
    poisoned = {
        (s.pk, s.row["month"])
        for s in world.store.rows("documents")
        if s.row.get("status") == "numbered" and s.row["content"]["buyer"]["name"] == POISON
    }
    for s in world.store.rows("documents"):
        status = s.row.get("status")
        if status == "ready":
            named.add(s.row["file"])
            assert world.holds(s.row["file"], s.row["sha256"]), "I9: the file"
            body = world.files.files[s.row["file"]].decode()
            total = [] if s.row["kind"] == "reconciliation" else [f"total={s.row['total_kop']}"]
            for said in (f"number='{s.row['number']}'", *total):
                assert said in body, f"I9: the paper does not say {said}"
        elif (s.pk, s.row["month"]) in poisoned:
            assert status in (None, "numbered", "blocked"), f"a document of a poisoned month is {status}"
            assert world.store.get("control", f"parked.{s.row['month']}", s.pk), f"I12: {s.pk} is not set aside"
            named.add(f"docs/{s.pk}/{s.sk}.pdf")
        else:
            assert status in (None, "blocked"), f"a document stays {status}"
    extra = {key for key in world.files.files if key.startswith("docs/")} - named
    assert not extra, f"I13: files without a row: {extra}"


def _papers(store: MemoryStore) -> None:
    """Acts add up, are made of companies' money alone, and wait only for what is really missing."""
    for s in store.rows("documents"):
        if s.row["kind"] == "period":
            continue
        content = s.row["content"]
        if s.row["kind"] != "reconciliation":
            assert sum(line["amount"] for line in content["lines"]) == content["total"] == s.row["total_kop"], (
                "I6: a sum"
            )
        if s.row["kind"] == "act":
            companies = sum(amount for money, amount in content["by_class"] if money in ("BANK", "CARD_LE", "CREDIT"))
            assert companies == content["total"], "I6: an act of money that is no company's"
        if s.row["kind"] == "act":
            _lawful(s.pk, s.sk, s.row)
        if s.row["status"] == "blocked" and not (s.row["kind"] == "act" and is_held(s.sk)):
            day = date.fromisoformat(content["date"])
            whole = LongRows(store, MemoryMetrics())
            missing = sides(s.row["payer"], day, customer_card(whole, s.pk), seller_card(whole)).problems
            assert missing, f"{s.pk} {s.sk} waits for requisites that are there"


def _lawful(account: str, id: str, row: Mapping[str, Any]) -> None:
    """I6: no act has a taxed minus, nor a taxed service of another quarter; what has one waits for a person."""
    odd = [line for line in row["content"]["lines"] if line["vat"] != "none" and _is_odd(line, row["month"])]
    if is_held(id):
        assert odd == row["content"]["lines"], f"I6: {account} {id} is held back, and might be in an act"
        assert row["status"] == "blocked", f"I6: {account} {id} is {row['status']}, and no act may hold it"
    else:
        assert not odd, f"I6: {account} {id} has {[line['title'] for line in odd]}"


def _is_odd(line: Mapping[str, Any], month: str) -> bool:
    others = (
        f"{year}-{n:02}" for year in (2025, 2026) for n in range(1, 13) if (year, (n + 2) // 3) != _quarter(month)
    )
    return line["amount"] < 0 or any(_in_words(of) in line["title"] for of in others)


def _quarter(month: str) -> tuple[int, int]:
    return int(month[:4]), (int(month[5:]) + 2) // 3


def reconciled(world: World, month: str) -> int:
    """I22: whoever has an act of the quarter has its act of reconciliation, or an act of its last month still waits.

    Answers for how many acts there is one.
    """
    rows = {(s.pk, s.sk): s.row for s in world.store.rows("documents")}
    waiting = {of for (of, _), row in rows.items() if row["month"] == month and row.get("status") == "blocked"}
    made = 0
    for (account, _), row in sorted(rows.items()):
        if row["kind"] != "act" or row["status"] == "blocked" or account in waiting:
            continue
        if (account, f"{month}.period") in rows:
            wanted = f"{month}.reconciliation.{row['payer']}.0"
            assert (account, wanted) in rows, f"I22: {account} has no {wanted}"
            made += 1
    return made


def _invoices(world: World) -> None:
    """I6: an invoice beside each act, or one, or none, by the policy that held at the close."""
    papers: dict[tuple[str, str], dict[str, dict[str, int]]] = defaultdict(lambda: {"act": {}, "invoice": {}})
    for s in world.store.rows("documents"):
        if s.row["kind"] == "invoice" or (s.row["kind"] == "act" and not is_held(s.sk)):
            papers[s.pk, s.row["month"]][s.row["kind"]][s.row["payer"]] = s.row["total_kop"]
    for (account, month), kinds in papers.items():
        policy, known = world.invoiced_as[account, month], world.closed_as[account, month][1]
        if not known:
            continue
        if policy == "act_pair":
            assert kinds["act"] == kinds["invoice"], f"I6: {account} {month}: acts and invoices are no pairs"
        else:
            most = 0 if policy == "none" else 1
            assert len(kinds["invoice"]) <= most, f"I6: {account} {month}: {len(kinds['invoice'])} invoices"


def _tallied(store: MemoryStore, accounts: dict[str, Any]) -> None:
    """I7: no kopeck of a charge is in two acts, and what is in none waits: by the journal and the papers alone.

    An act holds what company money paid and what nobody had paid when the month was closed; what a debt is already in
    an act for (`acted`) is in no second one.
    """
    for id, account in accounts.items():
        entries = [s.row for s in store.rows("journal") if s.pk == id]
        papers = [s.row for s in store.rows("documents") if s.pk == id and s.row["kind"] == "act"]
        by_class = Counter[str]()
        for paper in papers:
            by_class.update(dict(paper["content"]["by_class"]))
        for fund, total in account.funds.items():
            by_class[fund.money.value] += total.amount
        met = [a for row in entries for a in row.get("allocations", ()) if a["money"] in ("BANK", "CARD_LE")]
        spent = sum(a["amount"] for a in met if not a.get("acted"))
        assert spent == by_class["BANK"] + by_class["CARD_LE"], f"I7: {id} spent {spent}, in acts or due {by_class}"
        charged = Counter[tuple[str, str]]()
        for row in entries:
            if row["kind"] == "charge":
                charged[row["service"]["title"], row["month"]] -= row["amount_kop"]
        acted = Counter[tuple[str, str]]()
        for paper in papers:
            for line in paper["content"]["lines"]:
                acted[_service_of(line["title"], paper["month"], charged)] += line["amount"]
        for fund, total in account.funds.items():  # what the next acts will take back is among it
            if fund.money in ("BANK", "CARD_LE", "CREDIT"):
                acted[account.lines[fund.line].title, str(fund.month)] += total.amount
        for service, amount in acted.items():
            assert amount <= charged[service], f"I7: {id}: {service} was charged {charged[service]}, acted {amount}"


def _service_of(title: str, month: str, known: Mapping[tuple[str, str], int]) -> tuple[str, str]:
    """Whose line it is: a service of the act's own month is named alone, one of another month with that month."""
    months = {m for _, m in known if _in_words(m) in title} or {month}
    (of,) = months
    return next(service for service, m in known if m == of and service in title), of


_MONTHS = (
    *("январь", "февраль", "март", "апрель", "май", "июнь"),
    *("июль", "август", "сентябрь", "октябрь", "ноябрь", "декабрь"),
)


def _in_words(month: str) -> str:
    return f"{_MONTHS[int(month[5:]) - 1]}\u00a0{month[:4]}"


def _periods(store: MemoryStore, accounts: dict[str, Any]) -> None:
    """I15: each month begins where the last one ended, and its sums are those of its entries."""
    by_account: dict[str, list[Any]] = defaultdict(list)
    for s in store.rows("documents"):
        if s.row["kind"] == "period":
            by_account[s.pk].append(s.row)
    for id, account in accounts.items():
        rows = by_account[id]
        entries = [s.row for s in store.rows("journal") if s.pk == id]
        closes = [row["month"] for row in entries if row["kind"] == "close"]
        assert closes == [row["month"] for row in rows], f"I15: {id} closed {closes} and has other summaries"
        opening = 0
        for row in rows:
            turned = Counter[str]()
            for entry in entries:
                if entry["period"] == row["month"] and entry["kind"] not in ("merge", "close"):
                    kind = f"payment.{entry['money']}" if entry["kind"] == "payment" else entry["kind"]
                    turned[kind] += entry["amount_kop"]
            said = {k: v for k, v in row["turnover"].items() if v and not k.startswith(("carried.", "documented."))}
            assert said == {k: v for k, v in turned.items() if v}, f"I15: the turnover of {id} in {row['month']}"
            assert row["opening_kop"] == opening, "I15: a month begins where none ended"
            opening += sum(turned.values())
            assert row["closing_kop"] == opening, "I15: a month ends where its entries do not lead"
        assert account.opening == opening, "I15: the open month begins elsewhere"


def _all_closed(store: MemoryStore, months: list[str]) -> None:
    """I21: no account is left open by a run, unless it is set aside or appeared after the run had read it."""
    runs = {s.sk: s.row for s in store.rows("control") if s.pk == "runs"}
    assert set(months) <= set(runs), f"I21: of {months} only {sorted(runs)} were ever closed"
    begun = {s.pk: s.row["posted_at"] for s in reversed(store.rows("journal")) if int(s.sk) == 1}
    for s in store.rows("accounts"):
        for month, run in runs.items():
            if s.row["open"] > month or begun[s.pk] > run["started_at"]:
                continue
            waits = {store.version("control", f"parked.{m}", s.pk) for m in (month, s.row["open"])}
            assert waits != {0}, f"I21: {s.pk} is open in {s.row['open']} after the run of {month}"


def _letters(world: World, sent: list[dict[str, Any]]) -> None:
    """I10: every document goes to each address of its list once; twice only where nothing was heard for long."""
    store = world.store
    letters = {x.id: x for x in letters_in(s for s in store.rows("deliveries") if s.pk != SUPPRESSED)}
    for letter in letters.values():
        for digest, d in letter.deliveries.items():
            id, taken = f"{letter.id}_{digest}", world.accepted[f"{letter.id}_{digest}"]
            if d.status == "refused":
                assert _untold(store, letter), f"I10: {id} was refused for nothing"
                assert not taken, f"I10: {id} was refused and sent"
                continue
            assert d.status in ("accepted", "delivered", "bounced"), f"I10: {id} stays {d.status}"
            assert taken >= 1, f"I10: {id} was never sent"
    again = sum(taken - 1 for taken in world.accepted.values())
    assert again <= world.metrics.counts.get("LettersSentAgain", 0), f"I10: {again} letters sent again, not counted"
    lists = defaultdict(set)
    for message in sent:
        if message["kind"] == "customer":
            lists[message["account"]].add(_addresses(message))
    in_letters = Counter[tuple[str, str]]()
    for id, letter in letters.items():
        to = frozenset(d.address.casefold() for d in letter.deliveries.values())
        if account_of(id) == OURS:
            assert (letter.head["kind"], to) == ("run_report", {"buh@seller.example"}), "I10: the report goes elsewhere"
            continue
        assert to in lists[account_of(id)], f"I10: {id} went to {sorted(to)}"
        in_letters.update((account_of(id), document) for document in letter.documents)
    for s in store.rows("documents"):
        if s.row.get("status") == "ready" and s.row["letter"] != "nobody":
            assert in_letters[s.pk, s.sk] == 1, f"I10: {s.pk} {s.sk} is in {in_letters[s.pk, s.sk]} letters"
        else:
            assert not in_letters[s.pk, s.sk], f"I10: {s.pk} {s.sk} is in a letter and not ready"
        if s.row.get("letter") == "nobody":
            card = customer_card(LongRows(store, MemoryMetrics()), s.pk)
            cards = [m for m in sent if m["kind"] == "customer" and m["account"] == s.pk]
            assert not card or len(cards) > 1 or not cards, f"I10: nobody is told of {s.pk} {s.sk}"
    for _, delivery, sent_letter in world.mailer.letters:
        letter = letters[delivery.rpartition("_")[0]]
        if letter.head["kind"] == "closing_documents":
            files = [f"docs/{account_of(letter.id)}/{document}.pdf" for document in letter.documents]
            bodies = [world.files.files[file] for file in files]
            assert [a.body for a in sent_letter.attachments] == bodies, "I10: other papers"


def _untold(store: MemoryStore, letter: LetterRecord) -> bool:
    account = account_of(letter.id)
    rows = store.tables["documents"][account]
    whole = [store.whole("documents", account, document, rows[document][0]) for document in letter.documents]
    return any(row["content"]["buyer"]["name"] == UNTOLD for row in whole)


def _addresses(message: dict[str, Any]) -> frozenset[str]:
    """Who is to get letters by a card, said anew."""
    typed = [email for a in message["administrators"] for email in a["emails"]] + message["added_addresses"]
    return frozenset(text.casefold() for text in typed if "@" in text and " " not in text)


def _runs(store: MemoryStore) -> None:
    """I21: each run has ended, and its last report says what there is, counted anew from journal and papers."""
    for s in store.rows("control"):
        if s.pk == "reports":
            assert s.row["closed"] + s.row["parked_count"] == s.row["scanned"], "I21: a report that came too early"
    for s in store.rows("control"):
        if s.pk != "runs":
            continue
        assert s.row["state"] == "done", f"I21: the run of {s.sk} has not ended"
        found = LongRows(store, MemoryMetrics()).get("control", "reports", f"{s.sk}.{s.row['report']:03}")
        assert found, "I21: a run without its report"
        report, papers = found.row, [d.row for d in store.rows("documents") if d.row["month"] == s.sk]
        closed = {d.pk for d in store.rows("documents") if d.row["kind"] == "period" and d.row["month"] == s.sk}
        assert report["difference"] == 0, f"I7: debits and acts do not tally: {report['wrong']}"
        assert report["holds"], f"I8: numbers are missing: {report['series']}"
        assert report["closed"] == len(closed), f"I21: {report['closed']} of {len(closed)} closed are reported"
        charged = -sum(
            e.row["amount_kop"]
            for e in store.rows("journal")
            if e.pk in closed and e.row["period"] == s.sk and e.row["kind"] in ("charge", "reversal")
        )
        assert report["charged"] == charged, f"I21: charged {charged}, reported {report['charged']}"
        acts = [row for row in papers if row["kind"] == "act"]
        assert sum(report["acted"].values()) == sum(row["total_kop"] for row in acts), "I21: the sum of acts"
        unfinished = sum(row.get("status", "ready") != "ready" for row in papers)
        assert report["blocked_count"] == unfinished, f"I21: {unfinished} blocked, reported {report['blocked_count']}"
        for series, said in report["series"].items():
            last = max(d.row.get("ordinal", 0) for d in store.rows("documents") if d.row.get("series") == series)
            assert said["last"] <= last, "I21: the numbers used"
        _adds_up(report)


def _adds_up(report: Mapping[str, Any]) -> None:
    """I7: as whoever adds the report up by hand does it."""
    journal, funded = report["journal"], report["journal_funded"]
    grown = journal.get("charged", 0) - journal.get("reversed", 0) + journal.get("withdrawn", 0) - sum(funded.values())
    assert journal.get("unpaid_before", 0) + grown == journal.get("unpaid_after", 0), "I7: debts at both ends"
    acts = [report[name].get("act", [0, 0])[1] for name in ("documents", "waiting")]
    assert sum(acts) == sum(report["acted"].values()), "I7: issued and waiting acts"
    assert sum(acts) == sum(amount for amount, _ in report["vat_all"].values()), "I7: acts by rate of VAT"
    ever = report["ever"]
    assert ever.get("acted", 0) == ever.get("expected", 0), "I7: acts of all time"


def _again(world: World, quiet: Any, sent: list[dict[str, Any]]) -> None:
    """I16: asked again, every answer is the first one, and nothing moves."""
    before = {s.pk: s.version for s in world.store.rows("accounts")}
    for message in sent:
        first = world.store.get("seen", message["key"])
        taken = take_from_crm(json.dumps(message, ensure_ascii=False), quiet, id="again", group=message["account"])
        assert first
        answer = first.row["outcome"] if _is_first(message, first) else "refused"  # the same key with other content
        assert taken.outcome == answer, f"I16: {message['key']}"
    assert {s.pk: s.version for s in world.store.rows("accounts")} == before, "I16: an account moved"
