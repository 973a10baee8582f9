"""A whole month, its exchange with the operator, and everything that can be asked: the log holds nothing of anybody.

What people write into refusals, with their names, addresses and telephones, reaches the rows and not the log.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from contextlib import redirect_stdout
from datetime import UTC, datetime
from typing import Any

import pytest

from billing import wiring
from local.cloud import Cloud, local_cloud
from local.company import seller_card
from local.company.boxes import ADDRESS, ROBOT
from local.company.client import a_company
from local.exchange import exchange
from local.http_api import Request, answer
from local.tokens import a_token
from tests.cloud.everything_asked import ask_everything
from tests.cloud.told import a_charge, a_payment, the_client, the_seller

CLIENT = json.loads(the_client("anna@romashka.example", "bounce@romashka.example"))
EDO = {name: seller_card(edo=True)[name] for name in ("edo", "contract")}
EDO["edo"] = {**EDO["edo"], "sending": {"schedule": "monthly", "kinds": ["contract", "invoice"]}}
SELLER = json.loads(the_seller(**EDO))
OTHER = a_company(777, "ООО «Тихая гавань»")
WRITTEN = "Анна Гаврилова, +7 916 123-45-67, anna@romashka.example: сумма не та"


@pytest.fixture(scope="module")
def month() -> Iterator[tuple[Cloud, str, list[str]]]:
    """The cloud, everything that its functions wrote, and the tokens that were used."""
    said, tokens = io.StringIO(), []
    handler = wiring.log.registered_handler
    before, handler.stream = handler.stream, said
    try:
        with local_cloud(at=datetime(2026, 2, 1, 9, tzinfo=UTC), beside=exchange()) as cloud, redirect_stdout(said):
            silent = _boxes(cloud)
            bad = a_payment(account="c-000002", key="payment:bad", payer={"inn": "7707083894"})
            cloud.send(
                "CrmInboxQueue",
                [
                    json.dumps(SELLER),
                    json.dumps(CLIENT),
                    a_payment(),
                    a_charge(),
                    bad,
                    "no JSON of anna@romashka.example",
                ],
            )
            cloud.send("CrmInboxQueue", [a_payment(key="payment:3", at="2026-01-13T12:00:00+03:00")])
            other = {"account": "c-000003", "key": "customer:3:1", "payers": [OTHER]}
            cloud.send(
                "CrmInboxQueue",
                [
                    the_client("boss@gavan.example", **other),
                    a_payment(account="c-000003", key="payment:4", payer={"inn": OTHER["inn"]}),
                ],
            )
            cloud.advance(to=datetime(2026, 2, 3, tzinfo=UTC))
            _answers(cloud)
            cloud.advance(to=datetime(2026, 2, 4, tzinfo=UTC))
            cloud.advance(to=datetime(2026, 2, 20, 12, tzinfo=UTC))
            cloud.exchange.diadoc.partner_rejects(partner=silent, box=cloud.exchange.box, comment=WRITTEN)
            cloud.advance(to=datetime(2026, 2, 21, 12, tzinfo=UTC))
            ask_everything(cloud, CLIENT["payers"][0]["inn"], "2026-01", "2026-01-31")
            tokens.append(a_token(cloud, "c-000001", "administrator"))
            for path, query in (("/enter", f"token={tokens[0]}"), ("/enter", "token=x"), ("/page/acts", "number=Анна")):
                answer(cloud, Request(method="GET", path=path, query=query, headers=[("Host", "127.0.0.1:3000")]))
            yield cloud, said.getvalue(), tokens
    finally:
        handler.stream = before


def _boxes(cloud: Cloud) -> str:
    """The client is our partner, and its first document is not taken; the box of the other, who is to be invited."""
    diadoc, us = cloud.exchange.diadoc, cloud.exchange.box
    client, other = (
        diadoc.add_organization(
            inn=payer["inn"], kpp=payer["kpp"], full_name=payer["name"], address=ADDRESS, is_test=True
        ).box_id
        for payer in (CLIENT["payers"][0], OTHER)
    )
    diadoc.make_partners(box=us, partner=client)
    diadoc.fail(kind="server_error", endpoint="V3/PostMessage", status=400, times=1)
    return other


def _answers(cloud: Cloud) -> None:
    """The client refuses to sign what it has got, and says why as people do."""
    for document in cloud.exchange.diadoc.documents():
        ids = {"message_id": document["message_id"], "entity_id": document["entity_id"]}
        cloud.exchange.diadoc.recipient_rejects(**ids, text=WRITTEN)


def _secrets() -> dict[str, str]:
    """Whatever of the cards is somebody's."""
    payer, ours = CLIENT["payers"][0], SELLER["requisites"][0]
    return {
        "an address of a client": "romashka.example",
        "an address of ours": "accountant@",
        "the client": "Ромашка",
        "the client's INN, but in the id of a document": rf"(?<![.-]){payer['inn']}",
        "the client's KPP": payer["kpp"],
        "a person": "Анна",
        "our company": ours["name"],
        "our director": ours["director"]["name"],
        "our bank account": ours["bank"]["account"],
        "a signed link": "X-Amz-Signature",
        "a token": "eyJ",
        "a header": "Bearer ",
        "a confirmation": r"/confirm\?",
        "a service": "тариф",
        "the other client": "гавань|gavan",
        "the other client's INN": OTHER["inn"],
        "a telephone": r"123.?45.?67",
        "what somebody wrote": "сумма не та",
        "the login of the exchange": rf"{ROBOT}-(?:secret|refresh)",
        "where a client sits": ADDRESS["City"],
    }


def _for_people(cloud: Cloud) -> list[dict[str, Any]]:
    return [row["content"]["line"] for row in cloud.rows("control") if row["name"] == "edo.people"]


def test_a_month_was_played(month: tuple[Cloud, str, list[str]]) -> None:
    cloud, said, _ = month
    functions = set(re.findall(r'"function_name":"(\w+)"', said))

    assert {"TakeFromCrmFunction", "SweepFunction", "SendLetterFunction", "DocumentsApiFunction"} <= functions
    assert said.count('"message":"answered"') > 20
    assert {"InviteToEdoFunction", "SendToEdoFunction", "TrackEdoFunction"} <= functions
    assert {"refused", "refused_by_them"} <= {line["reason"] for line in _for_people(cloud) if WRITTEN in str(line)}
    assert [letter for letter in cloud.letters() if "anna@romashka.example" in str(letter)]


@pytest.mark.parametrize("what", sorted(_secrets()))
def test_nothing_that_is_somebodys_is_logged(month: tuple[Cloud, str, list[str]], what: str) -> None:
    _, said, tokens = month
    secret = _secrets()[what]

    lines = [line[:500] for line in said.splitlines() if re.search(secret, line, re.IGNORECASE)]
    assert lines == []
    assert not [token for token in tokens if token in said]
