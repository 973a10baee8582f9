"""Where the page's links lead: every address of the page and of the API that a template names."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from urllib.parse import quote, urlencode

from billing.domain.documents import DocumentKind
from billing.domain.money import Kopecks
from billing.domain.periods import Month

TABS = {
    DocumentKind.INVOICE: "invoices",
    DocumentKind.ACT: "acts",
    DocumentKind.RECONCILIATION: "reconciliations",
}


@dataclass(frozen=True, slots=True)
class Addresses:
    """Links of one client. `account` is named only for an operator, who reads the documents of any client."""

    account: str = ""

    @property
    def _page(self) -> str:
        return f"/page/accounts/{_part(self.account)}" if self.account else "/page"

    @property
    def api(self) -> str:
        return f"/accounts/{_part(self.account)}" if self.account else ""

    def tab(self, name: str, **query: object) -> str:
        return f"{self._page}/{name}{_query(query)}"

    def document(self, id: str) -> str:
        return f"{self._page}/documents/{_part(id)}"

    def payment(self, key: str) -> str:
        return f"{self._page}/payment{_query({'key': key})}"

    def pdf(self, id: str, *, inline: bool = False) -> str:
        return f"{self.api}/documents/{_part(id)}/pdf{_query({'inline': 'true' if inline else ''})}"

    def archive(self, **query: object) -> str:
        return f"{self._page}/archive{_query(query)}"

    def statistics_table(self, form: str, *, first: Month, last: Month) -> str:
        return f"{self.api}/statistics.{form}{_query({'from': first, 'to': last})}"

    def act_table(self, id: str) -> str:
        return f"{self.api}/documents/{_part(id)}/explanation.xlsx"

    def payment_table(self, key: str) -> str:
        return f"{self.api}/payments/explanation.xlsx{_query({'key': key})}"


def _part(text: str) -> str:
    """The text as one step of a path; what cannot be written down becomes a question mark."""
    return quote(text, safe="", errors="replace")


def _query(asked: dict[str, object]) -> str:
    """What is empty or None is left out."""
    said = [(name, _text(value)) for name, value in asked.items() if value not in ("", None, False)]
    return f"?{urlencode(said, errors='replace')}" if said else ""


def _text(value: object) -> str:
    if value is True:
        return "yes"
    return value.isoformat() if isinstance(value, date) else str(value)


def in_field(amount: Kopecks) -> str:
    """The sum as it stands in a field or a button: «5500.00»."""
    return f"{amount // 100}.{amount % 100:02}"
