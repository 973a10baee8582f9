"""The tables as PynamoDB models: what every attribute is. Names of tables come with `bind()`, never at import."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from pynamodb.attributes import ListAttribute, MapAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.models import Model


class Whole(NumberAttribute):
    """A whole number: kopecks, counts, versions. A float never reaches a table."""

    def serialize(self, value: Any) -> str:
        if type(value) is not int:
            raise TypeError(f"a whole number is an int, not {type(value).__name__}")
        return str(value)

    def deserialize(self, value: str) -> int:
        return int(value)


Text = UnicodeAttribute
Map = MapAttribute[str, Any]
Items = ListAttribute[Any]


class Table(Model):
    """A table with its partition key first and its sort key second."""

    keys: ClassVar[tuple[str, ...]]
    version = Whole()
    summary = Text(null=True)  # for people who read the console
    parts = Map(null=True)  # names of the rows that hold the longest of this one, see `long_rows`


class Meta:
    """Limits of every call; the name is the deployment's."""

    table_name = ""
    connect_timeout_seconds = 2
    read_timeout_seconds = 5
    max_retry_attempts = 3


class Customers(Table):
    class Meta(Meta): ...

    keys = ("account",)
    account = Text(hash_key=True)
    at = Text()  # moment of the card
    card = Map()
    notifications = Map(null=True)


class Accounts(Table):
    class Meta(Meta): ...

    keys = ("account",)
    account = Text(hash_key=True)
    open = Text()  # first month not closed
    seq = Whole()
    balance_kop = Whole()
    opening_kop = Whole()
    head = Text()  # sha of the last journal entry
    touched = Whole()  # the newest lot that was ever spent from
    paid_by = Items()
    people = Whole()
    corrected = Whole(null=True)  # the newest entry that corrects an earlier one
    lots = Items()
    debts = Items()
    funds = Map()
    turnover = Map()
    lines = Map()
    recent = Items()


class Journal(Table):
    class Meta(Meta): ...

    keys = ("account", "seq")
    account = Text(hash_key=True)
    seq = Text(range_key=True)
    kind = Text()
    key = Text()
    day = Text()
    month = Text()
    period = Text()
    at = Text()
    posted_at = Text()
    amount_kop = Whole()
    balance_kop = Whole()
    money = Text(null=True)
    payer = Text(null=True)
    ref = Text(null=True)
    line = Text(null=True)
    quantity = Whole(null=True)
    note = Text(null=True)
    document = Text(null=True)
    email = Text(null=True)
    service = Map(null=True)
    allocations = Items(null=True)
    lots = Items(null=True)
    debts = Items(null=True)
    withdrawn = Items(null=True)
    earlier = Items(null=True)  # of a correction: the places of those before it
    previous = Text()
    sha = Text()


class Seen(Table):
    class Meta(Meta): ...

    keys = ("key",)
    key = Text(hash_key=True)
    account = Text()
    body_sha = Text()
    outcome = Text()
    seq = Whole(null=True)
    reason = Text(null=True)
    at = Text(null=True)


class Documents(Table):
    class Meta(Meta): ...

    keys = ("account", "document")
    account = Text(hash_key=True)
    document = Text(range_key=True)
    kind = Text()
    month = Text()
    at = Text()
    payer = Text(null=True)
    status = Text(null=True)
    date = Text(null=True)
    series = Text(null=True)
    number = Text(null=True)
    ordinal = Whole(null=True)
    total_kop = Whole(null=True)
    content = Map(null=True)
    problems = Items(null=True)
    warnings = Items(null=True)
    sha256 = Text(null=True)
    file = Text(null=True)
    file_name = Text(null=True)
    rows_file = Text(null=True)
    letter = Text(null=True)
    edo = Map(null=True)
    # the summary of a closed month
    opening_kop = Whole(null=True)
    closing_kop = Whole(null=True)
    turnover = Map(null=True)
    funded = Map(null=True)
    carried = Map(null=True)
    acted_kop = Whole(null=True)
    last_seq = Whole(null=True)


class Work(Table):
    class Meta(Meta): ...

    keys = ("shard", "item")
    shard = Text(hash_key=True)
    item = Text(range_key=True)
    month = Text(null=True)
    account = Text(null=True)
    document = Text(null=True)
    letter = Text(null=True)
    report = Text(null=True)
    since = Text()
    blocked = Text(null=True)
    due = Text(null=True)
    stage = Text(null=True)
    details = Map(null=True)
    later = Items(null=True)  # documents that had no room in the transaction of their close


class Deliveries(Table):
    class Meta(Meta): ...

    keys = ("account", "delivery")
    account = Text(hash_key=True)
    delivery = Text(range_key=True)  # a letter and an address, see records_letters
    at = Text(null=True)
    # the letter itself
    kind = Text(null=True)
    month = Text(null=True)
    documents = Items(null=True)
    report = Text(null=True)
    details = Map(null=True)
    # one address
    address = Text(null=True)
    status = Text(null=True)
    attempts = Whole(null=True)
    started_at = Text(null=True)
    message = Text(null=True)
    code = Text(null=True)


class Control(Table):
    """Counters, runs, reports, parked accounts, refused messages, the company's card: small rows of many shapes."""

    class Meta(Meta): ...

    keys = ("name", "part")
    name = Text(hash_key=True)
    part = Text(range_key=True)
    content = Map()
    expires = Whole(null=True)  # epoch seconds; DynamoDB deletes the row some time after


class Parts(Table):
    """Parts of rows that were too long, as JSON text: it reads a hundred times faster than thousands of attributes."""

    class Meta(Meta): ...

    keys = ("row", "part")
    row = Text(hash_key=True)
    part = Text(range_key=True)
    content = Text()


MODELS: Mapping[str, type[Table]] = {
    "customers": Customers,
    "accounts": Accounts,
    "journal": Journal,
    "seen": Seen,
    "documents": Documents,
    "work": Work,
    "deliveries": Deliveries,
    "control": Control,
    "parts": Parts,
}


def bind(names: Mapping[str, str]) -> Mapping[str, type[Table]]:
    """The models with the names of this deployment's tables."""
    for table, model in MODELS.items():
        model.Meta.table_name = names[table]
        model._connection = None
    return MODELS
