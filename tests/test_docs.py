"""What the papers for people say of the code is so. After a meant change: UPDATE_GOLDEN=1, then look."""

from __future__ import annotations

import os
import re
from pathlib import Path

from billing.domain.edo_reasons import Reason
from local.template import read

ROOT = Path(__file__).parent.parent
EDO = ROOT / "docs" / "edo.md"
HEAD = "| что написано | что делать |\n|---|---|\n"


def _table() -> str:
    return HEAD + "".join(f"| {reason.text} | {reason.remedy} |\n" for reason in Reason if reason.remedy)


def test_every_reason_that_a_person_reads_is_explained() -> None:
    text = EDO.read_text("utf-8")
    begin = text.index(HEAD)
    end = text.index("\n\n", begin) + 1
    if os.environ.get("UPDATE_GOLDEN"):
        EDO.write_text(text[:begin] + _table() + text[end:], "utf-8")
        return

    assert text[begin:end] == _table()


def test_parameters_that_are_named_are_in_the_template() -> None:
    said = EDO.read_text("utf-8") + (ROOT / "README.md").read_text("utf-8")
    named = set(re.findall(r"`?((?:Diadoc|Edo|Signing|Dss)[A-Z][A-Za-z]+)(?:`|=)", said))
    template = read(ROOT / "template.yaml")
    metrics = {r["Properties"].get("MetricName") for r in template["Resources"].values() if r.get("Properties")}

    assert named
    assert named <= set(template["Parameters"]) | set(template["Resources"]) | set(template["Outputs"]) | metrics


def test_files_that_are_named_are_there() -> None:
    for page in (EDO, ROOT / "README.md"):
        for path in re.findall(r"`((?:events|docs|local|tests|domain|adapters)/[\w./-]+)`", page.read_text("utf-8")):
            places = (ROOT / path, ROOT / "layers/billing/billing" / path)
            assert any(list(place.parent.glob(place.name)) for place in places), f"{page.name}: {path}"
