"""A party of a formal title: from what the user contract says, or from the directory."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from local.diadoc.http_shapes import Refusal
from local.diadoc.regions import REGIONS
from local.diadoc.requisites import inn_is_right
from local.diadoc.world import World
from local.diadoc.xml import element, leaf

_INDIVIDUAL, _LEGAL, _PERSON, _FOREIGN = "1", "2", "3", "4"
_INN_DIGITS = {_INDIVIDUAL: 12, _LEGAL: 10, _PERSON: 12}
_ADDRESS = {
    "ZipCode": "Индекс",
    "Region": "КодРегион",
    "Territory": "Район",
    "City": "Город",
    "Locality": "НаселПункт",
    "Street": "Улица",
    "Building": "Дом",
    "Block": "Корпус",
    "Apartment": "Кварт",
    "OtherInfo": "ИныеСвед",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """What a title may say about a party."""

    kind: str
    name: str
    inn: str
    kpp: str
    ogrn: str
    participant: str
    address: dict[str, str] = field(default_factory=dict)
    more: dict[str, str] = field(default_factory=dict)  # the attributes given by hand
    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()


def read_party(world: World, holder: Any, *, address_is_needed: bool) -> Party:
    """The party inside this element of a user contract.

    Raises:
        Refusal: 400, an organisation of the directory has no address, or an INN does not fit its kind.
            Source: facts 9.4, 9.5.
    """
    reference = holder.find("OrganizationReference")
    given = reference if reference is not None else holder.find("OrganizationDetails")
    phones = tuple(one.text or "" for one in given.iter("Phone"))
    emails = tuple(one.text or "" for one in given.iter("Email"))
    more = dict(given.attrib)
    if reference is not None:
        known = world.organization(given.get("BoxId"))
        if address_is_needed and not known.address:
            raise Refusal(400, "Address is required", code="DocumentService.InvalidFileContent")
        return Party(
            kind=_INDIVIDUAL if known.kind == "Individual" else _LEGAL,
            name=known.full_name,
            inn=known.inn,
            kpp=known.kpp,
            ogrn=known.ogrn,
            participant=known.fns_participant_id,
            address=known.address,
            more=more,
            phones=phones,
            emails=emails,
        )
    kind, inn = given.get("OrgType"), given.get("Inn", "")
    if inn and kind in _INN_DIGITS and (len(inn) != _INN_DIGITS[kind] or not inn_is_right(inn)):
        raise Refusal(400, f"@OrgType={kind}: @Inn={inn} has wrong checksum", code="DocumentService.InvalidFileContent")
    if kind == _INDIVIDUAL and not _is_a_name(given.get("OrgName") or ""):
        path = given.getroottree().getpath(given)
        text = f"Invalid data UserContractData: {path}: Invalid sole proprietor name: {given.get('OrgName')}"
        raise Refusal(400, text, code="DocumentService.InvalidFileContent")
    directory = [one for one in world.state.organizations.values() if one.inn == inn]
    russian = given.find("Address/RussianAddress")
    return Party(
        kind=kind,
        name=given.get("OrgName"),
        inn=inn,
        kpp=given.get("Kpp", ""),
        ogrn=given.get("Ogrn") or (directory[0].ogrn if directory else ""),
        participant=given.get("FnsParticipantId", ""),
        address=dict(russian.attrib) if russian is not None else {},
        more=more,
        phones=phones,
        emails=emails,
    )


def utd_party(tag: str, party: Party) -> Any:
    """The party as УчастникТип of the УПД."""
    identity = element("ИдСв", None, _utd_identity(party))
    bank = element(
        "БанкРекв",
        {"НомерСчета": party.more.get("BankAccountNumber")},
        element(
            "СвБанк",
            {
                "НаимБанк": party.more.get("BankName"),
                "БИК": party.more.get("BankId"),
                "КорСчет": party.more.get("CorrespondentAccount"),
            },
        ),
    )
    contacts = element("Контакт", {"ИнКонт": party.more.get("OtherContactInfo")})
    contacts.extend([leaf("Тлф", one) for one in party.phones] + [leaf("ЭлПочта", one) for one in party.emails])
    return element(
        tag,
        {
            "ОКПО": party.more.get("Okpo"),
            "СтруктПодр": party.more.get("Department"),
            "ИнфДляУчаст": party.more.get("OrganizationAdditionalInfo"),
            "СокрНаим": party.more.get("ShortOrgName"),
        },
        identity,
        element("Адрес", None, _russian_address(party.address)) if party.address else None,
        bank if bank.attrib or bank[0].attrib else None,
        contacts if len(contacts) or contacts.attrib else None,
    )


def full_name(tag: str, text: str) -> Any:
    """Split a person's name into its three parts. Source: fact 9.11."""
    words = _name_of(text)
    surname, name, *middle = [*words, *["-"] * (2 - len(words))]
    return element(tag, {"Фамилия": surname, "Имя": name, "Отчество": " ".join(middle) or None})


def _name_of(text: str) -> list[str]:
    return text.removeprefix("ИП ").removeprefix("Индивидуальный предприниматель ").split()


def _is_a_name(text: str) -> bool:
    """Return whether the text has a surname and a name at least, in letters. Source: fact 9.11."""
    words = _name_of(text)
    return len(words) >= 2 and all(word.replace("-", "").replace(".", "").isalpha() for word in words)


def _utd_identity(party: Party) -> Any:
    if party.kind == _LEGAL:
        return element("СвЮЛУч", {"НаимОрг": party.name, "ИННЮЛ": party.inn, "КПП": party.kpp})
    if party.kind == _INDIVIDUAL:
        attributes = {"ИННФЛ": party.inn, "ОГРНИП": party.more.get("Ogrn") or party.ogrn}
        return element("СвИП", {**attributes, "ДатаОГРНИП": party.more.get("OgrnDate")}, full_name("ФИО", party.name))
    if party.kind == _PERSON:
        return element("СвФЛУч", {"ИННФЛ": party.inn}, full_name("ФИО", party.name))
    country = party.more.get("Country") or "000"
    return element(
        "СвИнНеУч",
        {
            "ИдСтат": "ИГ" if party.more.get("StatusId") == "PhysicalPerson" else "ИО",
            "КодСтр": country,
            "НаимСтран": country,
            "Наим": party.name,
            "Идентиф": party.more.get("LegalEntityId"),
        },
    )


def _russian_address(address: dict[str, str]) -> Any:
    attributes: dict[str, str | None] = {_ADDRESS[key]: value for key, value in address.items() if key in _ADDRESS}
    attributes["НаимРегион"] = REGIONS.get(address.get("Region", ""), "Регион не указан")
    return element("АдрРФ", attributes)
