"""A whole month and everything that can be asked: what the functions log of it is nobody's name, address or token."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from contextlib import redirect_stdout
from datetime import UTC, datetime

import pytest

from billing import wiring
from local.cloud import Cloud, local_cloud
from local.http_api import Request, answer
from local.tokens import a_token
from tests.cloud.everything_asked import ask_everything
from tests.cloud.told import a_charge, a_payment, the_client, the_seller

CLIENT = json.loads(the_client("anna@romashka.example", "bounce@romashka.example"))
SELLER = json.loads(the_seller())


@pytest.fixture(scope="module")
def month() -> Iterator[tuple[Cloud, str, list[str]]]:
    """The cloud, everything that its functions wrote, and the tokens that were used."""
    said, tokens = io.StringIO(), []
    handler = wiring.log.registered_handler
    before, handler.stream = handler.stream, said
    try:
        with local_cloud(at=datetime(2026, 2, 1, 9, tzinfo=UTC)) as cloud, redirect_stdout(said):
            bad = a_payment(account="c-000002", key="payment:bad", payer={"inn": "7707083894"})
            cloud.send(
                "CrmInboxQueue",
                [the_seller(), json.dumps(CLIENT), a_payment(), a_charge(), bad, "no JSON of anna@romashka.example"],
            )
            cloud.send("CrmInboxQueue", [a_payment(key="payment:3", at="2026-01-13T12:00:00+03:00")])
            cloud.advance(to=datetime(2026, 2, 4, tzinfo=UTC))
            ask_everything(cloud, CLIENT["payers"][0]["inn"], "2026-01", "2026-01-31")
            tokens.append(a_token(cloud, "c-000001", "administrator"))
            for path, query in (("/enter", f"token={tokens[0]}"), ("/enter", "token=x"), ("/page/acts", "number=Анна")):
                answer(cloud, Request(method="GET", path=path, query=query, headers=[("Host", "127.0.0.1:3000")]))
            yield cloud, said.getvalue(), tokens
    finally:
        handler.stream = before


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
    }


def test_a_month_was_played(month: tuple[Cloud, str, list[str]]) -> None:
    cloud, said, _ = month
    functions = set(re.findall(r'"function_name":"(\w+)"', said))

    assert {"TakeFromCrmFunction", "SweepFunction", "SendLetterFunction", "DocumentsApiFunction"} <= functions
    assert said.count('"message":"answered"') > 20
    assert [letter for letter in cloud.letters() if "anna@romashka.example" in str(letter)]


@pytest.mark.parametrize("what", sorted(_secrets()))
def test_nothing_that_is_somebodys_is_logged(month: tuple[Cloud, str, list[str]], what: str) -> None:
    _, said, tokens = month
    secret = _secrets()[what]

    lines = [line[:500] for line in said.splitlines() if re.search(secret, line, re.IGNORECASE)]
    assert lines == []
    assert not [token for token in tokens if token in said]
