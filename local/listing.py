"""What the local cloud holds, in lines for a terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from local import mail
from local.cloud import Cloud

LINES_MAX = 40  # of each kind


def listing(cloud: Cloud) -> list[str]:
    """List runs, documents, letters, messages that were not taken, queues, and how many rows there are."""
    return [*_runs(cloud), *_documents(cloud), *_letters(cloud), *_refused(cloud), *_queues(cloud), *_rows(cloud)]


def _runs(cloud: Cloud) -> Iterator[str]:
    found = sorted((r["part"], r["summary"]) for r in cloud.rows("control") if r["name"] == "runs")
    yield from (f"run        {summary}" for _, summary in found)


def _documents(cloud: Cloud) -> Iterator[str]:
    found = sorted(
        (
            d["month"],
            d["account"],
            d["kind"],
            d.get("number") or "—",
            _roubles(d.get("total_kop")),
            d["status"],
            d.get("file") or "",
        )
        for d in cloud.rows("documents")
        if d["kind"] != "period"
    )
    yield from _cut(f"document   {'  '.join(d)}" for d in found)


def _letters(cloud: Cloud) -> Iterator[str]:
    states = {row["message"]: row["status"] for row in cloud.rows("deliveries") if row.get("message")}
    yield from _cut(
        f"letter     {letter.to}  {states.get(letter.id, '—')}  {letter.message['Subject']}"
        for letter in mail.letters()
    )


def _refused(cloud: Cloud) -> Iterator[str]:
    found = sorted(
        (row["name"], row.get("account") or "—", row["reason"])
        for row in cloud.rows("control")
        if row["name"].startswith("refused.")
    )
    yield from _cut(f"refused    {name.removeprefix('refused.')}  {account}  {why}" for name, account, why in found)


def _queues(cloud: Cloud) -> Iterator[str]:
    for name, kind in sorted(cloud.kinds.items()):
        if kind == "AWS::SQS::Queue" and not name.endswith("DeadLetters") and (waiting := cloud.messages(name)):
            yield f"queue      {name}: {waiting}"


def _rows(cloud: Cloud) -> Iterator[str]:
    counts = Counter({name: len(cloud.rows(name)) for name in ("customers", "accounts", "journal")})
    yield "rows       " + ", ".join(f"{name} {count}" for name, count in counts.items())


def _cut(lines: Iterator[str]) -> Iterator[str]:
    """The last of them, with a word of how many were before."""
    found = list(lines)
    if len(found) > LINES_MAX:
        yield f"           … {len(found) - LINES_MAX} before these; `export` writes them all"
    yield from found[-LINES_MAX:]


def _roubles(kopecks: int | None) -> str:
    return "—" if kopecks is None else f"{kopecks // 100}.{kopecks % 100:02}"
