from __future__ import annotations

import email
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from local.cloud import Cloud, local_cloud
from local.resources import aws
from local.state import StateError, export, load, save
from tests.cloud.told import a_charge, a_payment, the_client, the_seller

TABLES = ("customers", "accounts", "journal", "seen", "documents", "work", "deliveries", "control")
MORNING = datetime(2026, 2, 2, 6, tzinfo=UTC)


def _all_of(cloud: Cloud) -> dict[str, Any]:
    queues = {name: cloud.messages(name) for name, id in cloud.ids.items() if id.startswith("https://sqs.")}
    return {
        "tables": {name: sorted(map(repr, cloud.rows(name))) for name in TABLES},
        "files": cloud.files(),
        "letters": [(mail.to, mail.raw) for mail in cloud.letters()],
        "queues": queues,
    }


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """The state of a cloud that has closed January, with a refused message among its dead letters."""
    where = tmp_path_factory.mktemp("state") / "cloud"
    with local_cloud(at=datetime(2026, 2, 1, 9, tzinfo=UTC)) as cloud:
        cloud.send(
            "CrmInboxQueue", [the_seller(), the_client(), a_payment(), a_charge(), a_payment(key="no", amount=-1)]
        )
        cloud.advance(to=MORNING)
        save(cloud, where)
        return where, _all_of(cloud)


def test_a_cloud_comes_back_as_it_was(folder: tuple[Path, dict[str, Any]]) -> None:
    where, was = folder

    with local_cloud() as cloud:
        load(cloud, where)

        assert _all_of(cloud) == was
        assert was["queues"]["CrmInboxDeadLetters"] == 1
        assert abs((cloud.now() - MORNING).total_seconds()) < 60


def test_life_goes_on_after_it_has_come_back(folder: tuple[Path, dict[str, Any]]) -> None:
    """What was sent is not sent again, and the next month is closed by the account as it was left."""
    where, was = folder

    with local_cloud() as cloud:
        load(cloud, where)
        cloud.invoke("close_month", {"month": "2026-01"})
        cloud.invoke("sweep", {})
        assert [(mail.to, mail.raw) for mail in cloud.letters()] == was["letters"]
        cloud.advance(to=datetime(2026, 2, 21, tzinfo=UTC))
        cloud.send("CrmInboxQueue", [a_charge(key="charge:2", at="2026-02-20T23:00:00+03:00", amount=450_000)])
        cloud.advance(to=datetime(2026, 3, 2, tzinfo=UTC))

        (account,) = cloud.rows("accounts")
        assert (account["open"], account["balance_kop"]) == ("2026-03", 0)
        assert {d["number"] for d in cloud.rows("documents") if d["kind"] == "act"} == {"1", "2"}


def test_a_dead_letter_keeps_its_reason(folder: tuple[Path, dict[str, Any]]) -> None:
    where, _ = folder

    with local_cloud() as cloud:
        load(cloud, where)
        (message,) = aws("sqs").receive_message(
            QueueUrl=cloud.ids["CrmInboxDeadLetters"], MessageAttributeNames=["All"]
        )["Messages"]

        assert message["Body"] == a_payment(key="no", amount=-1)
        assert message["MessageAttributes"]["outcome"]["StringValue"] == "refused"


def test_what_is_exported_can_be_opened(folder: tuple[Path, dict[str, Any]]) -> None:
    where, _ = folder

    (act,) = [
        json.loads(line)
        for line in (where / "tables" / "DocumentsTable.jsonl").read_text("utf-8").splitlines()
        if '"kind": "act"' in line
    ]
    assert act["total_kop"] == 550_000
    assert (where / "files" / act["file"]).read_bytes().startswith(b"%PDF")
    letter = email.message_from_bytes((where / "letters" / "0001.eml").read_bytes())
    assert letter["To"] == "anna@romashka.example"


def test_a_state_is_replaced_as_a_whole(folder: tuple[Path, dict[str, Any]], tmp_path: Path) -> None:
    where, _ = folder
    with local_cloud() as cloud:
        load(cloud, where)
        save(cloud, tmp_path / "cloud")
        (tmp_path / "cloud" / "files" / "stale.pdf").write_bytes(b"")
        save(cloud, tmp_path / "cloud")

    assert [p.name for p in tmp_path.iterdir()] == ["cloud"]
    assert not (tmp_path / "cloud" / "files" / "stale.pdf").exists()


@pytest.mark.parametrize(
    ("file", "text"),
    [
        pytest.param("clock.json", '{"form": 0, "at": "2026-02-02T06:00:00+00:00"}', id="of another version"),
        pytest.param("clock.json", "", id="empty"),
        pytest.param("files.json", '{"docs/none.pdf": "application/pdf"}', id="a file is missing"),
        pytest.param("files.json", '{"../../etc/passwd": "text/plain"}', id="a key that leads out"),
        pytest.param("tables/JournalTable.jsonl", '{"account": ', id="a row cut in two"),
    ],
)
def test_a_broken_state_is_an_error_that_says_what_to_do(tmp_path: Path, file: str, text: str) -> None:
    with local_cloud() as cloud:
        export(cloud, tmp_path)
        (tmp_path / file).write_text(text, "utf-8")

        with pytest.raises(StateError, match="begin anew"):
            load(cloud, tmp_path)
