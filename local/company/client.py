"""A client of the demo company, told as what the CRM says of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from local.company.requisites import KPP, company_inn, company_ogrn, person_inn, person_ogrn

MOSCOW = ZoneInfo("Europe/Moscow")
CRM = ("crm", "Доступ к CRM, тариф «6–10 сотрудников»")
TELEPHONY = ("telephony", "Виртуальная АТС")
MAILINGS = ("mailings", "Рассылки клиентам")


@dataclass(frozen=True, slots=True)
class Told:
    """A message, and the moment when it comes to the queue; what came is text even when it is no JSON.

    `source`: the file and the line it was read from.
    """

    arrives: datetime
    body: dict[str, Any] | str
    source: str = ""


def at(day: date, hour: int = 12, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=MOSCOW)


def kopecks(roubles: float) -> int:
    return round(roubles * 100)


def a_company(n: int, name: str, **over: Any) -> dict[str, Any]:
    return {
        "valid_from": "2025-01-01",
        "name": name,
        "inn": company_inn(n),
        "kpp": KPP,
        "ogrn": company_ogrn(n),
        "address": f"999999, Московская обл., г. Образцовск, ул. Примерная, д. {n}",
        **over,
    }


def an_entrepreneur(n: int, name: str) -> dict[str, Any]:
    return {
        "valid_from": "2025-01-01",
        "name": name,
        "inn": person_inn(n),
        "ogrn": person_ogrn(n),
        "address": f"999999, Московская обл., г. Образцовск, пер. Учебный, д. {n}",
    }


@dataclass
class Client:
    """`shows` is one line for people: which rule this client is here for."""

    number: int
    title: str
    shows: str
    payers: list[dict[str, Any]] = field(default_factory=list)
    emails: list[str] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)

    @property
    def account(self) -> str:
        return f"c-{self.number:06}"

    @property
    def domain(self) -> str:
        return f"client{self.number}.example"

    @property
    def payer(self) -> dict[str, Any]:
        return self.payers[0]

    def tell(self, kind: str, key: str, moment: datetime, *, arrives: datetime | None = None, **facts: Any) -> str:
        """A message of the client's account; answers its key."""
        message = {"kind": kind, "key": key, "account": self.account, "at": moment.isoformat(), **facts}
        self.told.append(Told(arrives or moment, message))
        return key

    def card(self, day: date, **over: Any) -> Client:
        """The card as the CRM has it on that day: one administrator, the payers, a contract."""
        version = 1 + sum(isinstance(t.body, dict) and t.body["kind"] == "customer" for t in self.told)
        emails = self.emails or [f"buh@{self.domain}"]
        self.tell(
            "customer",
            f"customer:{self.account}:{version}",
            at(day, 9),
            **{
                "title": self.title,
                "contract": {"number": f"Д-{self.number}/2025", "date": "2025-01-15"},
                "payers": self.payers,
                "administrators": [{"user": f"u-{self.number}", "name": "Администратор", "emails": emails}],
                **over,
            },
        )
        return self

    def pays(self, day: date, roubles: float, money: str = "BANK", payer: dict[str, Any] | None = None) -> str:
        n = len(self.told)
        facts: dict[str, Any] = {"class": money, "amount": kopecks(roubles)}
        if money in ("BANK", "CARD_LE"):
            payer = payer or self.payer
            facts["payer"] = {"inn": payer["inn"], **({"kpp": payer["kpp"]} if payer.get("kpp") else {})}
        if money == "BANK":
            facts["document"] = {"number": str(100 + n), "date": day.isoformat()}
        if money.startswith("CARD"):
            facts["email"] = f"card@{self.domain}"
        if money == "BONUS":
            facts["reason"] = "бонус за приведённого друга"
        return self.tell("payment", f"{money.lower()}:{self.account}:{day}:{n}", at(day, 11), **facts)

    def uses(
        self,
        day: date,
        roubles: float,
        service: tuple[str, str] = CRM,
        *,
        arrives: datetime | None = None,
        unit: str = "мес.",
        **over: Any,
    ) -> str:
        """A charge for a service, VAT by the seller's mode unless said otherwise."""
        n = len(self.told)
        return self.tell(
            "charge",
            f"charge:{self.account}:{service[0]}:{day}:{n}",
            at(day, 23, 50),
            arrives=arrives,
            service=service[0],
            title=service[1],
            unit=unit,
            amount=kopecks(roubles),
            **over,
        )

    def uses_daily(self, first: date, last: date, roubles: float) -> None:
        """Day by day, as the CRM charges; the last day takes the rounding so that the whole is exact."""
        days = [first + timedelta(n) for n in range((last - first).days + 1)]
        a_day = round(kopecks(roubles) / len(days))
        for day in days:
            amount = a_day if day != last else kopecks(roubles) - a_day * (len(days) - 1)
            self.tell(
                "charge",
                f"charge:{self.account}:crm:{day}",
                at(day, 23, 59),
                service=CRM[0],
                title=CRM[1],
                unit="дн.",
                amount=amount,
            )

    def corrects(self, kind: str, day: date, **facts: Any) -> str:
        return self.tell(kind, f"{kind}:{self.account}:{day}", at(day, 15), **facts)


def in_order(clients: Iterable[Client]) -> list[Told]:
    """All that is told, by the time it comes; at one moment, by client."""
    return sorted((told for client in clients for told in client.told), key=lambda t: t.arrives)
