"""What a formal title must be before it is accepted: its encoding, its schema, its name, its parties."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from local.diadoc.document_types import RECONCILIATION, Kind
from local.diadoc.http_shapes import Refusal
from local.diadoc.records import Organization
from local.diadoc.schemas import UTD_TITLE, complaints
from local.diadoc.xml import MalformedXmlError, parse

BAD_CONTENT = "DocumentService.InvalidFileContent"
_RECONCILIATION_XSD = "ON_AKTSVEROTP_1_972_01_05_01_01.xsd"
_DECLARED = re.compile(rb"""^<\?xml[^>]*encoding=["']windows-1251["']""", re.IGNORECASE)
_WITH_INVOICE = ("СЧФ", "СЧФДОП")
_WITH_ACT = ("ДОП", "СЧФДОП")


@dataclass(frozen=True, slots=True, kw_only=True)
class TitleCard:
    """What is read out of a title for the card of its document."""

    file_name: str
    metadata: dict[str, str]


def check_title(kind: Kind, content: bytes, sender: Organization, recipient: Organization | None) -> TitleCard:
    """Read a formal title that came to be sent.

    Raises:
        Refusal: 400, it is not windows-1251, not valid by its schema or rules, or names other parties in `ИдФайл`.
            Source: facts 9.2, 9.3, 9.7, 10.9.
    """
    if not _DECLARED.match(content):
        raise _bad("Title must be an XML document in windows-1251")
    try:
        root = parse(content)
    except MalformedXmlError as problem:
        raise _bad(f"Title is not well-formed: {problem}") from problem
    check_by_schema(kind, root)
    if kind.type_named_id != RECONCILIATION and root.find("Документ").get("Функция") != _function_of(kind, root):
        raise _bad(f"Function of the title differs from {kind.function}")
    _check_name(kind, root.get("ИдФайл"), sender, recipient)
    file_name = root.get("ИдФайл") + ".xml"
    metadata = _reconciliation_metadata(root) if kind.type_named_id == RECONCILIATION else _utd_metadata(root)
    return TitleCard(file_name=file_name, metadata={"FileName": file_name, **metadata})


def check_by_schema(kind: Kind, root: Any) -> None:
    """The schema of the title, and those rules of it that a schema can't say.

    Raises:
        Refusal: 400, with the first complaints.
    """
    is_reconciliation = kind.type_named_id == RECONCILIATION
    found = complaints(_RECONCILIATION_XSD if is_reconciliation else UTD_TITLE, root)
    if not found:
        found = _reconciliation_rules(root) if is_reconciliation else _utd_rules(root)
    if found:
        raise _bad("Document does not match the schema: " + "; ".join(found))


def _utd_rules(root: Any) -> list[str]:
    document = root.find("Документ")
    function = document.get("Функция")
    found = []
    if function in _WITH_INVOICE and document.find("ТаблСчФакт") is None:
        found.append(f"ТаблСчФакт is required for Функция {function}")
    if function in _WITH_ACT and document.find("СвПродПер") is None:
        found.append(f"СвПродПер is required for Функция {function}")
    if function in _WITH_ACT and not document.get("НаимДокОпр"):
        found.append(f"НаимДокОпр is required for Функция {function}")
    if function in _WITH_INVOICE:
        parties = document.findall("СвСчФакт/СвПрод") + document.findall("СвСчФакт/СвПокуп")
        found += [f"{one.tag}/Адрес is required for Функция {function}" for one in parties if one.find("Адрес") is None]
    return found


def _reconciliation_rules(root: Any) -> list[str]:
    return [
        f"СвОпер {one.get('НомСтр')}: СумДебет or СумКредит is required"
        for one in root.iter("СвОпер")
        if one.get("СумДебет") is None and one.get("СумКредит") is None
    ]


def _function_of(kind: Kind, root: Any) -> str:
    """The function the title must state; types with the one function `default` leave it to the title."""
    stated: str = root.find("Документ").get("Функция")
    return stated if kind.function == "default" else kind.function


def _check_name(kind: Kind, name: str, sender: Organization, recipient: Organization | None) -> None:
    prefix = "ON_AKTSVEROTP" if kind.type_named_id == RECONCILIATION else "ON_NSCHFDOPPR"
    parts = name.split("_")
    shape_is_right = name.startswith(prefix + "_") and len(parts) == (6 if prefix == "ON_AKTSVEROTP" else 12)
    if not shape_is_right:
        raise _bad(f"ИдФайл {name} is not a file name of {kind.type_named_id}")
    if parts[3] != sender.fns_participant_id:
        raise _bad(f"ИдФайл {name} names another sender")
    if recipient is not None and parts[2] != recipient.fns_participant_id:
        raise _bad(f"ИдФайл {name} names another recipient")


def _utd_metadata(root: Any) -> dict[str, str]:
    document = root.find("Документ")
    invoice = document.find("СвСчФакт")
    total = document.find("ТаблСчФакт/ВсегоОпл")
    metadata = {
        "DocumentNumber": invoice.get("НомерДок"),
        "DocumentDate": invoice.get("ДатаДок"),
        "TotalSum": total.get("СтТовУчНалВсего", "") if total is not None else "",
        "TotalVat": total.findtext("СумНалВсего/СумНал", "0.00") if total is not None else "",
        "CurrencyCode": invoice.find("ДенИзм").get("КодОКВ"),
        "SellerInn": invoice.xpath("string(СвПрод/ИдСв/*/@ИННЮЛ | СвПрод/ИдСв/*/@ИННФЛ)"),
    }
    return {key: str(value) for key, value in metadata.items() if value}


def _reconciliation_metadata(root: Any) -> dict[str, str]:
    document = root.find("Документ")
    return {"DocumentNumber": document.get("НомерАкт"), "DocumentDate": document.get("ДатаОкПер")}


def _bad(text: str) -> Refusal:
    return Refusal(400, text, code=BAD_CONTENT)
