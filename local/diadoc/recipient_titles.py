"""The recipient's titles: what the other side adds when it signs a formal document."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from local.diadoc.title_signers import utd_signers
from local.diadoc.utd_title import PROGRAM
from local.diadoc.xml import element, leaf

_AGREES, _DISAGREES = "1", "2"


def build_utd_buyer_title(contract: Any, sent: Any, guid: str, now: datetime) -> tuple[str, Any]:
    """The buyer's title by the user contract of the recipient. Not checked against the schema of the tax service."""
    code = contract.find("ContentOperCode").get("TotalCode")
    signers = utd_signers(contract, now)
    return _utd_buyer_title(sent, guid, now, code, contract.get("AcceptanceDate"), signers)


def utd_acceptance(sent: Any, guid: str, now: datetime, *, with_disagreements: bool, text: str = "") -> tuple[str, Any]:
    """The buyer's title that a control makes: accepted, or accepted with disagreements."""
    name = element("ФИО", {"Фамилия": "Получателев", "Имя": "Пётр"})
    signer = element("Подписант", {"Должн": "Директор", "СпосПодтПолном": "1"}, name)
    code = _DISAGREES if with_disagreements else _AGREES
    return _utd_buyer_title(sent, guid, now, code, f"{now:%d.%m.%Y}", [signer], text)


def reconciliation_answer(
    sent: Any, guid: str, now: datetime, *, with_disagreements: bool, text: str = ""
) -> tuple[str, Any]:
    """Make the recipient's title of a reconciliation act, valid by its schema. It has no place for a text."""
    original = sent.find("Документ")
    name = _answer_name(sent, "ON_AKTSVERPOL", guid, now)
    return name, element(
        "Файл",
        {
            "ИдФайл": name,
            "ВерсФорм": "5.01",
            "ВерсПрог": PROGRAM,
            "ПризнРазн": _DISAGREES if with_disagreements else _AGREES,
        },
        element(
            "Документ",
            {"КНД": "1110333", "ДатаИнфПол": f"{now:%d.%m.%Y}", "ВрИнфПол": f"{now:%H:%M:%S}"},
            element(
                "ИдИнфОтпр",
                {
                    "ИдФайлИнфОтпр": sent.get("ИдФайл"),
                    "ДатФайлИнфОтпр": original.get("ДатаИнфОтпр"),
                    "ВрФайлИнфОтпр": original.get("ВрИнфОтпр"),
                },
                leaf("ЭП", "signature"),
            ),
            element("Подписант", {"Должн": "Директор"}, element("ФИО", {"Фамилия": "Получателев", "Имя": "Пётр"})),
        ),
    )


def _answer_name(sent: Any, prefix: str, guid: str, now: datetime) -> str:
    _, _, recipient, sender, *_ = sent.get("ИдФайл").split("_")
    return f"{prefix}_{sender}_{recipient}_{now:%Y%m%d}_{guid}"


def _utd_buyer_title(
    sent: Any, guid: str, now: datetime, code: str, accepted_on: str, signers: list[Any], text: str = ""
) -> tuple[str, Any]:
    original = sent.find("Документ")
    name = _answer_name(sent, "ON_NSCHFDOPPOK", guid, now) + "_0_0_0_0_0_00"
    document = element(
        "Документ",
        {"КНД": "1115132", "ДатаИнфПок": f"{now:%d.%m.%Y}", "ВремИнфПок": f"{now:%H.%M.%S}"},
        element(
            "ИдИнфПрод",
            {
                "ИдФайлИнфПр": sent.get("ИдФайл"),
                "ДатаФайлИнфПр": original.get("ДатаИнфПр"),
                "ВремФайлИнфПр": original.get("ВремИнфПр"),
            },
        ),
        element(
            "СодФХЖ4",
            {"НаимДокОпрПр": original.get("НаимДокОпр")},
            element(
                "СвПрин",
                {"ДатаПрин": accepted_on, "СодОпер": text or None},
                element("КодСодОпер", {"КодИтога": code}),
            ),
        ),
        *signers,
    )
    return name, element("Файл", {"ИдФайл": name, "ВерсФорм": "5.03", "ВерсПрог": PROGRAM}, document)
