"""Archives are read by others, hold Russian names, and come out the same every time, piece by piece."""

from __future__ import annotations

import io
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from billing.exports.zip_file import distinct, zipped

DAY = date(2026, 2, 1)
FILES = [
    ("Акт № 1 от 01.02.2026 ООО Ромашка.pdf", DAY, b"%PDF one"),
    ("Счёт на оплату № 1.pdf", date(2026, 3, 1), b"%PDF two" * 1_000),
    ("empty.pdf", DAY, b""),
]


def whole(files: list[tuple[str, date, bytes]]) -> bytes:
    return b"".join(zipped(files))


def test_another_reader_finds_every_file_under_its_russian_name():
    with zipfile.ZipFile(io.BytesIO(whole(FILES))) as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in archive.namelist()} == {name: body for name, _, body in FILES}
        assert archive.infolist()[0].flag_bits & 0x800
        assert archive.infolist()[1].date_time == (2026, 3, 1, 0, 0, 0)


def test_sizes_stand_before_the_bytes_so_that_a_reader_of_streams_can_take_it():
    with zipfile.ZipFile(io.BytesIO(whole(FILES))) as archive:
        assert not any(entry.flag_bits & 0x08 for entry in archive.infolist())


@pytest.mark.skipif(not shutil.which("unzip"), reason="no unzip here")
def test_the_program_unzip_takes_it(tmp_path: Path):
    (tmp_path / "a.zip").write_bytes(whole(FILES))

    assert subprocess.run(["unzip", "-tq", str(tmp_path / "a.zip")], check=False, capture_output=True).returncode == 0


def test_the_same_files_are_the_same_bytes():
    assert whole(FILES) == whole(list(FILES))


def test_no_more_than_a_file_is_held_at_a_time():
    taken: list[str] = []

    def files() -> Iterator[tuple[str, date, bytes]]:
        for name, day, body in FILES:
            taken.append(name)
            yield name, day, body

    pieces = zipped(files())
    first = next(pieces)

    assert (len(taken), b"%PDF one" in first) == (1, True)
    assert sum(map(len, pieces)) + len(first) == len(whole(FILES))


def test_names_that_come_again_are_numbered():
    assert distinct(["Акт.pdf", "акт.pdf", "Счет.pdf", "Акт.pdf", "x"]) == (
        "Акт.pdf",
        "акт (2).pdf",
        "Счет.pdf",
        "Акт (3).pdf",
        "x",
    )
    assert distinct(["a.pdf", "a.pdf", "a (2).pdf"]) == ("a.pdf", "a (2).pdf", "a (2) (2).pdf")
