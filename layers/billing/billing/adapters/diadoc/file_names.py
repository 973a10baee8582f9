"""Names of files as headers carry them, and as a formal title names itself."""

from __future__ import annotations

from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message

import httpx

from billing.adapters.diadoc.xml import parsed


def file_name(headers: httpx.Headers) -> str:
    """The name in Content-Disposition (RFC 6266, or encoded words) or X-Diadoc-FileName; empty when there is none."""
    message = Message()
    message["Content-Disposition"] = headers.get("Content-Disposition", "")
    name = message.get_filename("") or headers.get("X-Diadoc-FileName", "")
    try:
        return str(make_header(decode_header(name)))
    except (HeaderParseError, LookupError, UnicodeError):
        return name


def title_name(content: bytes) -> str | None:
    """ИдФайл of a title with the extension: its file must be called so. None: these bytes are no title.

    Source: order of the Federal Tax Service ЕД-7-26/970@, rule 0400400007.
    """
    root = parsed(content)
    if root is None:
        return None
    name: str = root.get("ИдФайл") or ""
    return f"{name}.xml" if name and not name.endswith(".xml") else name
