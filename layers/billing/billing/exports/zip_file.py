"""Files in one ZIP, a piece at a time: the same files, the same bytes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import chain, count

_FILE = 0o644 << 16  # rights of a plain file, for those who unpack it on Unix


def zipped(files: Iterable[tuple[str, date, bytes]]) -> Iterator[bytes]:
    """The archive of files, each a name, its day and its bytes, in pieces of a file each.

    Names stay as they are, in UTF-8 with the flag that says so. Nothing is pressed: PDFs are already, and other
    versions of the library would press otherwise.
    """
    window = _Window()
    with zipfile.ZipFile(window, "w", zipfile.ZIP_STORED) as archive:  # type: ignore[call-overload]
        for name, day, body in files:
            entry = zipfile.ZipInfo(name, date_time=(day.year, day.month, day.day, 0, 0, 0))
            entry.create_system, entry.external_attr = 3, _FILE
            archive.writestr(entry, body)
            yield window.taken()
    yield window.taken()


def distinct(names: Sequence[str]) -> tuple[str, ...]:
    """The names, those that come again with a number: «Акт.pdf», «Акт (2).pdf»."""
    taken: set[str] = set()
    told: list[str] = []
    for name in names:
        stem, dot, kind = name.rpartition(".")
        numbered = (f"{stem} ({n}){dot}{kind}" for n in count(2))
        told.append(next(free for free in chain([name], numbered) if free.casefold() not in taken))
        taken.add(told[-1].casefold())
    return tuple(told)


class _Window:
    """A file whose written part can be taken away, as far as the archive does not come back to it: an entry at most."""

    def __init__(self) -> None:
        self._begin, self._part = 0, io.BytesIO()

    def taken(self) -> bytes:
        body = self._part.getvalue()
        self._begin, self._part = self._begin + len(body), io.BytesIO()
        return body

    def tell(self) -> int:
        return self._begin + self._part.tell()

    def seek(self, place: int) -> int:
        assert place >= self._begin, "what was taken away is not written again"
        return self._begin + self._part.seek(place - self._begin)

    def write(self, body: bytes) -> int:
        return self._part.write(body)

    def flush(self) -> None: ...
