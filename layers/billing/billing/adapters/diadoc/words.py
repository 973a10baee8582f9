"""Read the texts meant for people: those written into a document of the exchange, and those of a signature's check."""

from __future__ import annotations

from collections.abc import Iterable

from billing.adapters.diadoc.xml import parsed

TEXT_MAX = 2_000

_CHAIN = (  # a bit and its names. Source: X509ChainStatusFlags of .NET; CERT_TRUST_STATUS of Windows
    (1, "NOT_TIME_VALID", "срок сертификата истёк или не наступил"),
    (4, "IS_REVOKED", "сертификат отозван"),
    (8, "NOT_SIGNATURE_VALID", "подпись сертификата неверна"),
    (16, "NOT_VALID_FOR_USAGE", "сертификат не для подписи документов"),
    (32, "UNTRUSTED_ROOT", "удостоверяющему центру не доверяют"),
    (64, "REVOCATION_STATUS_UNKNOWN", "не удалось узнать, отозван ли сертификат"),
    (65_536, "PARTIAL_CHAIN", "неизвестно, кто выдал сертификат"),
    (16_777_216, "OFFLINE_REVOCATION", "список отозванных сертификатов недоступен"),
)


def written(content: bytes) -> str:
    """Return the text of an answer: of XML, its text attributes and the content of its operation; else the whole body.

    Source: forms of the tax service DP_UVUTOCH (ТекстУведУточ), DP_PRANNUL (ТекстПредАн), ON_NSCHFDOPPOK (СодОпер and
    the document of discrepancies, РеквДокРасх).
    """
    root = parsed(content)
    if root is None:
        return content.decode("utf-8", "replace").strip()[:TEXT_MAX]
    texts = [value for e in root.iter() for name, value in e.attrib.items() if _is_text(str(name))]
    texts += [e.text for e in root.iter() if str(e.tag).startswith("Текст") and e.text]
    texts += [" ".join(filter(None, map(e.get, _DISCREPANCIES))) for e in root.iter("РеквДокРасх")]
    return "; ".join(" ".join(part.split()) for part in texts)[:TEXT_MAX]


_DISCREPANCIES = ("РеквНаимДок", "РеквНомерДок", "РеквДатаДок")


def _is_text(name: str) -> bool:
    return name == "СодОпер" or name.startswith("Текст")


def signature_trouble(*, signature: object, certificate: object, flags: Iterable[object]) -> str:
    """Say what is wrong with a signature. Flags of the certificate chain come as a number or as names."""
    faults = ["подпись не соответствует файлу"] if signature is False else []
    chain = list(flags)
    flaws = [words for bit, name, words in _CHAIN if any(_has(one, bit, name) for one in chain)]
    if certificate is False and not flaws:
        flaws = ["сертификат не прошёл проверку"]
    return "; ".join(faults + flaws)[:TEXT_MAX]


def _has(flags: object, bit: int, name: str) -> bool:
    if isinstance(flags, str) and not flags.isdecimal():
        return name in flags
    number = int(flags) if isinstance(flags, int | str) else 0
    return bool(number & bit)
