"""`SignedContent` of a request: where the bytes and their signature come from."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass

from local.diadoc import shelf
from local.diadoc.http_shapes import Json, Refusal, is_true
from local.diadoc.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """A signature as it was sent: CMS bytes, or the wish that Diadoc sign by its test certificate."""

    cms: bytes = b""
    is_test: bool = False
    power_of_attorney: bool = False

    @property
    def is_given(self) -> bool:
        """Whether anything signs."""
        return self.is_test or bool(self.cms)


def read_content(world: World, signed: Json) -> bytes:
    """The content, inline or from the shelf.

    Raises:
        Refusal: 400, there is none, there are two, it is too large to be inline, or the shelf has no such file.
            Source: facts 10.6, 11.1.
    """
    inline, on_shelf = signed.get("Content"), signed.get("NameOnShelf")
    if bool(inline) == bool(on_shelf):
        raise Refusal(400, "Exactly one of Content, NameOnShelf must be specified in SignedContent")
    if on_shelf:
        return _from_shelf(world, str(on_shelf))
    content = _decoded(inline, "Content")
    most = world.state.settings.inline_bytes_max
    if len(content) > most:
        raise Refusal(400, f"Content is larger than {most} bytes, use the shelf")
    return content


def read_signature(world: World, holder: Json, *, box: str) -> Signature:
    """The signature of a `SignedContent`, a `DocumentSignature` and the like, made in the name of this box.

    Raises:
        Refusal: 400, it is ambiguous, no base64, not on the shelf, or a test signature of a box that is no test one.
            Source: facts 12.1, 12.3.
    """
    inline, on_shelf = holder.get("Signature"), holder.get("SignatureNameOnShelf")
    is_test = is_true(holder.get("SignWithTestSignature"))
    if sum(map(bool, (inline, on_shelf, is_test))) > 1:
        raise Refusal(400, "Signature, SignatureNameOnShelf and SignWithTestSignature exclude each other")
    if is_test and not world.state.organizations[box].is_test:
        raise Refusal(400, "SignWithTestSignature is allowed only for test organizations")
    power = holder.get("PowerOfAttorney")
    if power is not None:
        check_power_of_attorney(power)
    cms = _from_shelf(world, str(on_shelf)) if on_shelf else _decoded(inline, "Signature") if inline else b""
    return Signature(cms=cms, is_test=is_test, power_of_attorney=power is not None)


def check_power_of_attorney(power: Json) -> None:
    """Exactly one way to give a power of attorney.

    Raises:
        Refusal: 400, it is none, or several. Source: fact 10.10.
    """
    if not isinstance(power, dict) or "UseDefault" not in power:
        raise Refusal(400, "PowerOfAttorney.UseDefault is required")
    flags = is_true(power["UseDefault"]), is_true(power.get("UseDocumentContent"))
    if sum((*flags, bool(power.get("FullId")), bool(power.get("Contents")))) != 1:
        raise Refusal(400, "Exactly one of UseDefault, FullId, Contents, UseDocumentContent must be specified")
    full_id = power.get("FullId")
    if full_id and not (full_id.get("RegistrationNumber") and full_id.get("IssuerInn")):
        raise Refusal(400, "PowerOfAttorney.FullId needs RegistrationNumber and IssuerInn")


def _decoded(text: object, name: str) -> bytes:
    try:
        return base64.b64decode(str(text), validate=True)
    except (binascii.Error, ValueError):
        raise Refusal(400, f"{name} is not a base64 string") from None


def _from_shelf(world: World, name: str) -> bytes:
    content = shelf.take(world, name)
    if content is None:
        raise Refusal(400, f"File {name} is not found on the shelf")
    return content
