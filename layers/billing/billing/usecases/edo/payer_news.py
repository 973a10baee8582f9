"""What has changed with the payers since our accountant was last told: counted page by page, told once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from billing import records
from billing.domain.edo_reasons import Reason
from billing.domain.edo_standing import WAITING, Standing
from billing.domain.periods import Month, utc_text
from billing.letters.contexts import EdoLine, EdoSection
from billing.ports import ABSENT, Outside, Write
from billing.records_edo import Counterparty
from billing.usecases.edo.counterparties import kept_page
from billing.usecases.edo.reports import LINES_MAX, Told, cut, write_report

TELLING, KEY = "edo.telling", "invitations"  # control: how far the accountant has been told

SECTIONS = ("person", "refused", "accepted", "invited", "reminded", "waiting")  # in the order of the letter
_NEWS = {Standing.ACCEPTED: "accepted", Standing.INVITED: "invited", Standing.REMINDED: "reminded"}


@dataclass(slots=True)
class News:
    """Counts are whole, lists are cut: the new first, then the oldest. `partners` of the `total` payers are ours."""

    total: int = 0
    partners: int = 0
    sections: dict[str, EdoSection] = field(default_factory=lambda: {name: EdoSection(name=name) for name in SECTIONS})

    def count(self, payers: Iterable[Counterparty], since: str, until: str) -> None:
        """`since` and `until`: the moments between which a change is news."""
        lines: dict[str, list[EdoLine]] = {}
        for payer in payers:
            if not payer.accounts:
                continue
            self.total += 1
            self.partners += payer.standing in (Standing.PARTNER, Standing.ACCEPTED)
            fresh = since < payer.standing_at <= until
            if name := _section(payer, fresh):
                lines.setdefault(name, []).append(_line(payer, fresh))
        for name, more in lines.items():
            self.sections[name] = _with(self.sections[name], more)

    @property
    def is_news(self) -> bool:
        return any(section.fresh for section in self.sections.values())


def _section(payer: Counterparty, fresh: bool) -> str:
    """Where the payer is told of: whoever needs a person and whoever is waited for every time, the rest once."""
    if payer.standing is Standing.PERSON:
        return "refused" if payer.reason is Reason.REFUSED_BY_THEM else "person"
    if fresh:
        return _NEWS.get(payer.standing, "")
    return "waiting" if payer.standing in WAITING else ""


def _line(payer: Counterparty, fresh: bool) -> EdoLine:
    reason = payer.reason.value if payer.reason and payer.standing is Standing.PERSON else ""
    day = max(payer.invited.values(), default=payer.since) if payer.standing in WAITING else payer.since
    return cut(EdoLine(who=payer.name, inn=payer.inn, since=day, reason=reason, detail=payer.detail, fresh=fresh))


def _with(section: EdoSection, more: list[EdoLine]) -> EdoSection:
    lines = sorted((*section.lines, *more), key=lambda line: (not line.fresh, line.since or date.max, line.who))
    fresh = section.fresh + sum(line.fresh for line in more)
    return replace(section, count=section.count + len(more), fresh=fresh, lines=tuple(lines[:LINES_MAX]))


def tell_invitations(month: Month, outside: Outside, *, until: datetime) -> str:
    """Our accountant is told what has changed since the last time, if anything has; the report's name, or empty.

    A count that is cut off by time goes on at the next call. Raises StaleError when another worker was faster.
    """
    stored = outside.store.get("control", TELLING, KEY)
    row: dict[str, Any] = dict(stored.row) if stored else {"since": "", "until": ""}
    version = stored.version if stored else ABSENT
    if not row["until"]:
        until_now = max(utc_text(outside.clock()), row["since"])  # never back, whatever this worker's clock says
        row |= {"until": until_now, "after": "", "news": records.plain(News())}
    news, after = records.from_plain(News, row["news"]), row["after"]
    while outside.clock() < until:
        page, after = kept_page(outside, after=after)
        news.count((one.payer for one in page), row["since"], row["until"])
        if not after:
            return _told(news, month, row["until"], version, outside)
    row |= {"after": after, "news": records.plain(news)}
    outside.store.tx([Write("control", TELLING, KEY, row, version)])
    return ""


def _told(news: News, month: Month, until: str, version: int, outside: Outside) -> str:
    told = Write("control", TELLING, KEY, {"since": until, "until": "", "summary": f"рассказано до {until}"}, version)
    if not news.is_news:
        outside.store.tx([told])
        return ""
    sections = [news.sections[name] for name in SECTIONS]
    totals = {"payers": news.total, "partners": news.partners}
    return write_report(Told(kind="invitations", period=str(month), sections=sections, totals=totals), outside, told)
