"""What the demo plays: the sample company, or the messages of a folder."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from billing.domain.errors import InvalidInputError
from billing.domain.periods import MOSCOW, Month
from billing.messages import CustomerMessage, SellerMessage, parse
from local.company import SELLER, TAXED_SELLER, company, our_card, seller_card, taxed_card, taxed_company
from local.company.client import Client, Told

_LATER = timedelta(days=1)


@dataclass
class Play:
    """`problems`: lines of the folder that are no messages; `remarks`: what a reader of the summary should know.

    `seller`: its card, if documents go out electronically too, to the operator's stand-in, which knows the clients.
    `folder`: where in the output it lies.
    """

    title: str
    told: list[Told]
    first: Month
    last: Month
    clients: list[Client] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    seller: dict[str, Any] | None = None
    folder: str = ""


def sample() -> Play:
    """Return the quarter of the company without VAT."""
    clients, told = company()
    return Play(SELLER, told, Month(2026, 1), Month(2026, 3), clients=clients, seller=our_card())


def taxed() -> Play:
    """Return the two months of the company that charges VAT."""
    clients, told = taxed_company()
    last = Month(2026, 2)
    return Play(TAXED_SELLER, told, Month(2026, 1), last, clients=clients, seller=taxed_card(), folder="vat")


def read_folder(folder: Path) -> Play:
    """All messages of `*.jsonl` in the order of `at`, cards first; what cannot be read is told as `file:line: reason`.

    Raises:
        InvalidInputError: no such folder, no `*.jsonl` in it, or not one payment or charge in them.
    """
    files = sorted(folder.glob("*.jsonl"))
    if not files:
        raise InvalidInputError(f"в папке {folder} нет файлов *.jsonl" if folder.is_dir() else f"нет папки {folder}")
    problems: list[str] = []
    cards: list[Told] = []
    posted: list[Told] = []
    title = ""
    for file in files:
        for number, line in _lines(file, problems):
            try:
                message = parse(line, now=_moment(line) + _LATER)
            except InvalidInputError as error:
                problems.append(f"{file.name}:{number}: {error}")
                continue
            one = Told(message.at, json.loads(line), f"{file.name}:{number}")
            if isinstance(message, SellerMessage):
                title = message.requisites[-1].name
            (cards if isinstance(message, CustomerMessage | SellerMessage) else posted).append(one)
    if not posted:
        raise InvalidInputError("\n".join(["ни одного платежа или списания, закрывать нечего", *problems[:20]]))
    first = Month.at(min(t.arrives for t in posted))
    last = Month.at(max(t.arrives for t in (*posted, *cards)))
    remarks = []
    if not title:
        title, start = SELLER, _start(first)
        cards.insert(0, Told(start, {**seller_card(), "at": start.isoformat()}))
        remarks.append(f"карточки продавца (kind: seller) в папке нет, документы выписаны от учебной {SELLER}")
    cards = [replace(t, arrives=max(t.arrives, _start(first))) for t in cards]
    told = sorted([*cards, *posted], key=lambda t: t.arrives)  # at one moment cards stay before what they are for
    return Play(title, told, first, last, problems=problems, remarks=remarks)


def _start(month: Month) -> datetime:
    return datetime(month.year, month.number, 1, tzinfo=MOSCOW)


def _lines(file: Path, problems: list[str]) -> Iterator[tuple[int, str]]:
    """The lines of a file that hold something, with their numbers."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        problems.append(f"{file.name}: не читается как текст в UTF-8 ({type(error).__name__})")
        return
    yield from ((n, line) for n, line in enumerate(text.split("\n"), 1) if line.strip())


def _moment(line: str) -> datetime:
    """When the message says it is, so that it is judged as of its own time."""
    try:
        said: Any = json.loads(line)
        moment = datetime.fromisoformat(said["at"])
    except (ValueError, TypeError, KeyError):
        return datetime.now(MOSCOW)  # `parse` will say what is wrong
    return moment if moment.tzinfo else moment.replace(tzinfo=MOSCOW)
