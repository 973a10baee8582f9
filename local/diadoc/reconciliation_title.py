"""The sender's title of a reconciliation act from its user contract. Source: facts 9.1, 9.8."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from local.diadoc.http_shapes import Refusal
from local.diadoc.title_parties import Party, full_name, read_party
from local.diadoc.title_signers import reconciliation_signer
from local.diadoc.utd_title import PROGRAM
from local.diadoc.world import World
from local.diadoc.xml import element

_SUMS = {
    "StartBalanceDebit": "СальдоНачДеб",
    "StartBalanceCredit": "СальдоНачКр",
    "TurnoverDebit": "ОборотДеб",
    "TurnoverCredit": "ОборотКр",
    "EndBalanceDebit": "СальдоКонДеб",
    "EndBalanceCredit": "СальдоКонКр",
}


def build_reconciliation_title(world: World, contract: Any, guid: str, now: datetime) -> tuple[str, Any]:
    """The name of the file without its extension, and the title.

    Raises:
        Refusal: 400, a party is not as the title needs it.
    """
    sender = read_party(world, contract.find("Sender"), address_is_needed=False)
    recipient = read_party(world, contract.find("Recipient"), address_is_needed=False)
    name = f"ON_AKTSVEROTP_{_participant(world, recipient)}_{_participant(world, sender)}_{now:%Y%m%d}_{guid}"
    table = contract.find("Table")
    contracts = [_contract_row(one) for one in table.iterfind("ContractInfoItems/Item")]
    document = element(
        "Документ",
        {
            "КНД": "1110332",
            "ДатаИнфОтпр": f"{now:%d.%m.%Y}",
            "ВрИнфОтпр": f"{now:%H:%M:%S}",
            "ДатаНачПер": contract.get("ReconciliationStartDate"),
            "ДатаОкПер": contract.get("ReconciliationEndDate"),
            "НомерАкт": contract.get("DocumentNumber"),
        },
        element(
            "СвДокКрАкт",
            {"КодОКВ": contract.get("Currency")},
            _party("СвОтпр", sender),
            _party("СвПол", recipient),
        ),
        element("ТаблАкт", _sums(table), *contracts),
        reconciliation_signer(contract),
    )
    return name, element("Файл", {"ИдФайл": name, "ВерсФорм": "5.01", "ВерсПрог": PROGRAM}, document)


def _participant(world: World, party: Party) -> str:
    """The participant's id that the contract gives, or that of the directory's only organisation of this INN."""
    known = party.participant or next(
        (
            one.fns_participant_id
            for one in world.state.organizations.values()
            if one.inn == party.inn and (not party.kpp or one.kpp == party.kpp)
        ),
        "",
    )
    if not known:
        raise Refusal(400, "FnsParticipantId of sender and recipient is required")
    return known


def _party(tag: str, party: Party) -> Any:
    contact = element(
        "Контакт",
        {
            "Тлф": party.more.get("Phone"),
            "ЭлПочта": party.more.get("Email"),
            "ИнКонт": party.more.get("OtherContactInfo"),
        },
    )
    if len(party.inn) == 12:
        attributes = {"ИННФЛ": party.inn, "ОГРНИП": party.ogrn}
        identity = element("СвИП", dict(attributes), full_name("ФИО", party.name))
    else:
        identity = element("СвЮЛУч", {"НаимОрг": party.name, "ИННЮЛ": party.inn, "КПП": party.kpp, "ОГРН": party.ogrn})
    return element(
        tag,
        {
            "ОКПО": party.more.get("Okpo"),
            "СтруктПодр": party.more.get("Department"),
            "ИнфДляУчаст": party.more.get("OrganizationAdditionalInfo"),
            "КраткНазв": party.more.get("ShortOrgName"),
        },
        element("ИдСв", None, identity),
        contact,
    )


def _sums(given: Any) -> dict[str, str | None]:
    return {ours: given.get(theirs) for theirs, ours in _SUMS.items()}


def _contract_row(given: Any) -> Any:
    attributes = {
        "ИдДог": given.get("Identifier"),
        "ОписТипДог": given.get("ContractTypeInfo"),
        "НомДог": given.get("Number"),
        "ДатаДог": given.get("Date"),
    }
    rows = [_document_row(one) for one in given.iterfind("DocumentInfoItems/Item")]
    return element("ДогСв", {**attributes, **_sums(given)}, *rows)


def _document_row(given: Any) -> Any:
    operations = [
        element(
            "СвОпер",
            {
                "НомСтр": one.get("RowNumber"),
                "ДатаОпер": one.get("Date"),
                "НаимОпер": one.get("Name"),
                "СумДебет": one.get("SumDebit"),
                "СумКредит": one.get("SumCredit"),
            },
        )
        for one in given.iterfind("OperationInfoItems/Item")
    ]
    return element(
        "ДокСв",
        {
            "НаимДок": given.get("Name"),
            "НомДок": given.get("Number"),
            "ДатаДок": given.get("Date"),
            "ИдДок": given.get("Identifier"),
            "ДопИнф": given.get("AdditionalInfo"),
        },
        *operations,
    )
