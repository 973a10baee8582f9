"""How we stand with the boxes at the operator: the whole list once a campaign, its feed of changes in between."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from billing import records
from billing.domain.edo_boxes import Box, Partnership
from billing.domain.edo_fate import cursor_after, fresh
from billing.domain.edo_standing import reason_of
from billing.domain.periods import moscow_day, utc_text
from billing.ports import ABSENT, Outside, StaleError, Stored, Write
from billing.ports_edo import BadDocumentError, BusyError, CounterpartyEvent, EdoOutside
from billing.records_edo import BOXES, Counterparty
from billing.usecases.edo.counterparties import all_of_inn, settle, stands
from billing.usecases.edo.cursors import place_of, put_place
from billing.usecases.edo.due import waken
from billing.usecases.edo.one_of_many import one_of_many

FEED = "counterparties"  # sort key of the feed's cursor
OVERLAP = 10  # events read again before the last one
FULL = 100  # a page of so many may have a next one
SEEN_MAX = 200  # ids kept, more than a page and its overlap
BEFORE = timedelta(days=1)  # how far the first reading of the feed looks back
ATTEMPTS_MAX = 5


def read_changes(outside: Outside, edo: EdoOutside, *, until: datetime) -> bool:
    """Our rows know every change the feed tells of; False when time was too short for all of them.

    Of a page, the last change of each box counts, by the operator's moments: a page that is read again, or that comes
    in another order, changes nothing.
    """
    row = _cursor(outside, edo)
    while outside.clock() < until:
        page, row = _page(row, outside, edo)
        new = fresh(((event.id, event) for event in page), row.row["seen"])
        for event in _last_of_each(event for _, event in new):
            _apply(event, outside)
        before, row = row.row["cursor"], _save(row, page, [id for id, _ in new], outside)
        if len(page) < FULL or (not new and row.row["cursor"] == before):
            return True
    return False


def _last_of_each(events: Iterable[CounterpartyEvent]) -> Iterable[CounterpartyEvent]:
    last: dict[str, CounterpartyEvent] = {}
    for event in events:
        was = last.get(event.box)
        if event.box and not (was and was.at and event.at and event.at < was.at):
            last[event.box] = event
    return last.values()


def _page(row: Stored, outside: Outside, edo: EdoOutside) -> tuple[Sequence[CounterpartyEvent], Stored]:
    """What comes after the cursor; a cursor that the operator does not know any more is given up for a moment."""
    since = datetime.fromisoformat(row.row["since"])
    if not (place := row.row["cursor"]):
        return edo.edo.counterparty_events(since=since), row
    try:
        return edo.edo.counterparty_events(place), row
    except BadDocumentError:
        row = put_place(FEED, {**row.row, "cursor": ""}, row.version, outside)
        return edo.edo.counterparty_events(since=since), row


def _cursor(outside: Outside, edo: EdoOutside) -> Stored:
    """Where the feed was left; another deployment has another box, whose feed begins now."""
    stored = place_of(FEED, outside)
    if stored and stored.row["environment"] == edo.environment:
        return stored
    since = utc_text(outside.clock() - BEFORE)
    row = {"cursor": "", "since": since, "seen": [], "environment": edo.environment}
    return put_place(FEED, row, stored.version if stored else ABSENT, outside)


def _save(row: Stored, page: Sequence[CounterpartyEvent], ids: Sequence[str], outside: Outside) -> Stored:
    keys = [event.key for event in page]
    cursor = cursor_after(keys, before=row.row["cursor"], page_is_full=len(page) >= FULL, overlap=OVERLAP)
    if not ids and cursor == row.row["cursor"]:
        return row
    seen = [*row.row["seen"], *ids][-SEEN_MAX:]
    since = utc_text(outside.clock() - BEFORE) if len(page) < FULL else row.row["since"]
    return put_place(FEED, {**row.row, "cursor": cursor, "since": since, "seen": seen}, row.version, outside)


def _apply(event: CounterpartyEvent, outside: Outside) -> None:
    known = known_box(event.box, outside) or Box(id=event.box, inn="")
    since = moscow_day(event.at) if event.at else known.since
    seen = replace(known, partnership=event.partnership, since=since, wants_signature=event.wants_signature)
    observe(seen, outside, comment=event.comment)


def read_list(cursor: str, outside: Outside, edo: EdoOutside) -> str:
    """Our rows know a page of the operator's list; where the next one begins, empty after the last."""
    try:
        page = edo.edo.counterparties(cursor)
    except BadDocumentError:  # a cursor of long ago
        page = edo.edo.counterparties()
    for box in page.boxes:
        observe(box, outside)
    return page.cursor


