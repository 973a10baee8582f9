"""What has changed with the payers since our accountant was last told: counted page by page, told once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
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
from billing.usecases.edo.counterparties import Kept, kept_page, write_of
from billing.usecases.edo.reports import LINES_MAX, Told, cut, write_report

TELLING, KEY = "edo.telling", "invitations"  # control: how far a count of what is to be told has come
PAGE = 80  # payers: their marks are written in one transaction with the report and its letter

SECTIONS = ("person", "refused", "accepted", "invited", "reminded", "waiting")  # in the order of the letter
_NEWS = {Standing.ACCEPTED: "accepted", Standing.INVITED: "invited", Standing.REMINDED: "reminded"}


@dataclass(slots=True)
class News:
    """Counts are whole, lists are cut: the new first, then the oldest. `partners` of the `total` payers are ours."""

    total: int = 0
    partners: int = 0
    sections: dict[str, EdoSection] = field(default_factory=lambda: {name: EdoSection(name=name) for name in SECTIONS})

    def count(self, page: Iterable[Kept]) -> list[Write]:
        """What marks those of whose standing nobody was told yet, to be written with the count. Clocks are not asked:
        those of two workers differ.
        """
        lines: dict[str, list[EdoLine]] = {}
        marks = []
        for payer, version in ((one.payer, one.version) for one in page):
            if not payer.accounts:
                continue
            self.total += 1
            self.partners += payer.standing in (Standing.PARTNER, Standing.ACCEPTED)
            if fresh := payer.standing_at != payer.told:
                marks.append(write_of(replace(payer, told=payer.standing_at), version))
            if name := _section(payer, fresh):
                lines.setdefault(name, []).append(_line(payer, fresh))
        for name, more in lines.items():
            self.sections[name] = _with(self.sections[name], more)
        return marks

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
    row: Mapping[str, Any] = stored.row if stored else {}
    version = stored.version if stored else ABSENT
    news = records.from_plain(News, row["news"]) if row.get("news") else News()
    after = str(row.get("after", ""))
    while outside.clock() < until:
        page, after = kept_page(outside, after=after, limit=PAGE)
        marks = news.count(page)
        if not after:
            return _told(news, month, marks, version, outside)
        if marks:
            outside.store.tx([_so_far(news, after, version), *marks])
            version += 1
    outside.store.tx([_so_far(news, after, version)])
    return ""


def _so_far(news: News, after: str, version: int) -> Write:
    return Write("control", TELLING, KEY, {"after": after, "news": records.plain(news)}, version)


def _told(news: News, month: Month, marks: Sequence[Write], version: int, outside: Outside) -> str:
    said = f"рассказано {utc_text(outside.clock())}"
    told = Write("control", TELLING, KEY, {"after": "", "news": {}, "summary": said}, version)
    if not news.is_news:
        outside.store.tx([told, *marks])
        return ""
    sections = [news.sections[name] for name in SECTIONS]
    totals = {"payers": news.total, "partners": news.partners}
    told_of = Told(kind="invitations", period=str(month), sections=sections, totals=totals)
    return write_report(told_of, outside, told, *marks)
