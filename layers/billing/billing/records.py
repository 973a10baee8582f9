"""How things stand in rows: keys that a person can type, sums twice (for machines and for people), no floats."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, TypeVar

from pydantic import TypeAdapter

from billing.domain.closing import PeriodSummary
from billing.domain.documents import (
    Act,
    Agreement,
    Document,
    DocumentKind,
    DocumentStatus,
    Invoice,
    Reconciliation,
    total_of,
)
from billing.domain.ledger import Account, Allocation, Debt, Entry, Fund, Lot, MoneyClass, PaidBy, Service, Sum
from billing.domain.money import roubles
from billing.domain.periods import Month
from billing.domain.troubles import Trouble
from billing.domain.vat import Vat
from billing.ports import Row

T = TypeVar("T")
SHARDS = 4  # of the work table: a thousand writes a second each


def seq_key(seq: int) -> str:
    """`0000000042`: sorts as the number does."""
    return f"{seq:010}"


def shard_of(account: str) -> str:
    return f"{zlib.crc32(account.encode()) % SHARDS:02}"


def canonical(row: Row) -> bytes:
    """The same bytes for the same content, whatever the order of keys."""
    return json.dumps(row, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


# --- the account -------------------------------------------------------------------------------------------------


def account_row(a: Account) -> dict[str, Any]:
    return {
        "open": str(a.open),
        "seq": a.seq,
        "balance_kop": a.balance,
        "opening_kop": a.opening,
        "head": a.head,
        "touched": a.touched,
        "paid_by": [[p.seq, p.payer] for p in a.paid_by],
        "people": a.people,
        "corrected": a.corrected,
        "lots": [_lot_row(lot) for lot in a.lots],
        "debts": [_debt_row(debt) for debt in a.debts],
        "funds": {
            f"{f.period}|{f.money}|{f.payer}|{f.line}|{f.month}": [s.amount, s.quantity] for f, s in a.funds.items()
        },
        "turnover": {f"{period}|{kind}": amount for (period, kind), amount in a.turnover.items()},
        "lines": {code: _service_row(service) for code, service in a.lines.items()},
        "recent": list(a.recent),
        "summary": f"остаток {roubles(a.balance)} ₽, открыт {a.open}",
    }


def account_of(id: str, row: Row) -> Account:
    funds = {}
    for key, (amount, quantity) in row["funds"].items():
        period, money, payer, line, month = key.split("|")
        funds[Fund(Month.parse(period), MoneyClass(money), payer, line, Month.parse(month))] = Sum(amount, quantity)
    turnover = {}
    for key, amount in row["turnover"].items():
        period, kind = key.split("|")
        turnover[Month.parse(period), kind] = amount
    return Account(
        id=id,
        open=Month.parse(row["open"]),
        seq=row["seq"],
        balance=row["balance_kop"],
        opening=row["opening_kop"],
        lots=tuple(_lot_of(r) for r in row["lots"]),
        debts=tuple(_debt_of(r) for r in row["debts"]),
        funds=funds,
        turnover=turnover,
        lines={code: _service_of(r) for code, r in row["lines"].items()},
        recent=tuple(row["recent"]),
        head=row["head"],
        touched=row["touched"],
        paid_by=tuple(PaidBy(seq, payer) for seq, payer in row["paid_by"]),
        people=row["people"],
        corrected=row.get("corrected", 0),
    )


def with_head(account: Account, head: str) -> Account:
    return replace(account, head=head)


def _lot_row(lot: Lot) -> dict[str, Any]:
    merged = {"merge": lot.merge, "offset": lot.offset} if lot.merge else {}
    return {
        "seq": lot.seq,
        "payment": lot.payment,
        "money": lot.money.value,
        "payer": lot.payer,
        "rest": lot.rest,
        **merged,
    }


def _lot_of(r: Row) -> Lot:
    return Lot(
        r["seq"], r["payment"], MoneyClass(r["money"]), r["payer"], r["rest"], r.get("merge", 0), r.get("offset", 0)
    )


def _debt_row(debt: Debt) -> dict[str, Any]:
    rare = {name: value for name in ("acted", "offset") if (value := getattr(debt, name))}
    return {
        "seq": debt.seq,
        "charge": debt.charge,
        "line": debt.line,
        "month": str(debt.month),
        "rest": debt.rest,
        "quantity": debt.quantity,
        **rare,
    }


def _debt_of(r: Row) -> Debt:
    return Debt(
        r["seq"],
        r["charge"],
        r["line"],
        Month.parse(r["month"]),
        r["rest"],
        r["quantity"],
        r.get("acted", ""),
        r.get("offset", 0),
    )


def _service_row(s: Service) -> dict[str, Any]:
    more = ({"ground": s.ground} if s.ground else {}) | ({"named": True} if s.named else {})
    return {"code": s.code, "title": s.title, "unit": s.unit, "vat": s.vat.value, **more}


def _service_of(r: Row) -> Service:
    return Service(r["code"], r["title"], r["unit"], Vat(r["vat"]), r.get("ground", ""), r.get("named", False))


# --- the journal -------------------------------------------------------------------------------------------------


def entry_row(
    e: Entry, *, account: str, at: str, posted_at: str, previous: str, earlier: Sequence[int] = ()
) -> dict[str, Any]:
    """Seal a journal row: `sha` covers the row and the `sha` of the row before it, so a changed past shows.

    `earlier`: for a correction, the places of the corrections before it, newest first.
    """
    row: dict[str, Any] = {
        "kind": e.kind,
        "key": e.key,
        "day": e.day.isoformat(),
        "month": str(e.month),
        "period": str(e.period),
        "amount_kop": e.amount,
        "balance_kop": e.balance,
        "at": at,
        "posted_at": posted_at,
        "summary": _said(e),
    }
    for name in ("money", "payer", "ref", "line", "quantity", "note", "document", "email"):
        if value := getattr(e, name):
            row[name] = value
    if e.service:
        row["service"] = _service_row(e.service)
    if e.allocations:
        row["allocations"] = [_allocation_row(a) for a in e.allocations]
    if e.lots:
        row["lots"] = [_lot_row(lot) for lot in e.lots]
    if e.debts:
        row["debts"] = [_debt_row(debt) for debt in e.debts]
    if e.withdrawn:
        row["withdrawn"] = [_allocation_row(a) for a in e.withdrawn]
    if earlier:
        row["earlier"] = list(earlier)
    row["previous"] = previous
    return {**row, "sha": seal(account, e.seq, row)}


def seal(account: str, seq: int, row: Row) -> str:
    unsealed = {key: value for key, value in row.items() if key != "sha"}
    return hashlib.sha256(f"{account}/{seq}/".encode() + canonical(unsealed)).hexdigest()


def entry_of(seq: int, row: Row) -> Entry:
    return Entry(
        seq=seq,
        kind=row["kind"],
        key=row["key"],
        day=date.fromisoformat(row["day"]),
        month=Month.parse(row["month"]),
        period=Month.parse(row["period"]),
        amount=row["amount_kop"],
        balance=row["balance_kop"],
        money=row.get("money", ""),
        payer=row.get("payer", ""),
        ref=row.get("ref", ""),
        line=row.get("line", ""),
        quantity=row.get("quantity", 0),
        note=row.get("note", ""),
        document=row.get("document", ""),
        email=row.get("email", ""),
        service=_service_of(row["service"]) if "service" in row else None,
        allocations=tuple(_allocation_of(r) for r in row.get("allocations", ())),
        lots=tuple(_lot_of(r) for r in row.get("lots", ())),
        debts=tuple(_debt_of(r) for r in row.get("debts", ())),
        withdrawn=tuple(_allocation_of(r) for r in row.get("withdrawn", ())),
    )


def _allocation_row(a: Allocation) -> dict[str, Any]:
    row = {
        "lot": a.lot,
        "payment": a.payment,
        "money": a.money.value,
        "payer": a.payer,
        "charge": a.charge,
        "line": a.line,
        "month": str(a.month),
        "amount": a.amount,
        "quantity": a.quantity,
    }
    for name in ("acted", "merge", "offset", "at"):
        if value := getattr(a, name):
            row[name] = value
    return row


def _allocation_of(r: Row) -> Allocation:
    return Allocation(
        r["lot"],
        r["payment"],
        MoneyClass(r["money"]),
        r["payer"],
        r["charge"],
        r["line"],
        Month.parse(r["month"]),
        r["amount"],
        r["quantity"],
        r.get("acted", ""),
        r.get("merge", 0),
        r.get("offset", 0),
        r.get("at", 0),
    )


_KINDS = {
    "payment": "оплата",
    "charge": "списание",
    "refund": "возврат денег",
    "reversal": "сторно списания",
    "chargeback": "отзыв платежа банком",
    "reclassification": "смена вида денег",
    "merge": "слияние очереди",
    "close": "закрытие месяца",
}


def _said(e: Entry) -> str:
    what = e.service.title[:80] if e.service else e.money or str(e.period)
    return f"{_KINDS[e.kind]} {what} {roubles(e.amount)} ₽, остаток {roubles(e.balance)} ₽"


# --- documents ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentRecord:
    """A document with its fate. `series` is the counter its number is taken from: `act.2026`.

    `ordinal`: which of the series it is, however its number is written.
    `rows_file`: the rows of a long reconciliation lie there, and not in the content (`usecases.filing.whole`).
    `warnings`: what whoever ordered it has to know of it, and what stands on no paper.
    """

    account: str
    id: str
    kind: DocumentKind
    month: str
    payer: str
    status: DocumentStatus
    content: Document
    problems: tuple[Trouble, ...] = ()
    warnings: tuple[Trouble, ...] = ()
    number: str = ""
    ordinal: int = 0
    sha256: str = ""
    file: str = ""
    file_name: str = ""
    rows_file: str = ""
    letter: str = ""
    edo: Row | None = None  # see records_edo
    at: str = ""

    @property
    def series(self) -> str:
        return f"{self.kind}.{self.content.date.year}"

    @property
    def is_ordered(self) -> bool:
        """Somebody asked for it: `2026-02-10.invoice.…`. Of the night's run is `2026-02.invoice.…`."""
        return not self.id.startswith(f"{self.month}.")

    @property
    def printed(self) -> Document:
        """The content with its number on it."""
        return self.content.numbered(self.number)


