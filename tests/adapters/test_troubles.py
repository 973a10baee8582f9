"""The errors of the exchange's adapters read well in the accountant's list."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import billing.wiring_edo
from billing.adapters import diadoc, signing
from billing.adapters.troubles import Trouble

RAISED = (
    *("AbsentError", "AwayError", "BadDocumentError", "BadSignatureError", "BusyError", "LostAnswerError"),
    *("NeedsPersonError", "NotPartnersError", "OddAnswerError", "RoamingRequestNeededError", "StillRunningError"),
    "StopTheRunError",
)
CYRILLIC = re.compile("[А-Яа-яЁё]")


def test_no_error_of_the_adapters_speaks_english():
    folders = [Path(package.__path__[0]) for package in (diadoc, signing)]
    sources = [source for folder in folders for source in folder.rglob("*.py")]
    english = [
        f"{source.name}:{node.lineno}: {node.args[0].value}"
        for source in [*sources, Path(billing.wiring_edo.__file__)]
        for node in ast.walk(ast.parse(source.read_text()))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in RAISED and node.args
        if isinstance(node.args[0], ast.Constant) and not CYRILLIC.search(str(node.args[0].value))
    ]

    assert english == []


def test_every_trouble_is_raised_somewhere_and_said_in_russian():
    folders = [Path(package.__path__[0]) for package in (diadoc, signing)]
    text = "".join(source.read_text() for folder in folders for source in folder.rglob("*.py"))
    text += Path(billing.wiring_edo.__file__).read_text()

    assert [trouble.name for trouble in Trouble if f"Trouble.{trouble.name}" not in text] == []
    assert all(CYRILLIC.search(trouble) for trouble in Trouble)
