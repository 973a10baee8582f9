"""Any life of an account, told through the queue: late and early messages, corrections, months closed late or together.

A step is four small numbers. Sums are kopecks; the clock begins on 10 January 2026 and only goes forward.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import strategies as st

from billing import records
from billing.domain.ledger import Account, Entry
from billing.domain.periods import Month, moscow_day
from tests.usecases.house import ACCOUNT, ROMASHKA, VASILYOK, House, a_card, moscow

MONIES: tuple[tuple[str, dict[str, Any] | None], ...] = (
    ("BANK", ROMASHKA), ("BANK", ROMASHKA), ("BANK", VASILYOK), ("CARD_LE", ROMASHKA), ("CARD_IND", None),
    ("BONUS", None))  # fmt: skip
SERVICES = (("crm", "Доступ к CRM"), ("crm", "Доступ к CRM, большой тариф"), ("sms", "Сообщения"))
PAYERS = (ROMASHKA["inn"], VASILYOK["inn"])

_small = st.integers(0, 11)
steps = st.lists(
    st.tuples(
        st.sampled_from(
            ["payment"] * 4 + ["charge"] * 7 + ["wait"] * 5 + ["close"] * 3
            + ["refund", "reversal", "reversal", "chargeback", "reclassification", "policy"]
        ),
        _small, _small, _small,
    ),
    min_size=20, max_size=40,
)  # fmt: skip


class Life(House):
    """A house with one client, living by steps; `credit` and `withdrawals` may be kept out of it."""

    def __init__(self, *, simple: bool = False) -> None:
        super().__init__(at="2026-01-10 12:00")
        self.simple, self.n, self.postpaid = simple, 0, False
        self.payments: list[str] = []
        self.charges: list[str] = []
        self._card()

    def live(self, told: list[tuple[str, int, int, int]]) -> Life:
        for step in told:
            self.step(*step)
        return self

    def step(self, kind: str, a: int, b: int, c: int) -> None:
        self.n += 1
        key = f"k{self.n}"
        if kind == "wait":
            self.wait(days=a, hours=b)
        elif kind == "close":
            if a > 3:  # else as the clock stands: months after their end, or once more
                self.now = max(self.now, moscow(f"{self._month.next.first_day} 00:30") + timedelta(days=1))
            if self._month > Month(2026, 1):
                self.close(self._month.previous)
        elif kind == "policy" and not self.simple:
            self.postpaid = not self.postpaid
            self._card()
        elif kind == "payment":
            if self._tell(
                "payment", key, c, amount=a + 1, **_money(b), document={"number": str(self.n), "date": "2026-01-12"}
            ):
                self.payments.append(key)
        elif kind == "charge":
            service, title = SERVICES[b % 3]
            if self._tell("charge", key, c, amount=a + 1, service=service, title=title):
                self.charges.append(key)
        elif kind == "reversal" and self.charges:
            self._tell("reversal", key, c, charge=self.charges[-1 - a % len(self.charges)], amount=b + 1)
        elif self.payments and (kind == "refund" or (kind == "chargeback" and not self.simple)):
            self._tell(kind, key, c, payment=self.payments[-1 - a % len(self.payments)], amount=b + 1)
        elif self.payments and kind == "reclassification":
            self._tell(
                kind, key, c, payment=self.payments[-1 - a % len(self.payments)], **_money(b % 5), reason="ошибка"
            )

    @property
    def _month(self) -> Month:
        return Month.of(moscow_day(self.now))

    def _card(self) -> None:
        policy = "postpaid" if self.postpaid else "prepaid"
        self.tell(
            a_card(
                payers=[ROMASHKA, VASILYOK],
                policy=policy,
                invoice_policy="none",
                administrators=[],
                at=self.now.isoformat(),
            )
        )

    def _tell(self, kind: str, key: str, c: int, **fields: Any) -> bool:
        """Now, or up to forty days late, or up to a day early."""
        late = {0: 40, 1: 20, 2: 5, 3: 2, 4: -1, 5: -0.9}.get(c, 0)
        at = (self.now - timedelta(days=late)).isoformat()
        (taken,) = self.tell({"kind": kind, "key": key, "account": ACCOUNT, "at": at, **fields})
        assert taken.outcome in ("posted", "rejected"), taken
        return taken.outcome == "posted"

    @property
    def account(self) -> Account:
        stored = self.store.get("accounts", ACCOUNT)
        assert stored
        return records.account_of(ACCOUNT, stored.row)

    @property
    def journal(self) -> list[Entry]:
        return [records.entry_of(int(s.sk), s.row) for s in self.store.rows("journal") if s.pk == ACCOUNT]


def _money(b: int) -> dict[str, Any]:
    money, payer = MONIES[b % len(MONIES)]
    return {"class": money, "payer": {"inn": payer["inn"]} if payer else None}