_CONTENT: dict[DocumentKind, type[Document]] = {
    DocumentKind.ACT: Act,
    DocumentKind.INVOICE: Invoice,
    DocumentKind.RECONCILIATION: Reconciliation,
    DocumentKind.CONTRACT: Agreement,
}
_TITLE = {
    DocumentKind.ACT: "акт",
    DocumentKind.INVOICE: "счёт",
    DocumentKind.RECONCILIATION: "акт сверки",
    DocumentKind.CONTRACT: "договор",
}


def document_row(d: DocumentRecord) -> dict[str, Any]:
    total = total_of(d.content)
    row: dict[str, Any] = {
        "kind": d.kind.value,
        "month": d.month,
        "payer": d.payer,
        "status": d.status.value,
        "date": d.content.date.isoformat(),
        "total_kop": total,
        "at": d.at,
        "summary": f"{_TITLE[d.kind]} {'№ ' + d.number if d.number else 'без номера'} на {roubles(total)} ₽: "
        f"{d.status.value}",
        "content": plain(d.content),
    }
    if d.number:  # the two keys of the index: absent until there is something to find
        row |= {"number": d.number, "series": d.series, "ordinal": d.ordinal}
    if d.problems:
        row["problems"] = [_trouble_row(problem) for problem in d.problems]
    if d.warnings:
        row["warnings"] = [_trouble_row(warning) for warning in d.warnings]
    if d.edo:
        row["edo"] = dict(d.edo)
    rest = ("sha256", "file", "file_name", "rows_file", "letter")
    return row | {name: value for name in rest if (value := getattr(d, name))}


