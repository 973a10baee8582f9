"""The life of one account over four months: its messages in the order of their arrival, by a seed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from local.company.client import a_company
from tests.foreign_oracle.oracle import MOSCOW

MONTHS = ("2026-01", "2026-02", "2026-03", "2026-04")
PAYERS = tuple(a_company(900 + n, f"ООО «Плательщик {n}»") for n in range(3))
INNS = tuple(p["inn"] for p in PAYERS)
SERVICES = {"crm": "Доступ к CRM", "disk": "Диск", "phone": "Телефония"}
DAYS = (5, 12, 19, 26)  # of the month, when waves come; then on its last evening, and on the 1st before the close

Message = dict[str, Any]


@dataclass
class Life:
    account: str
    policy: str
    payers: tuple[Mapping[str, Any], ...]
    waves: list[tuple[datetime, list[Message]]] = field(default_factory=list)

    @property
    def card(self) -> Message:
        return {
            "kind": "customer",
            "key": f"{self.account}:card",
            "account": self.account,
            "at": "2026-01-01T09:00:00+03:00",
            "title": f"Клиент {self.account}",
            "policy": self.policy,
            "payers": list(self.payers),
            "administrators": [],
        }

    @property
    def messages(self) -> list[Message]:
        return [m for _, wave in self.waves for m in wave]


def moments() -> list[datetime]:
    """Return when waves come: five in a month, and one on the first day of the next, before the month is closed."""
    waves = []
    for month in MONTHS:
        first = datetime.fromisoformat(f"{month}-01").replace(tzinfo=MOSCOW)
        end = (first + timedelta(days=32)).replace(day=1)
        waves += [first.replace(day=day, hour=12) for day in DAYS]
        waves += [end - timedelta(minutes=5), end + timedelta(hours=14)]
    return waves


def a_life(account: str, seed: int) -> Life:
    random = Random(seed)
    life = Life(
        account,
        policy=random.choice(("prepaid", "prepaid", "postpaid")),
        payers=PAYERS[: random.choice((0, 1, 2, 3, 3))],
    )
    teller = Teller(account, random, payers=INNS[: random.choice((1, 2, 3))], people=random.choice((0.1, 0.4, 1.0)))
    for now in moments():
        life.waves.append((now, [teller.message(now) for _ in range(random.randint(0, 5))]))
    return life


@dataclass
class Teller:
    """Whoever sends the messages. Its corrections do not know what is left to correct: many must be rejected.

    `people`: how much of the money comes from individuals or is granted.
    """

    account: str
    random: Random
    payers: tuple[str, ...]
    people: float
    sent: list[Message] = field(default_factory=list)

    def message(self, now: datetime) -> Message:
        again = [m for m in self.sent if m["kind"] != "reclassification"]
        if again and self.random.random() < 0.06:
            message = self.random.choice(again)
            return message if self.random.random() < 0.5 else {**message, "amount": message["amount"] + 1}
        message = {"key": f"{self.account}:{len(self.sent)}", "account": self.account, **self._fact()}
        message["at"] = self._at(now, message["kind"])
        self.sent.append(message)
        return message

    def _at(self, now: datetime, kind: str) -> str:
        """Mostly of these days, sometimes of weeks or months ago."""
        # Not seen here: money freed on the 1st that pays a service of that day is acted in the month that is closing,
        # and the act adds that service to its own line of the same title.
        if kind in ("reclassification", "reversal") and now.day == 1:
            return (now - timedelta(days=1)).isoformat()
        late = self.random.choice((0, 0, 0, 1, 2, 5, 20, 45))
        return (now - timedelta(days=late, minutes=self.random.randint(1, 839))).isoformat()

    def _fact(self) -> Message:
        payments = [m for m in self.sent if m["kind"] == "payment"]
        charges = [m for m in self.sent if m["kind"] == "charge"]
        kinds = {"payment": 5, "charge": 8}
        if payments:
            kinds |= {"refund": 2, "chargeback": 3, "reclassification": 2}
        if charges:
            kinds |= {"reversal": 4}
        kind = self.random.choices(list(kinds), list(kinds.values()))[0]
        amount = self.random.choice((1, 2, 3, 5, 8, 13, 21, 34))
        if kind == "charge":
            service = self.random.choice(list(SERVICES))
            return {"kind": kind, "service": service, "title": SERVICES[service], "amount": amount}
        if kind == "payment":
            return {"kind": kind, "amount": amount, **self._money(granted=True)}
        of = self.random.choice(charges if kind == "reversal" else payments)
        fact = {"kind": kind, of["kind"]: of["key"], "reason": "по заявлению"}
        if kind == "reclassification":
            return {**fact, **self._money(granted=False)}
        whole = of["amount"]
        amounts = (whole, whole, max(1, whole // 2), self.random.randint(1, whole), whole + 1)
        return {**fact, "amount": self.random.choice(amounts)}

    def _money(self, *, granted: bool) -> Message:
        if self.random.random() < self.people:
            return {"class": self.random.choice(("CARD_IND", "CARD_IND", "BONUS")) if granted else "CARD_IND"}
        return {"class": self.random.choice(("BANK", "CARD_LE")), "payer": {"inn": self.random.choice(self.payers)}}