def boxes_of(
    inns: Sequence[str], outside: Outside, edo: EdoOutside
) -> tuple[Mapping[str, Sequence[Box]], Mapping[str, BadDocumentError | BusyError]]:
    """The boxes of each INN as they stand; and the INNs that the operator does not take, or does not answer about.

    Since when a box stands so, and whether its invitation carries a document, only the operator's list and feed tell:
    that is remembered as long as the state is the same.
    """
    found, bad = _asked_about(inns, outside, edo)
    return {inn: [_remembered(box, outside) for box in boxes] for inn, boxes in found.items()}, bad


def _asked_about(
    inns: Sequence[str], outside: Outside, edo: EdoOutside
) -> tuple[Mapping[str, Sequence[Box]], Mapping[str, BadDocumentError | BusyError]]:
    """An odd INN spoils the list for the rest: the list is halved until it is alone."""
    if not inns:
        return {}, {}
    spoilt: BadDocumentError | BusyError | None = None
    with one_of_many(outside, edo):
        try:
            return edo.edo.boxes_of(inns), {}
        except BadDocumentError as error:
            spoilt = error
        except BusyError as error:
            spoilt = error
            raise
    assert spoilt, "it has answered or raised"
    if len(inns) == 1:
        return {}, {inns[0]: spoilt}
    half = len(inns) // 2
    (found, bad), (more, worse) = (_asked_about(some, outside, edo) for some in (inns[:half], inns[half:]))
    return {**found, **more}, {**bad, **worse}


def _remembered(box: Box, outside: Outside) -> Box:
    was = known_box(box.id, outside) if box.partnership is not Partnership.NONE else None
    if not was or was.partnership is not box.partnership:
        return box
    return replace(box, since=box.since or was.since, wants_signature=was.wants_signature)


def known_box(id: str, outside: Outside) -> Box | None:
    stored = outside.store.get("control", BOXES, id)
    return records.from_plain(Box, stored.row["box"]) if stored else None


def observe(box: Box, outside: Outside, *, comment: str = "") -> None:
    """The payer to whom the box belongs stands as it does, and the box is remembered as it was seen.

    Raises:
        StaleError: others write the same rows again and again; whoever told of the box is to tell once more.
    """
    for attempt in range(1, ATTEMPTS_MAX + 1):
        try:
            for found in all_of_inn(box.inn, outside) if box.inn else ():
                if box.id == (found.payer.box_said or found.payer.box):
                    after = as_seen(found.payer, box, outside, comment=comment)
                    settle(found, after, outside)
                    if after.partnership is not found.payer.partnership:
                        waken(after.accounts, outside)
            if writes := box_writes(box, outside):
                outside.store.tx(writes)
            return
        except StaleError:  # somebody decides about the payer at the same moment: look again
            if attempt == ATTEMPTS_MAX:
                raise


def box_writes(box: Box, outside: Outside) -> list[Write]:
    """Return the writes that bring the box's row up to date; empty when it is so already.

    Departments stay as they were where the operator did not name them.
    """
    stored = outside.store.get("control", BOXES, box.id)
    if stored and box.departments is None:
        box = replace(box, departments=records.from_plain(Box, stored.row["box"]).departments)
    row = {"box": records.plain(box), "summary": f"{box.inn} {box.name}: {box.partnership}"}
    if stored and stored.row == row:
        return []
    return [Write("control", BOXES, box.id, row, stored.version if stored else ABSENT)]


def as_seen(payer: Counterparty, box: Box, outside: Outside, *, comment: str = "") -> Counterparty:
    """The payer with that state of its box. The same state seen again leaves the last decision as it is."""
    if box.partnership is payer.partnership and payer.box == box.id:
        return payer
    since = box.since or moscow_day(outside.clock())
    seen = replace(payer, box=box.id, partnership=box.partnership, roaming=box.roaming, since=since)
    if box.partnership is not Partnership.PARTNERS and payer.said:
        return seen  # a person has decided, whatever the operator says
    return stands(seen, reason_of(box.partnership), outside, detail=comment)
