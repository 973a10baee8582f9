"""What the cloud holds after a demo, read once into plain things."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from billing.records_letters import OURS
from local.cloud import Cloud, Mail
from local.demo_exchange import told


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter in the mail service; `account` and `month` are the client's, or `report` and the month of the run.

    Of reports on the exchange of documents, `account` is `edo`; of letters that remind of an invitation, `reminder`.
    """

    account: str
    month: str
    mail: Mail


@dataclass(frozen=True, slots=True)
class World:
    """`tallies`: the last report of each month; `reports`: every file of a report by its name; `edo`: told in words."""

    titles: dict[str, str]
    documents: list[dict[str, Any]]
    letters: list[Letter]
    tallies: dict[str, dict[str, Any]]
    parked: list[dict[str, Any]]
    refused: list[dict[str, Any]]
    edo: list[str]
    reports: dict[str, bytes]
    files: dict[str, bytes]
    errors: list[str]


def waits_for(document: dict[str, Any]) -> str:
    """What keeps a blocked document, in words."""
    return "; ".join(trouble["said"] for trouble in document.get("problems", ()))


def read_world(cloud: Cloud) -> World:
    control = [(r["name"], r["part"], r["content"]) for r in cloud.rows("control")]
    files = cloud.files()
    reports = {key.removeprefix("reports/"): body for key, body in sorted(files.items()) if key.startswith("reports/")}
    documents = [r for r in cloud.rows("documents") if r["kind"] != "period"]
    return World(
        titles={r["account"]: str(r["card"]["title"]) for r in cloud.rows("customers")},
        edo=told(control, documents),
        documents=sorted(
            documents,
            key=lambda r: (r["month"], r["kind"], r.get("number", "").zfill(9), r["account"]),
        ),
        letters=[_letter(mail) for mail in cloud.letters()],
        tallies={name[:7]: json.loads(body) for name, body in reports.items()},  # later ones replace earlier ones
        parked=sorted(
            (
                {"month": name.removeprefix("parked."), "account": part, **content}
                for name, part, content in control
                if name.startswith("parked.")
            ),
            key=lambda r: (r["month"], r["account"]),
        ),
        refused=sorted((content for name, _, content in control if name.startswith("refused.")), key=lambda r: r["at"]),
        reports=reports,
        files=files,
        errors=[f"{f.folder.name}: {type(e).__name__}: {e}" for f in cloud.functions.values() for e in f.errors],
    )


def _letter(mail: Mail) -> Letter:
    """`c-000101_2026-01_0001_<digest>`; of those that are no client's, `seller_report-2026-01_…` and the like."""
    account, scope, *_ = str(mail.message["X-Delivery"]).split("_")
    if account == OURS:
        return Letter(scope.partition("-")[0], scope[-len("2026-01") :], mail)
    return Letter(account, scope, mail)
