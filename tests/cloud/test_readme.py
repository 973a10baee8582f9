"""The commands of README.md work as printed, from a shell that knows nothing of the project."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from local.cloud import ROOT
from tests.cloud.test_up import Up, a_home

__all__ = ["a_home"]

README = (ROOT / "README.md").read_text("utf-8")
PROGRAM = ".venv/bin/python -m local"
NEWCOMER = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
WALK = [line.strip() for line in README.splitlines() if line.startswith(f"    {PROGRAM} ")]


def _run(command: str, up: Up, out: Path) -> str:
    """Run a line as it is printed, but for the port of the cloud and the folder that it writes to."""
    command = command.replace(PROGRAM, f"{sys.executable} -m local --control-port {up.control_port}")
    done = subprocess.run(
        ["bash", "-c", command.replace("out/cloud", str(out))],
        cwd=ROOT, env=NEWCOMER, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, ""), f"{command}\n{done.stdout}{done.stderr}"
    return done.stdout


def test_the_walk_of_an_empty_cloud_closes_a_month(a_home: Up, tmp_path: Path) -> None:
    """c-000123 has paid 10 000 by bank and was charged 5 500 and 2 000 in January: its act is for 7 500."""
    a_home.start(environment=NEWCOMER)

    said = {line.partition("#")[0].strip(): _run(line, a_home, tmp_path / "cloud") for line in WALK}

    assert len(said) == len(WALK) == 11
    (preview,) = [answer for line, answer in said.items() if "preview" in line]
    assert '"total": "7500.00"' in preview
    (listed,) = [answer for line, answer in said.items() if " list" in line]
    assert re.search(r"c-000123  act  \d+  7500\.00  ready", listed)
    assert "anna@romashka.example  delivered" in listed
    assert sum("/enter?token=" in answer for answer in said.values()) == 2
    assert list((tmp_path / "cloud" / "files" / "docs" / "c-000123").glob("*.act.*.pdf"))


def test_a_list_that_is_cut_off_by_its_reader_is_no_error(a_home: Up) -> None:
    a_home.start(environment=NEWCOMER)
    read, write = os.pipe()
    os.close(read)

    done = subprocess.run(
        [sys.executable, "-m", "local", "--control-port", str(a_home.control_port), "list"],
        cwd=ROOT, env=NEWCOMER, stdout=write, stderr=subprocess.PIPE, text=True, timeout=60, check=False,
    )  # fmt: skip
    os.close(write)

    assert (done.returncode, done.stderr) == (0, "")


TARGETS = sorted(set(re.findall(r"(?:`|^    )make ([a-z]+)", README, re.MULTILINE)))


@pytest.mark.parametrize("target", TARGETS)
def test_what_is_made_is_a_target_of_the_makefile(target: str) -> None:
    done = subprocess.run(["make", "-n", target], cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
