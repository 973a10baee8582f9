"""The house with an EDO: the world in memory, the stand-in of the operator beside it, and our real client between."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import httpx

from billing import records
from billing.adapters.diadoc.client import Diadoc, diadoc
from billing.adapters.diadoc.settings import DiadocSettings
from billing.adapters.signing.simple import TestBoxSigner
from billing.domain.documents import Document
from billing.domain.edo_boxes import Box
from billing.domain.edo_policy import EdoPolicy
from billing.domain.edo_sending import Schedule, SendingSettings
from billing.domain.edo_signer import SignerPerson
from billing.domain.seller import SellerCard
from billing.ports import Write
from billing.ports_edo import EdoOutside, KindsLacking, Prepared, Secret, SecretMovedError, Titles
from billing.records_edo import COUNTERPARTIES, PEOPLE, Counterparty, EdoState, ForPerson
from local.company import seller_card
from local.diadoc import DiadocStandIn
from local.diadoc.records import Organization
from tests.usecases.house import ACCOUNT, ROMASHKA, House

SECRET = "diadoc"
ADDRESS = {"Region": "77", "City": "Москва", "Street": "Тверская", "Building": "1"}
SIGNER = SignerPerson(last_name="Примеров", first_name="Пётр", middle_name="Петрович", position="Генеральный директор")
POLICY = EdoPolicy(signer=SIGNER, sending=SendingSettings(schedule=Schedule.QUARTERLY))


class MovedByHand:
    """The client's clock is the house's: a pause moves it, nothing else passes."""

    def __init__(self, house: EdoHouse) -> None:
        self._house = house

    def now(self) -> datetime:
        return self._house.now

    def monotonic(self) -> float:
        return self._house.now.timestamp()

    def sleep(self, seconds: float) -> None:
        self._house.now += timedelta(seconds=seconds)

    def random(self) -> float:
        return 0.0


class OneSecret:
    """Implements `ports_edo.Secrets` for the one secret of the login."""

    def __init__(self, **values: str) -> None:
        self.text, self.version = json.dumps(values), 1

    def get(self, name: str) -> Secret:
        return Secret(self.text, str(self.version))

    def put(self, name: str, text: str, *, expect: str) -> str:
        if expect != str(self.version):
            raise SecretMovedError("moved")
        self.text, self.version = text, self.version + 1
        return str(self.version)


class InProcess(httpx.BaseTransport):
    """Carries calls to the stand-in without sockets. `before` sees each call, and may raise in its place."""

    def __init__(self, stand_in: DiadocStandIn) -> None:
        self._stand_in = stand_in
        self.before: Callable[[httpx.Request], None] = lambda request: None

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.before(request)
        target, headers = request.url.raw_path.decode("ascii"), dict(request.headers.items())
        answer = self._stand_in.answer(request.method, target, headers, request.read())
        if answer is None:
            raise httpx.RemoteProtocolError("the answer was lost", request=request)
        return httpx.Response(
            answer.status,
            headers={"Content-Type": answer.content_type, **answer.headers},
            content=answer.body if answer.status != 204 else b"",
        )


class NoTitles:
    """Implements `ports_edo.Titles` where nothing is sent."""

    def prepare(
        self, document: Document, *, policy: EdoPolicy, to: Box, us: Box, file_name: str, offers: Any
    ) -> Prepared:
        raise AssertionError("nothing is sent here")

    def problems(self, document: Document, *, policy: EdoPolicy) -> tuple[str, ...]:
        return ()

    def lacking(self, *, policy: EdoPolicy, offers: Any) -> KindsLacking:
        return KindsLacking()


class EdoHouse(House):
    """Ours, with a test box at the stand-in and the policy in the seller's card; 20 February 2026, 10:00 in Moscow.

    Everything at the stand-in happens by the house's clock: `wait` and `at` move both.
    """

    def __init__(
        self,
        *told: Mapping[str, Any],
        at: str = "2026-02-20 10:00",
        policy: EdoPolicy | None = POLICY,
        titles: Titles | None = None,
    ) -> None:
        super().__init__(*told, at=at)
        self.diadoc = DiadocStandIn(clock=lambda: self.now)
        requisites = seller_card()["requisites"][0]
        self.us: Organization = self.diadoc.add_organization(
            inn=requisites["inn"], kpp=requisites["kpp"], full_name=requisites["name"], address=ADDRESS, is_test=True
        )
        self.diadoc.add_user(name="robot", boxes=[self.us.box_id])
        self.transport = InProcess(self.diadoc)
        self.secrets = OneSecret(
            client_id="robot-client", client_secret="robot-secret", refresh_token="robot-refresh-token"
        )
        self.noted: list[tuple[str, Mapping[str, str]]] = []
        self.diadoc_settings = DiadocSettings(
            box=self.us.box_id, secret=SECRET, base_url="http://diadoc.test", identity_url="http://diadoc.test"
        )
        self.titles: Titles = titles or NoTitles()
        self.edo = self.a_worker()
        self.set_policy(policy)

    def a_worker(self) -> EdoOutside:
        """The operator as a new process would have it: its own connection, its own login."""
        signer = TestBoxSigner(Box(id=self.us.box_id, inn=self.us.inn, test=self.us.is_test))
        return EdoOutside(edo=self.a_client(), signer=signer, titles=self.titles, environment="test")

    def a_client(self) -> Diadoc:
        return diadoc(
            self.diadoc_settings,
            self.secrets,
            note=lambda name, keys: self.noted.append((name, keys)),
            client=httpx.Client(transport=self.transport, trust_env=False),
            clock=MovedByHand(self),
        )

    def set_policy(self, policy: EdoPolicy | None, **card: Any) -> None:
        """The seller's card has this policy from now on; `card`: other fields of it."""
        stored = self.store.get("control", "seller", "card")
        assert stored
        changed = replace(records.from_plain(SellerCard, stored.row["card"]), edo=policy, **card)
        row = {**stored.row, "card": records.plain(changed)}
        self.store.tx([Write("control", "seller", "card", row, stored.version)])

    # --- who there is at the operator ----------------------------------------------------------------------------

    def client(self, payer: Mapping[str, Any] = ROMASHKA, **more: Any) -> str:
        """A client's organization at the operator, with the payer's requisites; its box. `more`: its other fields."""
        kpp = {"kpp": payer["kpp"]} if payer.get("kpp") else {}
        told = {"full_name": payer["name"], "address": ADDRESS, "is_test": True, **kpp, **more}
        return self.diadoc.add_organization(inn=payer["inn"], **told).box_id

    def twins(self, payer: Mapping[str, Any] = ROMASHKA) -> tuple[str, str]:
        """Give the client boxes at two other operators, both open to invitations; Diadoc itself never has two."""
        for operator in ("2BF", "2BG"):
            self.diadoc.add_operator(fns_id=operator, name=operator, features=["SupportsAutoInvitation"])
        return self.client(payer, operator="2BF"), self.client(payer, operator="2BG")

    def partner(self, payer: Mapping[str, Any] = ROMASHKA, **more: Any) -> str:
        """The same, our partner already."""
        box = self.client(payer, **more)
        self.diadoc.make_partners(box=self.us.box_id, partner=box)
        return box

    def accepts(self, box: str) -> None:
        """The client accepts our invitation."""
        self.diadoc.partner_accepts(partner=box, box=self.us.box_id)

    def refuses_us(self, box: str, comment: str = "") -> None:
        """The client declines our invitation, or ends the partnership."""
        self.diadoc.partner_rejects(partner=box, box=self.us.box_id, comment=comment)

    def invites_us(self, box: str, *, with_document: bool = False) -> None:
        self.diadoc.partner_invites(partner=box, box=self.us.box_id, with_document=with_document)

    def fail(self, kind: str, endpoint: str = "*", **more: Any) -> None:
        """A fault for the next calls of the endpoint; see `local/diadoc/README.md`."""
        self.diadoc.fail(kind=kind, endpoint=endpoint, **more)

    # --- what is there -------------------------------------------------------------------------------------------

    def calls(self, endpoint: str = "") -> list[dict[str, Any]]:
        """Calls the stand-in has answered, oldest first."""
        return [call for call in self.diadoc.calls() if endpoint.casefold() in ("", call["endpoint"])]

    def relation(self, box: str) -> str:
        """How we stand with the box, in the operator's word; empty without any relation."""
        state = self.diadoc.export_state()["state"]
        found = state["partnerships"].get(self.us.box_id, {}).get(box)
        return str(found["status"]) if found else ""

    def invited(self, box: str = "") -> list[str]:
        """Boxes that our invitations have come to at the operator, in their order; of one box, or of all."""
        feed = self.diadoc.export_state()["state"]["partner_events"].get(self.us.box_id, [])
        boxes = [e["partnership"]["partner"] for e in feed if e["types"] == ["IInvitedCounteragent"]]
        return [b for b in boxes if box in ("", b)]

    def at_the_operator(self) -> list[dict[str, Any]]:
        """Documents that the operator has, with their messages."""
        return self.diadoc.documents()

    def counterparty(self, payer: Mapping[str, Any] = ROMASHKA) -> Counterparty:
        stored = self.store.get("control", COUNTERPARTIES, f"{payer['inn']}.{payer.get('kpp', '')}")
        assert stored, "there is no such counterparty"
        return records.from_plain(Counterparty, stored.row["counterparty"])

    def edo_state(self, id: str, account: str = ACCOUNT) -> EdoState | None:
        """How the document stands in its row; None: it was never taken up."""
        stored = self.store.get("documents", account, id)
        assert stored, "there is no such document"
        return records.from_plain(EdoState, stored.row["edo"]) if stored.row.get("edo") else None

    def for_people(self) -> dict[str, ForPerson]:
        """The list for a person, by subject."""
        rows = self.store.query("control", PEOPLE, limit=1_000).rows
        return {s.sk: records.from_plain(ForPerson, s.row["line"]) for s in rows}
