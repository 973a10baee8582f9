"""The controls over HTTP, all under `/stand-in/`.

    GET  /stand-in/                      the list of controls with their arguments
    POST /stand-in/<control>             arguments as a JSON object; the answer is {"result": …}
    GET  /stand-in/<reader>              the same for what only reads: documents, calls, statistics…
    POST /stand-in/sign?owner=&inn=      raw bytes in, a detached CMS in DER out

They need no token: the stand-in listens on this machine only.
"""

from __future__ import annotations

import inspect
import json
from typing import Any
from urllib.parse import parse_qsl

from local.diadoc.http_shapes import Answer, Refusal
from local.diadoc.people_controls import PeopleControls
from local.diadoc.persistence import to_json
from local.diadoc.room_controls import RoomControls

PREFIX = "/stand-in/"
CONTROLS = tuple(name for owner in (PeopleControls, RoomControls) for name in vars(owner) if not name.startswith("_"))

READERS = frozenset(
    {
        *("organizations", "faults", "clock", "settings", "calls", "statistics", "documents"),
        *("export_state", "authority_certificate"),
    }
)


class ControlPaths:
    """Calls controls by their names."""

    def __init__(self, controls: Any) -> None:
        self._controls = controls

    def answer(self, verb: str, target: str, body: bytes) -> Answer:
        """The answer to a call under the prefix; an error is `{"error": text}` with its status."""
        path, _, query = target.partition("?")
        name = path.removeprefix(PREFIX).strip("/")
        if not name:
            return _json(200, {"controls": [self._described(one) for one in CONTROLS]})
        if name not in CONTROLS:
            return _json(404, {"error": f"there is no control {name}, see GET {PREFIX}"})
        if verb != "POST" and name not in READERS:
            return _json(405, {"error": f"{name} changes something: POST it"})
        try:
            if name == "sign":
                owner = dict(parse_qsl(query))
                return Answer(
                    body=self._controls.sign(content=body, **owner), content_type="application/pkcs7-signature"
                )
            arguments = json.loads(body) if body and verb != "GET" else {}
            return _json(200, {"result": to_json(getattr(self._controls, name)(**arguments))})
        except Refusal as refusal:
            return _json(refusal.status, {"error": refusal.text})
        except (TypeError, ValueError, KeyError) as problem:
            return _json(400, {"error": str(problem)})

    def _described(self, name: str) -> dict[str, str]:
        control = getattr(self._controls, name)
        return {"name": name, "arguments": str(inspect.signature(control)), "does": inspect.getdoc(control) or ""}


def _json(status: int, document: Any) -> Answer:
    body = json.dumps(document, ensure_ascii=False).encode()
    return Answer(status=status, body=body, content_type="application/json; charset=utf-8")
