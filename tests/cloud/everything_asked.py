"""Everything that can be asked of the API, asked through the gateway by those whom it is for."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

from local.cloud import Cloud
from local.http_api import Request, answer
from local.tokens import a_token


def ask(
    cloud: Cloud,
    method: str,
    path: str,
    *,
    account: str = "c-000001",
    role: str = "administrator",
    query: dict[str, str] | None = None,
    said: Any = None,
    key: str = "",
) -> Any:
    """The answer in JSON, or where it leads; what is set in motion is done."""
    headers = [("Host", "127.0.0.1:3000"), ("Authorization", f"Bearer {a_token(cloud, account, role)}")]
    if key:
        headers.append(("Idempotency-Key", key))
    if said is not None:
        headers.append(("Content-Type", "application/json"))
    body = json.dumps(said).encode() if said is not None else b""
    answered = answer(
        cloud, Request(method=method, path=path, query=urlencode(query or {}), headers=headers, body=body)
    )
    assert answered.status < 400, (method, path, answered.status, answered.body.decode())
    cloud.drain()
    if location := dict(answered.headers).get("location"):
        return location
    is_json = "json" in dict(answered.headers)["content-type"]
    return json.loads(answered.body) if is_json else answered.body


def ask_everything(cloud: Cloud, inn: str, month: str, day: str) -> None:
    """`inn`: a payer of the first account; `month`: one that is closed; `day`: a day in it."""
    days = {"from": "2026-01-01", "to": day}
    listed = ask(cloud, "GET", "/documents", query={"kind": "act"})
    act = listed["documents"][0]["id"]
    for path in (f"/documents/{act}", f"/documents/{act}/pdf", f"/documents/{act}/explanation", "/notifications"):
        ask(cloud, "GET", path)
    ask(cloud, "GET", "/payments/explanation", query={"key": "payment:3"})
    ask(cloud, "GET", "/statistics", query={"from": month, "to": month})
    ask(cloud, "GET", "/statistics.xlsx", query={"from": month, "to": month})
    ask(cloud, "GET", "/documents/archive", query={"from": "2026-01-01", "to": "2026-12-31"})
    ask(cloud, "POST", "/invoices", said={"amount": "100.00", "payer": inn}, key="rights-0001")
    ask(cloud, "POST", "/reconciliations", said={**days, "payer": inn}, key="rights-0002")
    ask(cloud, "POST", f"/documents/{act}/letters", said={}, key="rights-0003")
    version = ask(cloud, "GET", "/notifications")["version"]
    wanted = {"added": [{"address": "added@romashka.example"}], "reconciliation": False, "version": version}
    added = ask(cloud, "PUT", "/notifications", said=wanted)["added"]
    ask(cloud, "POST", f"/notifications/{added[0]['digest']}/confirmations")
    for path in ("/runs", f"/runs/{month}", "/unmatched", "/edo/people", "/accounts/c-000001/documents"):
        ask(cloud, "GET", path, account="", role="operator")
    ask(cloud, "GET", f"/edo/windows/{month}", account="", role="operator")
    waiting = ask(cloud, "GET", "/edo/people", account="", role="operator")["people"]
    for payer in [line for line in waiting if line["reason"] == "several_boxes"]:
        decided = {"kpp": payer["kpp"], "said": "leave"}
        ask(cloud, "POST", f"/edo/payers/{payer['inn']}", account="", role="operator", said=decided)
    ask(cloud, "GET", "/parked", account="", role="operator", query={"month": month})
    ask(cloud, "POST", f"/runs/{month}/preview", account="", role="operator", said={})