def document_of(account: str, id: str, row: Row) -> DocumentRecord:
    kind = DocumentKind(row["kind"])
    return DocumentRecord(
        account=account,
        id=id,
        kind=kind,
        month=row["month"],
        payer=row["payer"],
        at=row["at"],
        status=DocumentStatus(row["status"]),
        content=from_plain(_CONTENT[kind], row["content"]),
        problems=troubles_of(row.get("problems", ())),
        warnings=troubles_of(row.get("warnings", ())),
        number=row.get("number", ""),
        ordinal=row.get("ordinal", 0),
        sha256=row.get("sha256", ""),
        file=row.get("file", ""),
        file_name=row.get("file_name", ""),
        rows_file=row.get("rows_file", ""),
        letter=row.get("letter", ""),
        edo=row.get("edo"),
    )


def _trouble_row(trouble: Trouble) -> dict[str, Any]:
    return {name: value for name, value in plain(trouble).items() if value}


def troubles_of(rows: Iterable[Row]) -> tuple[Trouble, ...]:
    return tuple(from_plain(Trouble, row) for row in rows)


def period_key(month: Month | str) -> str:
    return f"{month}.period"


def period_row(p: PeriodSummary, at: str) -> dict[str, Any]:
    return {
        "kind": "period",
        "month": str(p.month),
        "opening_kop": p.opening,
        "closing_kop": p.closing,
        "turnover": dict(p.turnover),
        "funded": dict(p.funded),
        "carried": dict(p.carried),
        "acted_kop": p.acted,
        "last_seq": p.last_seq,
        "at": at,
        "summary": f"{p.month}: было {roubles(p.opening)} ₽, стало {roubles(p.closing)} ₽, в актах "
        f"{roubles(p.acted)} ₽",
    }


def period_of(row: Row) -> PeriodSummary:
    return PeriodSummary(
        month=Month.parse(row["month"]),
        opening=row["opening_kop"],
        closing=row["closing_kop"],
        turnover=tuple(sorted(row["turnover"].items())),
        funded=tuple(sorted(row["funded"].items())),
        carried=tuple(sorted(row["carried"].items())),
        acted=row["acted_kop"],
        last_seq=row["last_seq"],
    )


# --- plain values ------------------------------------------------------------------------------------------------


_ADAPTERS: dict[Any, TypeAdapter[Any]] = {}


def _adapter(kind: Any) -> TypeAdapter[Any]:
    """Made once a type: making one costs more than using it a thousand times."""
    if kind not in _ADAPTERS:
        _ADAPTERS[kind] = TypeAdapter(kind)
    return _ADAPTERS[kind]


def plain(thing: Any) -> dict[str, Any]:
    """A dataclass as plain values that a row can hold."""
    row: dict[str, Any] = _without_none(_adapter(type(thing)).dump_python(thing, mode="json"))
    return row


def from_plain(kind: type[T], row: Any) -> T:
    thing: T = _adapter(kind).validate_python(row)
    return thing


def _without_none(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_none(v) for key, v in value.items() if v is not None}
    if isinstance(value, list):
        return [_without_none(v) for v in value]
    return value
