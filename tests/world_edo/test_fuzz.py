"""Whatever the operator adds to its answers one day: fields, events, entities, names of states."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from local.diadoc.faults import UNKNOWN_NAME
from tests.world.tale import light_papers
from tests.world_edo.company import Company, document_keys
from tests.world_edo.hunting import struck
from tests.world_edo.tale import digest, play

MOMENT = re.compile(r"(\d{4}-\d\d-\d\dT\d\d):\d\d:\d\d[.\d]*Z")
TICKS = 36_000_000_000  # of the operator's clock in an hour
TALES = [("campaign", "campaign"), ("campaign", "troubles"), ("quarter", "quarter"), ("quarter", "hard quarter")]


@pytest.fixture(autouse=True)
def _light_papers():
    with light_papers():
        yield


def _with_fields(value: Any) -> Any:
    """Each object has fields that nobody knows, first and last."""
    if isinstance(value, dict):
        known = {key: _with_fields(inner) for key, inner in value.items()}
        return {"Added": None, **known, "AddedToo": [{"Status": UNKNOWN_NAME, "BoxId": 7}], "IsAdded": True}
    return [_with_fields(inner) for inner in value] if isinstance(value, list) else value


def _with_rows(value: Any) -> Any:
    """Each list of things that are known by a name has one more, of a kind that nobody knows."""
    if isinstance(value, dict):
        known = {key: _with_rows(inner) for key, inner in value.items()}
        for name, row in _ROWS.items():
            if known.get(name) and isinstance(known[name], list):
                known[name] = [
                    *known[name],
                    {**row, **({"IndexKey": known[name][-1]["IndexKey"]} if name == "Events" else {})},
                ]
        if isinstance(known.get("EventTypes"), list):
            known["EventTypes"] = [UNKNOWN_NAME, *known["EventTypes"]]
        return known
    return [_with_rows(inner) for inner in value] if isinstance(value, list) else value


_ROWS: dict[str, dict[str, Any]] = {
    "Events": {"EventId": "00000000-0000-4000-8000-000000000001", "Notice": {"Kind": UNKNOWN_NAME}},
    "Entities": {
        "EntityId": "00000000-0000-4000-8000-000000000002",
        "EntityType": UNKNOWN_NAME,
        "AttachmentType": UNKNOWN_NAME,
        "ParentEntityId": "",
    },
    "RoamingOperators": {"FnsId": "2ZZ", "Name": "", "IsActive": True, "Features": [UNKNOWN_NAME]},
    "DocumentTypes": {"Name": UNKNOWN_NAME, "Title": "", "Functions": [{"Name": UNKNOWN_NAME, "Versions": []}]},
    "Workflows": {"Id": 9_999, "IsDefault": False},
}


def _answers(world: Company, change: Any) -> None:
    def disturb(path: str, content: bytes) -> bytes:
        if not content.startswith(b"{"):
            return content
        try:
            return json.dumps(change(json.loads(content))).encode()
        except ValueError:
            return content

    world.disturb = disturb


def _to_the_hour(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _to_the_hour(inner) for name, inner in value.items()} | (
            {"as_of": value["as_of"] // TICKS} if "as_of" in value else {}
        )
    return MOMENT.sub(r"\1", value) if isinstance(value, str) else value


def outcome(world: Company) -> dict[str, Any]:
    """What there is in the end, feeds and their cursors left out; moments to the hour: one more call takes time."""
    rows = ("edo.counterparties", "edo.boxes", "edo.people", "edo.sending", "edo.left")
    return {
        "documents": {id: _to_the_hour(row["state"]) for id, row in document_keys(world).items()},
        "rows": {(s.pk, s.sk): _to_the_hour(s.row) for s in world.store.rows("control") if s.pk in rows},
        "work": {(s.pk, s.sk) for s in world.store.rows("work")},
        "files": {key for key in world.files.files if key.startswith("edo/")},
    }


@pytest.mark.parametrize(("what", "of"), TALES)
def test_fields_that_nobody_knows_change_nothing(what, of):
    plain = play(what, of)

    world = play(what, of, prepare=lambda world: _answers(world, _with_fields))

    assert digest(world) == digest(plain)


@pytest.mark.parametrize(("what", "of"), TALES)
def test_events_entities_and_kinds_that_nobody_knows_change_nothing(what, of):
    plain = play(what, of)

    world = play(what, of, prepare=lambda world: _answers(world, _with_rows))

    assert outcome(world) == outcome(plain)


@pytest.mark.parametrize(("what", "of"), [("campaign", "campaign"), ("quarter", "tiny")])
def test_a_state_that_nobody_knows_changes_nothing_once_it_is_over(what, of):
    """At every call in turn, one state of the answer has a name that nobody knows."""
    tried, broken = struck(what, of, lambda function, service: ["unknown_enum"] if service == "edo" else [])

    assert not broken, broken[0]
    assert tried > 30
