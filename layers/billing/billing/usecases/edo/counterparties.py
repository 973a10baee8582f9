"""Payers in the EDO: one row for each INN and KPP over all accounts, collected from the clients' cards."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from billing import records
from billing.domain.edo_reasons import Reason
from billing.domain.edo_standing import Standing, standing_of
from billing.domain.errors import NotFoundError, UnavailableError
from billing.domain.parties import Customer, PayerRequisites, payer_on
from billing.domain.periods import utc_text
from billing.domain.requisites import problems_of_numbers
from billing.ports import ABSENT, Outside, StaleError, Stored, Write
from billing.records_edo import COUNTERPARTIES, Counterparty, ForPerson
from billing.usecases.edo.attention import line_writes, of_payer

PAGE = 100
ATTEMPTS_MAX = 5
DOCUMENTS_MAX = 40  # the latest of an account, among which an act of the payer is looked for


@dataclass(frozen=True, slots=True)
class Kept:
    """A counterparty as read; `version` ABSENT: there is no row yet."""

    payer: Counterparty
    version: int


# --- rows --------------------------------------------------------------------------------------------------------


def kept(inn: str, kpp: str, outside: Outside) -> Kept | None:
    stored = outside.store.get("control", COUNTERPARTIES, f"{inn}.{kpp}")
    return _kept(stored) if stored else None


def kept_many(payers: Collection[tuple[str, str]], outside: Outside) -> dict[tuple[str, str], Kept]:
    """Those of at most 100 payers, named by INN and KPP, that there are."""
    keys = {(COUNTERPARTIES, f"{inn}.{kpp}") for inn, kpp in payers}
    found = map(_kept, outside.store.get_many("control", keys)) if keys else ()
    return {(one.payer.inn, one.payer.kpp): one for one in found}


def kept_page(outside: Outside, *, after: str = "", limit: int = PAGE) -> tuple[tuple[Kept, ...], str]:
    """A page of all counterparties, and where the next one begins; empty after the last."""
    page = outside.store.query("control", COUNTERPARTIES, after=after, limit=limit)
    return tuple(_kept(stored) for stored in page.rows), page.cursor


def all_of_inn(inn: str, outside: Outside) -> tuple[Kept, ...]:
    """The company and its branches, as far as they are payers."""
    page = outside.store.query("control", COUNTERPARTIES, prefix=f"{inn}.", limit=1_000)
    return tuple(_kept(stored) for stored in page.rows)


def _kept(stored: Stored) -> Kept:
    return Kept(records.from_plain(Counterparty, stored.row["counterparty"]), stored.version)


def write_of(payer: Counterparty, version: int) -> Write:
    said = payer.reason.text if payer.reason else payer.standing.value
    row = {"counterparty": records.plain(payer), "summary": f"{payer.name}: {said}"}
    return Write("control", COUNTERPARTIES, payer.key, row, version)


def change(inn: str, kpp: str, outside: Outside, how: Callable[[Counterparty], Counterparty]) -> Kept:
    """The counterparty is as `how` makes it of what it is now; its line for a person agrees.

    Raises:
        NotFoundError: there is no such counterparty.
    """
    for _ in range(ATTEMPTS_MAX):
        found = kept(inn, kpp, outside)
        if not found:
            raise NotFoundError("no such payer")
        with suppress(StaleError):  # another worker wrote it at the same moment
            return settle(found, how(found.payer), outside)
    raise UnavailableError("the payer's row is busy")


def settle(before: Kept, after: Counterparty, outside: Outside, *more: Write) -> Kept:
    """The row and the payer's line for a person are written together, with `more`; nothing where nothing changes.

    Raises:
        StaleError: another worker was faster.
    """
    if after == before.payer and before.version != ABSENT:
        if more:
            outside.store.tx(more)
        return before
    line = line_writes(of_payer(after.inn, after.kpp), _line(after), outside)
    outside.store.tx([write_of(after, before.version), *line, *more])
    return Kept(after, before.version + 1)


def _line(payer: Counterparty) -> ForPerson | None:
    if not payer.reason or payer.standing is not Standing.PERSON:
        return None
    return ForPerson(
        subject=of_payer(payer.inn, payer.kpp),
        reason=payer.reason,
        detail=payer.detail,
        name=payer.name,
        account=payer.accounts[0] if payer.accounts else "",
        inn=payer.inn,
        kpp=payer.kpp,
    )


def stands(payer: Counterparty, reason: Reason, outside: Outside, *, detail: str = "") -> Counterparty:
    """With that reason; what is told of it is dated anew when it is another thing than before."""
    asked = bool(payer.invited or payer.accepted)
    standing = standing_of(payer.standing, payer.partnership, reason, asked=asked)
    same = standing is payer.standing and (standing is not Standing.PERSON or reason is payer.reason)
    at = payer.standing_at if same else utc_text(outside.clock())
    return replace(payer, reason=reason, detail=detail, standing=standing, standing_at=at)


def kpp_of(typed: str) -> str:
    """As it stands in a key, whatever a person has typed between its signs."""
    return re.sub(r"[^0-9A-Za-z]", "", typed)


# --- from the cards ----------------------------------------------------------------------------------------------


def payers_of(customer: Customer, day: date) -> tuple[PayerRequisites, ...]:
    """The payers of a card, each as its latest record in force says; what is no number at all is no INN."""
    inns = dict.fromkeys(payer.inn.strip() for payer in customer.payers)
    found = (payer_on(tuple(p for p in customer.payers if p.inn.strip() == inn), day) for inn in inns)
    return tuple(p for p in found if p and re.fullmatch("[0-9]{1,20}", p.inn.strip()))


def collect(customer: Customer, day: date, outside: Outside) -> int:
    """Payers of the card that have paid as companies, or have an act, are counterparties; how many rows were written.

    A payer whose KPP has changed is another counterparty, and the account moves there.
    """
    written = 0
    payers = {p.inn.strip(): p for p in payers_of(customer, day)}
    rows = {inn: all_of_inn(inn, outside) for inn in payers}
    unknown = {inn for inn, found in rows.items() if not any(customer.account in k.payer.accounts for k in found)}
    paying = (set(payers) - unknown) | _have_paid(customer.account, unknown, outside)
    for inn in paying:
        written += note_payer(customer.account, payers[inn], outside, rows[inn])
    return written


def note_payer(account: str, payer: PayerRequisites, outside: Outside, found: tuple[Kept, ...] | None = None) -> int:
    """The account's payer is a counterparty with these requisites, and no other of its INN; how many rows changed."""
    inn, kpp, written = payer.inn.strip(), kpp_of(payer.kpp), 0
    rows = all_of_inn(inn, outside) if found is None else found
    for row in rows:
        if row.payer.kpp != kpp and account in row.payer.accounts:
            left = tuple(a for a in row.payer.accounts if a != account)
            settle(row, replace(row.payer, accounts=left), outside)
            written += 1
    known = next((row for row in rows if row.payer.kpp == kpp), None)
    before = known or Kept(Counterparty(inn=inn, kpp=kpp), ABSENT)
    after = replace(
        before.payer,
        name=payer.name,
        problems=tuple(map(str, problems_of_numbers(inn=inn, kpp=kpp))),
        accounts=tuple(sorted({*before.payer.accounts, account})),
    )
    if after != before.payer or not known:
        settle(before, after, outside)
        written += 1
    return written


def _have_paid(account: str, inns: Collection[str], outside: Outside) -> set[str]:
    """Those with money on the account, or spent of it since the last close, or with an act among the last documents."""
    if not inns:
        return set()
    stored = outside.store.get("accounts", account)
    paid = _payers_in(stored.row) & set(inns) if stored else set()
    if stored and paid != set(inns):
        page = outside.store.query("documents", account, limit=DOCUMENTS_MAX, newest_first=True)
        paid |= {s.row["payer"] for s in page.rows if s.row["kind"] == "act"} & set(inns)
    return paid


def _payers_in(account: Mapping[str, Any]) -> set[str]:
    return {lot["payer"] for lot in account["lots"]} | {fund.split("|")[2] for fund in account["funds"]}
