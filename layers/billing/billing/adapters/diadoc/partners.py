"""What we ask about organizations, boxes and relations, and how we invite."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from billing.adapters.diadoc import organizations, reading, wire
from billing.adapters.diadoc.asking import Asking, given
from billing.adapters.diadoc.ids import box_id, ticks_of
from billing.adapters.troubles import Trouble
from billing.domain.edo_boxes import Box, Operator, Partnership
from billing.domain.edo_reasons import Reason
from billing.domain.errors import InvalidInputError
from billing.ports_edo import (
    AbsentError,
    CounterpartyEvent,
    CounterpartyPage,
    NeedsPersonError,
    RoamingRequestNeededError,
)

MESSAGE_MAX = 2_000     # characters of an invitation's text; Source: Diadoc API, AcquireCounteragent


class Partners(Asking):
    """Organizations and relations."""

    def operators(self) -> Mapping[str, Operator]:
        answer = self._get("/GetRoamingOperators", {"boxId": self._box}, ours=True)
        operators = reading.each(organizations.operator, reading.rows(answer.get("RoamingOperators")))
        return {operator.fns_id: operator for operator in operators}

    def counterparties(self, cursor: str = "") -> CounterpartyPage:
        """A page of relations. The list ends with an empty page.

        Source: Diadoc API, GetCounteragents V3, afterIndexKey.
        """
        query = {"myBoxId": self._box, "pageSize": str(self._api.counteragents_page)} | given(afterIndexKey=cursor)
        answer = self._get("/V3/GetCounteragents", query, ours=True)
        found = reading.rows(answer.get("Counteragents"))
        return CounterpartyPage(boxes=reading.each(organizations.counteragent, found), cursor=reading.last_key(found))

    def counterparty_events(self, cursor: str = "", *, since: datetime | None = None) -> Sequence[CounterpartyEvent]:
        """Source: Diadoc API, GetCounteragentEvents."""
        query = {"boxId": self._box, "limit": "100"} | given(
            afterIndexKey=cursor, timestampFromTicks=str(ticks_of(since)) if since and not cursor else "")
        answer = self._get("/V1/GetCounteragentEvents", query, ours=True)
        return reading.each(organizations.counterparty_event, reading.rows(answer.get("Events")))

    def partnership(self, box: str) -> Partnership:
        """404 says that there never was a relation. Source: Diadoc API, GetCounteragent V3."""
        query = {"myBoxId": self._box, "counteragentBoxId": box_id(box)}
        try:
            return organizations.partnership(self._get("/V3/GetCounteragent", query).get("CurrentStatus"))
        except AbsentError:
            return Partnership.NONE

    def boxes_of(self, inns: Sequence[str]) -> Mapping[str, Sequence[Box]]:
        """Source: Diadoc API, GetOrganizationsByInnList V2: with our box it names the relations too."""
        wanted, found = list(dict.fromkeys(inns)), dict[str, list[Box]]()
        for start in range(0, len(wanted), self._api.inn_list_chunk):
            chunk = wanted[start:start + self._api.inn_list_chunk]
            answer = self._post("/V2/GetOrganizationsByInnList", {"myBoxId": self._box}, {"InnList": chunk}, ours=True)
            for box in reading.each(organizations.listed, reading.rows(answer.get("Organizations"))):
                found.setdefault(box.inn, []).append(box)
        return found

    def elsewhere(self, inn: str, kpp: str = "") -> Sequence[Box]:
        """Find a company's boxes at other operators. Diadoc creates them on request and invites nobody.

        A company of ours that the tax service does not know as a participant (409) has nobody to look for.

        Raises:
            NeedsPersonError: the company is there and hides, or Diadoc cannot make a box for it.

        Source: Diadoc API, SearchFnsParticipants, GetOrCreateRoamingOrganizationByFnsParticipantId.
        """
        wanted: wire.SearchFnsParticipantsRequest = {"Inn": inn}
        if kpp:
            wanted["Kpp"] = kpp
        try:
            answer = self._post("/SearchFnsParticipants", {"myBoxId": self._box}, wanted)
        except NeedsPersonError as error:
            if error.said.status != 409:
                raise
            return ()
        if answer.get("Status") == "NotAllowedFnsParticipantSearchStatus":
            raise NeedsPersonError(Trouble.HIDDEN_ELSEWHERE, reason=Reason.HIDDEN_ELSEWHERE)
        ids = (reading.text(one.get("FnsParticipantId")) for one in reading.rows(answer.get("Participants")))
        return reading.each(self._roaming_box, filter(None, ids))

    def _roaming_box(self, participant: str) -> Box | None:
        body: wire.RoamingOrganizationRequest = {"FnsParticipantId": participant}
        path = "/GetOrCreateRoamingOrganizationByFnsParticipantId"
        return organizations.box(self._post(path, {"myBoxId": self._box}, body))  # type: ignore[arg-type]

    def invite(self, *, box: str = "", inn: str = "", message: str = "") -> str:
        """An invitation, or the acceptance of theirs. A second one does nothing at Diadoc, so a repeat is safe.

        Text only: documents in an invitation vanish silently on the way to other operators.

        Raises:
            RoamingRequestNeededError: a person has to file a request for this client.

        Source: Diadoc API, AcquireCounteragent V3.
        """
        if bool(box) == bool(inn):
            raise InvalidInputError("an invitation goes to a box or to an INN")
        body: wire.AcquireCounteragentRequest = {"BoxId": box_id(box)} if box else {"Inn": inn}
        if message:
            body["MessageToCounteragent"] = message[:MESSAGE_MAX]
        answer = self._post("/V3/AcquireCounteragent", {"myBoxId": self._box}, body, changes=True)
        return reading.done(answer.get("TaskId"), "TaskId")

    def invitation(self, task: str) -> str:
        """The box that the task has invited.

        Raises:
            StillRunningError: ask again later.
            NeedsPersonError: the invitation failed, with the operator's words in `said`.
            AbsentError: there is no such task.

        Source: Diadoc API, AcquireCounteragentResult V3.
        """
        try:
            answer = self._get("/V3/AcquireCounteragentResult", {"taskId": task, "myBoxId": self._box})
        except RoamingRequestNeededError:
            raise
        except NeedsPersonError as error:
            raise NeedsPersonError(Trouble.INVITATION_FAILED, error.said, reason=Reason.INVITATION_FAILED) from error
        return reading.kept_box(answer.get("BoxId"))
