"""What all questions to Diadoc have in common: our box, the settings, JSON in and out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from billing.adapters.diadoc.http import Call, Http
from billing.adapters.diadoc.ids import box_id
from billing.adapters.diadoc.organizations import box
from billing.adapters.diadoc.reading import each, row, rows
from billing.adapters.diadoc.settings import DiadocSettings
from billing.adapters.troubles import Trouble
from billing.domain.edo_boxes import Box
from billing.domain.edo_reasons import Reason
from billing.ports_edo import LostAnswerError, OddAnswerError, StopTheRunError


class Asking:
    """`http` carries the questions; `settings` say of which box."""

    def __init__(self, http: Http, settings: DiadocSettings) -> None:
        self._http, self._settings, self._api = http, settings, settings.api
        self._box = box_id(settings.box)

    def our_box(self) -> Box:
        """Our box as Diadoc knows it: whether it is a test one, and whether we have an address there.

        Never registers the user anywhere, which this method does unless told not to.

        Source: Diadoc API, GetMyOrganizations, autoRegister.
        """
        answer = self._get("/GetMyOrganizations", {"autoRegister": "false"}, ours=True)
        for found in each(box, rows(answer.get("Organizations"))):
            if found.id == self._box:
                return found
        raise StopTheRunError(Trouble.BOX_NOT_OURS, reason=Reason.NO_RIGHTS)

    def _get(self, path: str, query: Mapping[str, str], *, ours: bool = False) -> dict[str, Any]:
        return self._object(Call(method="GET", path=path, query=query, ours=ours))

    def _post(self, path: str, query: Mapping[str, str], body: object, *, ours: bool = False,
              repeatable: bool = True, changes: bool = False) -> dict[str, Any]:
        return self._object(Call(method="POST", path=path, query=query, json=body, ours=ours, repeatable=repeatable,
                                 changes=changes))

    def _object(self, call: Call) -> dict[str, Any]:
        answer = self._http.ask(call).json
        if not isinstance(answer, dict):
            raise (LostAnswerError if call.changes else OddAnswerError)(Trouble.UNREADABLE)
        return row(answer)


def given(**query: str) -> dict[str, str]:
    """The parameters that are not empty."""
    return {name: value for name, value in query.items() if value}
