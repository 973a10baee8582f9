"""Reading of ASN.1 as signatures carry it (BER), and writing of it as operators take it (DER)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from billing.domain.errors import InvalidInputError

DEPTH_MAX = 64
SEQUENCE, SET, OCTETS, INTEGER, OID = 0x30, 0x31, 0x04, 0x02, 0x06

Path: TypeAlias = tuple[int, ...]


class Asn1Error(InvalidInputError):
    """These bytes are no ASN.1."""


@dataclass(frozen=True, slots=True)
class Node:
    """A value with its tag (one byte) and either its content or its parts."""

    tag: int
    content: bytes = b""
    parts: tuple[Node, ...] = ()

    @property
    def constructed(self) -> bool:
        return bool(self.tag & 0x20)

    def der(self) -> bytes:
        """DER: definite lengths of the least size, strings in one piece. The order of sets is left alone.

        A signature is made over the order in which the signer wrote its attributes: putting them in another order
        would break what it wrote, and a signer that writes them in a wrong order has broken it already.
        """
        content = b"".join(part.der() for part in self.parts) if self.constructed else self.content
        return bytes([self.tag]) + _length(len(content)) + content

    def at(self, *path: int) -> Node:
        """The part of a part.

        Raises:
            Asn1Error: there is no such part.
        """
        node = self
        for index in path:
            if index >= len(node.parts):
                raise Asn1Error("a part is missing")
            node = node.parts[index]
        return node


def _length(length: int) -> bytes:
    if length < 0x80:
        return bytes([length])
    size = (length.bit_length() + 7) // 8
    return bytes([0x80 | size]) + length.to_bytes(size, "big")


def read(data: bytes) -> Node:
    """The one value that the bytes are.

    Raises:
        Asn1Error: they are none, or something follows it.
    """
    node, end = _value(data, 0, len(data), 0)
    if end != len(data):
        raise Asn1Error("something follows the value")
    return node


def _value(data: bytes, at: int, end: int, depth: int) -> tuple[Node, int]:
    """The value that starts at a place, and the place after it."""
    if depth > DEPTH_MAX:
        raise Asn1Error("nested too deep")
    if end - at < 2:
        raise Asn1Error("cut off")
    tag, first = data[at], data[at + 1]
    if tag & 0x1F == 0x1F:
        raise Asn1Error("a tag of several bytes")
    at += 2
    if first == 0x80:
        if not tag & 0x20:
            raise Asn1Error("an open length of a plain value")
        parts, at = _parts(data, at, end, depth, closed=True)
        return _joined(tag, parts), at
    if first & 0x80:
        size = first & 0x7F
        if size > 4 or end - at < size:
            raise Asn1Error("a length that makes no sense")
        length, at = int.from_bytes(data[at:at + size], "big"), at + size
    else:
        length = first
    if end - at < length:
        raise Asn1Error("cut off")
    stop = at + length
    if not tag & 0x20:
        return Node(tag, content=data[at:stop]), stop
    parts, _ = _parts(data, at, stop, depth, closed=False)
    return _joined(tag, parts), stop


def _parts(data: bytes, at: int, end: int, depth: int, *, closed: bool) -> tuple[list[Node], int]:
    """Parts up to the end, or up to the mark of an end (two zeros)."""
    parts: list[Node] = []
    while at < end:
        if closed and data[at:at + 2] == b"\x00\x00":
            return parts, at + 2
        part, at = _value(data, at, end, depth + 1)
        parts.append(part)
    if closed:
        raise Asn1Error("an open length without its end")
    return parts, at


def _joined(tag: int, parts: Sequence[Node]) -> Node:
    """A string in pieces (0x24) is put together; anything else keeps its parts."""
    if tag == OCTETS | 0x20:
        return Node(OCTETS, content=b"".join(part.content for part in parts))
    return Node(tag, parts=tuple(parts))


def oid(node: Node) -> str:
    """The dotted text of an object identifier.

    Raises:
        Asn1Error: it is none.
    """
    if node.tag != OID or not node.content or node.content[-1] & 0x80:
        raise Asn1Error("no object identifier")
    arcs, value = [], 0
    for byte in node.content:
        value = value << 7 | byte & 0x7F
        if not byte & 0x80:
            arcs.append(value)
            value = 0
    first = min(arcs[0] // 40, 2)
    return ".".join(str(arc) for arc in (first, arcs[0] - 40 * first, *arcs[1:]))
