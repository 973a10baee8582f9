"""A contract that was made for the EDO, as the client's people see it."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator

import pytest

from billing import wiring
from tests.api.asking import TOKENS, Browser, a_token
from tests.edo.house import POLICY
from tests.edo.quarter import CONTRACT, QuarterHouse, a_quarter
from tests.usecases.house import ACCOUNT, ROMASHKA, a_card

ID = f"2026-04-02.contract.{ROMASHKA['inn']}.0"


@pytest.fixture
def house() -> Iterator[QuarterHouse]:
    """The acts of the first quarter are sent, and the contract went before them."""
    house = QuarterHouse(a_card(), *a_quarter())
    house.set_policy(POLICY, contract=CONTRACT)
    house.partner()
    house.send()
    house.work()
    wiring.install(house.outside, TOKENS)
    yield house
    wiring.install(None)


def test_it_stands_among_the_acts_and_nowhere_else(house: QuarterHouse) -> None:
    client = Browser(house, token=a_token(house))

    acts = client.get("/page/acts").body

    assert f'href="/page/documents/{ID}"' in acts
    assert acts.count('<span class="kind always">Договор </span>№\u00a01<') == 1
    assert acts.index(ID) < acts.index("2026-03.act."), "the newest first"
    assert ID not in client.get("/page/invoices").body + client.get("/page/reconciliations").body
    assert {d["kind"] for d in client.get("/documents", query={"kind": "act"}).json["documents"]} == {"act"}


def test_the_archive_of_a_tab_holds_what_the_tab_shows(house: QuarterHouse) -> None:
    client, operator = Browser(house, token=a_token(house)), a_token(house, role="operator", account=None)
    shown = re.findall(r'href="/page/documents/([^"#]+)"', client.get("/page/acts").body)

    for path, caller in (("/page", client), (f"/page/accounts/{ACCOUNT}", Browser(house, token=operator))):
        found = caller.get(f"{path}/archive", query={"kind": "act"})
        assert found.status == 302
        file = re.search(r"/(archives/[^?]+)", found.headers["location"])
        assert file
        with zipfile.ZipFile(io.BytesIO(house.files.get(file[1]))) as archive:
            assert len(archive.namelist()) == len(set(shown)) == 4
            assert sum("Договор" in name for name in archive.namelist()) == 1
    narrow = client.get("/page/archive", query={"kind": "act", "number": "404"})
    assert "готовых документов нет" in narrow.body


def test_where_it_is_in_the_exchange_is_said_in_the_language_of_the_reader(house: QuarterHouse) -> None:
    client = Browser(house, token=a_token(house))

    told = [client.get(f"/documents/{ID}", headers={"Accept-Language": who}).json["edo"] for who in ("ru", "en")]

    assert [edo["said"].replace("\u00a0", " ") for edo in told] == [
        "отправлен в ЭДО 02.04.2026",
        "sent by EDI 02 Apr 2026",
    ]
    assert told[0]["stage"] == told[1]["stage"] == "sent"


def test_it_is_sent_again_as_any_document(house: QuarterHouse) -> None:
    client, page = Browser(house, token=a_token(house)), f"/page/documents/{ID}"
    house.mailer.letters.clear()

    assert f'action="{page}"' in client.get(page).body
    assert client.post(page, form={"to": f"{ACCOUNT}@client.example"}).status == 303
    house.work()

    (letter,) = house.letters(f"{ACCOUNT}@client.example")
    assert letter.subject == "Ещё раз: Договор № 1 от 2 апреля 2026 г. — ООО «Ромашка»"
