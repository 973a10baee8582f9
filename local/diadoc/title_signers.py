"""Who signs, as titles say it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from local.diadoc.http_shapes import Refusal
from local.diadoc.xml import element

_POSITION_FROM_ELSEWHERE = "Руководитель"  # what a directory or a certificate would give


def utd_signers(contract: Any, now: datetime) -> list[Any]:
    """`Подписант` for each signer of a user contract of the УПД.

    Raises:
        Refusal: 400, a signer has no name: here no certificate can give it.
    """
    return [_utd_signer(signer, now) for signer in contract.find("Signers").iter("Signer")]


def reconciliation_signer(contract: Any) -> Any:
    """The one `Подписант` of a reconciliation act."""
    signer = next(contract.find("Signers").iter("Signer"))
    registered = _power_number(signer)
    return element(
        "Подписант",
        {
            "СтатПодп": signer.get("SignerStatus"),
            "ТипПодпис": signer.get("SignatureType"),
            "Должн": _position(signer),
        },
        _name(signer),
        element("СвДовер", {"НомДовер": registered}) if registered else None,
    )


def _utd_signer(signer: Any, now: datetime) -> Any:
    registered = _power_number(signer)
    power = None
    if registered:
        power = element(
            "СвДоверЭл",
            {
                "НомДовер": registered,
                "ДатаВыдДовер": f"{now:%d.%m.%Y}",
                "ИдСистХран": "https://m4d.nalog.gov.ru/EMCHD/check-status?guid=" + registered,
            },
        )
    return element(
        "Подписант",
        {
            "Должн": _position(signer),
            "ТипПодпис": signer.get("SignatureType"),
            "ДатаПодДок": signer.get("SigningDate"),
            "СпосПодтПолном": signer.get("SignerPowersConfirmationMethod") or ("3" if registered else "1"),
        },
        _name(signer),
        power,
    )


def _name(signer: Any) -> Any:
    name = signer.find("Fio")
    if name is None:
        raise Refusal(400, "Signer Fio is required", code="DocumentService.InvalidFileContent")
    return element(
        "ФИО", {"Фамилия": name.get("LastName"), "Имя": name.get("FirstName"), "Отчество": name.get("MiddleName")}
    )


def _position(signer: Any) -> str | None:
    position = signer.find("Position")
    if position is None:
        return None
    return str(position.text or "") if position.get("PositionSource") == "Manual" else _POSITION_FROM_ELSEWHERE


def _power_number(signer: Any) -> str | None:
    found = signer.find("PowerOfAttorney/Electronic/Storage/FullId")
    if found is None:
        found = signer.find("PowerOfAttorney/Electronic/Manual")
    return None if found is None else found.get("RegistrationNumber")
