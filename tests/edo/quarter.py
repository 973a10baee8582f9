"""A house whose quarter is closed: its documents wait to be sent in the first days of April 2026."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from billing.adapters.diadoc.settings import KindSettings
from billing.adapters.diadoc.titles.preparing import DiadocTitles
from billing.adapters.signing.check import checked
from billing.domain.documents import Clause
from billing.domain.edo_policy import ContractTemplate
from billing.domain.periods import Month
from billing.ports_edo import AbsentError, EdoOutside, Signed, SigningRefused, ToSign
from billing.records_edo import DUE_SHARDS, LEFT, SENDING
from billing.usecases.send_to_edo import SentRun, send_to_edo
from billing.usecases.track_edo import track_edo
from tests.edo.house import EdoHouse
from tests.usecases.house import ACCOUNT, ROMASHKA, a_charge, a_payment, moscow

JANUARY, FEBRUARY, MARCH = Month(2026, 1), Month(2026, 2), Month(2026, 3)
ACTS = tuple(f"2026-0{n}.act.{ROMASHKA['inn']}.0" for n in (1, 2, 3))
CONTRACT = ContractTemplate(
    version="2026-1",
    title="Договор об оказании услуг",
    clauses=(Clause(heading="Предмет", paragraphs=("{seller} оказывает услуги {buyer} по договору № {number}.",)),),
)


def a_quarter(account: str = ACCOUNT, *, vat: str = "standard", **payment: Any) -> list[dict[str, Any]]:
    """30 000 roubles paid in January; 1 000, 2 000 and 3 000 charged on the last days of the three months."""
    return [
        a_payment(30_000_00, account, **payment),
        *(
            a_charge(n * 1_000_00, account, at=f"{month.last_day}T23:59:00+03:00", vat=vat)
            for n, month in enumerate((JANUARY, FEBRUARY, MARCH), 1)
        ),
    ]


class SigningService:
    """Implements `ports_edo.Signer`: signs by a certificate that the stand-in trusts. `asked`: keys, call by call."""

    def __init__(self, house: EdoHouse, batch_max: int = 40) -> None:
        self._house, self.batch_max = house, batch_max
        self.asked: list[list[str]] = []
        self.refuses: set[str] = set()
        self.before: Any = lambda: None

    def sign(self, files: Sequence[ToSign], *, now: datetime, task: str = "") -> Signed:
        self.before()
        self.asked.append([file.key for file in files])
        made = {
            f.key: checked(self._house.diadoc.sign(content=f.content, inn="9999000013"), f.content, now=now)
            for f in files
        }
        return Signed(outcomes={k: SigningRefused(text="не могу") if k in self.refuses else v for k, v in made.items()})


class Cloud(SigningService):
    """The same, with a person who confirms each task."""

    def __init__(self, house: EdoHouse, batch_max: int = 40) -> None:
        super().__init__(house, batch_max)
        self.tasks: list[list[str]] = []
        self.confirmed = False
        self.unconfirmed: set[str] = set()  # tasks that the person has left out
        self.forgotten: set[str] = set()

    def sign(self, files: Sequence[ToSign], *, now: datetime, task: str = "") -> Signed:
        if not task:
            self.before()
            self.tasks.append([file.key for file in files])
            return Signed(task=f"task-{len(self.tasks)}", retry_after_s=60)
        if task in self.forgotten:
            raise AbsentError("there is no such task of signing any more")
        assert self.tasks[int(task.removeprefix("task-")) - 1] == [file.key for file in files], "another batch"
        if not self.confirmed or task in self.unconfirmed:
            return Signed(task=task, retry_after_s=60, confirm="Sms")
        return super().sign(files, now=now)


class QuarterHouse(EdoHouse):
    """Closed up to `until`, each message taken in its month. The clock stands in April; `send` is a scheduled run."""

    def __init__(self, *told: Any, until: Month = MARCH, signer: Any = None, **more: Any) -> None:
        super().__init__(at="2026-01-31 12:00", titles=DiadocTitles(KindSettings()), **more)
        self.signer = signer(self) if signer else None
        for month in (JANUARY, FEBRUARY, MARCH):
            self.at(f"{month.last_day} 23:59")
            for message in told:
                if min(max(Month.at(datetime.fromisoformat(message["at"])), JANUARY), MARCH) == month:
                    assert self.tell(message)[0].outcome in ("posted", "stored")
            if month <= until:
                self.night(month)
        self.now = max(self.now, moscow("2026-04-01 12:00").astimezone(UTC))
        self.diadoc.forget_calls()

    def a_worker(self) -> EdoOutside:
        if not getattr(self, "signer", None):
            return super().a_worker()
        return EdoOutside(edo=self.a_client(), signer=self.signer, titles=self.titles, environment="test")

    def send(self, at: str = "2026-04-02 04:00", *, minutes: float = 10, **how: Any) -> SentRun:
        self.at(at)
        until = self.now + timedelta(minutes=minutes)
        return send_to_edo(self.outside, self.a_worker(), until=until, **how)

    def track(self, **passed: float) -> None:
        """A while later our rows know what the operator knows."""
        self.wait(**passed).diadoc.advance(seconds=0)
        track_edo(self.outside, self.a_worker(), until=self.until, sweep=True)

    @property
    def sent(self) -> list[tuple[str, str]]:
        """What is at the operator: our id and the type, in the order of arrival."""
        return [(d["custom_document_id"].partition("/")[2], d["type_named_id"]) for d in self.at_the_operator()]

    @property
    def waiting(self) -> list[str]:
        return [r.sk.partition("#")[2] for r in self.store.rows("work") if r.pk in DUE_SHARDS]

    @property
    def states(self) -> dict[str, int]:
        stored = self.store.get("control", SENDING, "2026-Q1")
        return dict(stored.row["states"]) if stored else {}

    @property
    def left(self) -> dict[str, int]:
        stored = self.store.get("control", LEFT, "2026-Q1")
        return dict(stored.row["counts"]) if stored else {}

    def stage(self, document: str, account: str = ACCOUNT) -> str:
        state = self.edo_state(document, account)
        return state.fate.stage.value if state else ""

    def reasons(self) -> dict[str, str]:
        """The list for a person: the end of the subject, and the reason."""
        return {subject: line.reason.value for subject, line in self.for_people().items()}

    # --- the same beginning again --------------------------------------------------------------------------------

    def remembered(self) -> Any:
        tables = {name: {pk: dict(rows) for pk, rows in t.items()} for name, t in self.store.tables.items()}
        return tables, dict(self.files.files), self.diadoc.export_state(), self.now

    def as_remembered(self, kept: Any) -> None:
        tables, files, state, self.now = kept
        self.store.tables = {name: {pk: dict(rows) for pk, rows in t.items()} for name, t in tables.items()}
        self.files.files = dict(files)
        self.diadoc.import_state(**state)
        self.mailer.letters.clear()
        self.queue.sent.clear()
        self.diadoc.forget_faults()
        self.diadoc.forget_calls()
