"""Just enough of DER to take a detached CMS signature apart. Source: RFC 5652, X.690."""

from __future__ import annotations

from dataclasses import dataclass

SEQUENCE, SET, OID, OCTETS, INTEGER = 0x30, 0x31, 0x06, 0x04, 0x02


class NotDerError(ValueError):
    """The bytes are no DER, or not the structure that was expected."""


@dataclass(frozen=True, slots=True)
class Node:
    """One value: its tag, its content and all of its bytes."""

    tag: int
    content: bytes
    whole: bytes

    def parts(self) -> list[Node]:
        """The values inside."""
        return read_all(self.content)

    def expect(self, tag: int) -> Node:
        """Itself when it has this tag.

        Raises:
            NotDerError: it has another.
        """
        if self.tag != tag:
            raise NotDerError(f"tag {self.tag:#x} stands where {tag:#x} is expected")
        return self


def read_all(content: bytes) -> list[Node]:
    """The values that stand one after another.

    Raises:
        NotDerError: a length is indefinite (that is BER) or runs past the end.
    """
    nodes, at = [], 0
    while at < len(content):
        node = _read_one(content, at)
        nodes.append(node)
        at += len(node.whole)
    return nodes


def read_one(content: bytes) -> Node:
    """The only value of these bytes.

    Raises:
        NotDerError: there is none, or more than one.
    """
    nodes = read_all(content)
    if len(nodes) != 1:
        raise NotDerError(f"{len(nodes)} values stand where one is expected")
    return nodes[0]


def dotted(node: Node) -> str:
    """An object identifier as text."""
    raw = node.expect(OID).content
    if not raw:
        raise NotDerError("an object identifier is empty")
    numbers, value = [min(raw[0] // 40, 2), raw[0] - 40 * min(raw[0] // 40, 2)], 0
    for byte in raw[1:]:
        value = value << 7 | byte & 0x7F
        if not byte & 0x80:
            numbers.append(value)
            value = 0
    return ".".join(map(str, numbers))


def _read_one(content: bytes, at: int) -> Node:
    if at + 2 > len(content):
        raise NotDerError("the bytes end within a header")
    tag, length, head = content[at], content[at + 1], 2
    if length == 0x80:
        raise NotDerError("a length is indefinite: this is BER, not DER")
    if length > 0x80:
        count = length & 0x7F
        length = int.from_bytes(content[at + 2 : at + 2 + count], "big")
        head += count
    end = at + head + length
    if end > len(content):
        raise NotDerError("a value runs past the end")
    return Node(tag, content[at + head : end], content[at:end])
