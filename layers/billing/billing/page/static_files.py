"""The page's own files, under names that change with their bytes, so that browsers keep them for ever."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

_FOLDER = Path(__file__).parent / "static"
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


@dataclass(frozen=True, slots=True)
class StaticFile:
    body: str
    content_type: str


@cache
def _files() -> dict[str, StaticFile]:
    """By the names they are served under: `page.3f1c8d20a4b7.css`."""
    found = {}
    for path in sorted(_FOLDER.iterdir()):
        body = path.read_text("utf-8")
        name = f"{path.stem}.{sha256(body.encode()).hexdigest()[:12]}{path.suffix}"
        found[name] = StaticFile(body, _TYPES[path.suffix])
    return found


def static_file(name: str) -> StaticFile | None:
    """The file served under that very name, or None: an old name is not there any more."""
    return _files().get(name)


def static_href(name: str) -> str:
    """Where `page.css` is to be had now.

    Raises:
        LookupError: there is no such file.
    """
    stem, _, suffix = name.partition(".")
    for served in _files():
        if served.startswith(f"{stem}.") and served.endswith(f".{suffix}"):
            return f"/static/{served}"
    raise LookupError(name)
