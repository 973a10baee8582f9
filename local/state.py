"""The local cloud as a folder, and back: tables as JSON lines, objects as files, letters as .eml, waiting messages."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from moto.ses.models import RawMessage, ses_backends

from local import mail, queues, rows
from local.cloud import Cloud, account_id
from local.resources import aws
from local.template import REGION

OPERATOR = "diadoc.json"
FORM = 1  # of the folder; another one is not read


class StateError(Exception):
    """The folder does not hold a state that this program can read."""


def save(cloud: Cloud, folder: Path) -> None:
    """The folder holds the cloud as it is now. What it held before stands until the new state is whole."""
    fresh, old = _beside(folder)
    shutil.rmtree(fresh, ignore_errors=True)
    export(cloud, fresh)
    shutil.rmtree(old, ignore_errors=True)
    if folder.exists():
        folder.rename(old)
    fresh.rename(folder)
    shutil.rmtree(old, ignore_errors=True)


def saved(folder: Path) -> bool:
    """Whether there is a state to go on from. One that was being replaced when the machine went down is put back."""
    _, old = _beside(folder)
    if not folder.exists() and old.exists():
        old.rename(folder)
    return folder.exists()


def _beside(folder: Path) -> tuple[Path, Path]:
    return folder.with_name(f"{folder.name}.new"), folder.with_name(f"{folder.name}.old")


def export(cloud: Cloud, folder: Path) -> None:
    """Everything that the cloud holds, in files that a person can open.

    `clock.json`, `tables/<name>.jsonl`, `files/<key>`, `files.json` (their types), `letters/<number>.eml`,
    `letters.json` (what they were sent with), `queues/<name>.jsonl`, `secrets.json`, `diadoc.json` (the operator's).
    """
    for name in ("tables", "files", "letters", "queues"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    for name in _made(cloud, "AWS::DynamoDB::Table"):
        _write_lines(folder / "tables" / f"{name}.jsonl", rows.read(cloud.ids[name]))
    for name in _made(cloud, "AWS::SQS::Queue"):
        _write_lines(folder / "queues" / f"{name}.jsonl", _waiting(cloud.ids[name]))
    kinds = {}
    for key, body, kind in _objects(cloud):
        path = _inside(folder / "files", key)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)
        kinds[key] = kind
    _write(folder / "files.json", kinds)
    letters = mail.letters()
    for n, letter in enumerate(letters, 1):
        (folder / "letters" / f"{n:04}.eml").write_bytes(letter.raw)
    _write(
        folder / "letters.json",
        [
            {"id": said.id, "to": said.to, "configuration_set": said.configuration_set, "tags": dict(said.tags or {})}
            for said in letters
        ],
    )
    secrets = {name: _secret(cloud.ids[name]) for name in _made(cloud, "AWS::SecretsManager::Secret")}
    _write(folder / "secrets.json", secrets)
    if cloud.exchange:
        _write(folder / OPERATOR, cloud.exchange.diadoc.export_state())
    _write(folder / "clock.json", {"form": FORM, "at": cloud.now().isoformat()})


def of_exchange(folder: Path) -> Any:
    """What the operator of electronic documents held when the folder was saved; None if it holds none."""
    return _read(folder / OPERATOR) if saved(folder) and (folder / OPERATOR).exists() else None


def load(cloud: Cloud, folder: Path) -> None:
    """A cloud that has just been deployed holds what the folder says, and stands at its time.

    Raises:
        StateError: the folder is not whole, or was written by another version.
    """
    try:
        clock = _read(folder / "clock.json")
        if clock.get("form") != FORM:
            raise StateError(f"{folder} was written by another version of this program: move it away and begin anew")
        cloud.set_clock(datetime.fromisoformat(clock["at"]))  # first: messages are kept for their term from now on
        for name in _made(cloud, "AWS::DynamoDB::Table"):
            rows.write(cloud.ids[name], _lines(folder / "tables" / f"{name}.jsonl"))
        for key, kind in _read(folder / "files.json").items():
            body = _inside(folder / "files", key).read_bytes()
            aws("s3").put_object(Bucket=cloud.ids["FilesBucket"], Key=key, Body=body, ContentType=kind)
        for name in _made(cloud, "AWS::SQS::Queue"):
            for message in _lines(folder / "queues" / f"{name}.jsonl"):
                aws("sqs").send_message(QueueUrl=cloud.ids[name], **message)
        for name, text in (_read(folder / "secrets.json") if (folder / "secrets.json").exists() else {}).items():
            aws("secretsmanager").put_secret_value(SecretId=cloud.ids[name], SecretString=text)
        _put_back_letters(folder)
        cloud.passed_over_mail()
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StateError(f"{folder} does not hold a whole state ({error}): move it away and begin anew") from error


def _put_back_letters(folder: Path) -> None:
    """With what they were sent with, as `mail.remember_requests` keeps it."""
    for n, said in enumerate(_read(folder / "letters.json"), 1):
        letter = mail.read((folder / "letters" / f"{n:04}.eml").read_bytes(), **said)
        taken: Any = RawMessage(letter.id, str(letter.message["From"]), [letter.to], letter.raw.decode("utf-8"))
        taken.to, taken.configuration_set, taken.tags = letter.to, letter.configuration_set, dict(letter.tags or {})
        ses_backends[account_id()][REGION].sent_messages.append(taken)


# --- what there is -----------------------------------------------------------------------------------------------


def _made(cloud: Cloud, kind: str) -> list[str]:
    return sorted(name for name, of in cloud.kinds.items() if of == kind)


def _objects(cloud: Cloud) -> Iterator[tuple[str, bytes, str]]:
    s3, bucket = aws("s3"), cloud.ids["FilesBucket"]
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket):
        for said in page.get("Contents", []):
            found = s3.get_object(Bucket=bucket, Key=said["Key"])
            yield said["Key"], found["Body"].read(), found["ContentType"]


def _secret(id: str) -> str:
    return str(aws("secretsmanager").get_secret_value(SecretId=id, VersionStage="AWSCURRENT")["SecretString"])


def _waiting(url: str) -> Iterator[dict[str, Any]]:
    """Messages as `send_message` takes them; looked at from inside, since to receive one is to change it."""
    for message in queues.held(url):
        said: dict[str, Any] = {"MessageBody": message.body}
        if message.group_id:
            said |= {"MessageGroupId": message.group_id, "MessageDeduplicationId": message.deduplication_id}
        if message.message_attributes:
            said["MessageAttributes"] = {
                name: {"DataType": a["DataType"], "StringValue": a["StringValue"]}
                for name, a in message.message_attributes.items()
            }
        yield said


# --- files -------------------------------------------------------------------------------------------------------


def _inside(folder: Path, key: str) -> Path:
    """The file of an object; a key never leads out of the folder."""
    path = folder / key
    if not path.resolve().is_relative_to(folder.resolve()):
        raise ValueError(f"a key that leads out of its folder: {key}")
    return path


def _write(path: Path, said: Any) -> None:
    path.write_text(json.dumps(said, ensure_ascii=False, indent=1), "utf-8")


def _write_lines(path: Path, said: Iterable[Mapping[str, Any]]) -> None:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in said), "utf-8")


def _read(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    """Nothing, if there is no such file: a table or a queue that the template has had since."""
    if path.exists():
        yield from (json.loads(line) for line in path.read_text("utf-8").split("\n") if line)
