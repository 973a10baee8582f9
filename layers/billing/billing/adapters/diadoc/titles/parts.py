"""Parts that all titles share: dates and sums, the sides, who signs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from billing.adapters.diadoc.titles.regions import region_of
from billing.adapters.diadoc.xml import Element, element, plain, written
from billing.domain.documents import Party
from billing.domain.edo_signer import Power, PowerWay, SignerPerson
from billing.domain.errors import InvalidInputError
from billing.domain.money import plain_roubles
from billing.domain.requisites import inn_problem, kpp_problem, ogrn_problem

ROUBLE = "643"

_POSTAL_CODE = re.compile(r"^\D{0,3}(\d{6})\b[,\s]*")
_BASIS = re.compile(
    r"^(?P<name>.{1,255}?)\s*№\s*(?P<number>\S.{0,254}?)\s+от\s+(?P<day>\d{2}\.\d{2}\.\d{4})(\s*г\.?)?$")
_EDITION = re.compile(r"^(?P<name>[^№]{1,255}?)\s+от\s+(?P<day>\d{2}\.\d{2}\.\d{4})(\s*г\.?)?$")
NO_NUMBER = "Без номера"
_SOLE = re.compile(r"^(ИП|индивидуальный предприниматель)\s+", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """What a title says of a party beside its requisites.

    `box`: then Diadoc fills in the requisites by its directory. `participant`: the id at the operator
    (`Box.fns_participant`), a part of the file's name; where there is no `box`, no title can be made without it.
    """

    participant: str = ""
    box: str = ""


@dataclass(frozen=True, slots=True)
class Basis:
    """The ground of a document, as its basis names it. `number` is `NO_NUMBER` where only the date is known."""

    name: str
    number: str
    day: str


def day(value: date) -> str:
    return f"{value:%d.%m.%Y}"


def basis_of(text: str) -> Basis | None:
    """Parse «Договор № 15 от 01.02.2025» or «Публичная оферта от 01.02.2025». None if it has no date."""
    match = _BASIS.match(plain(text)) or _EDITION.match(plain(text))
    if not match:
        return None
    d, m, y = (int(part) for part in match["day"].split("."))
    number = match.groupdict().get("number") or NO_NUMBER
    try:
        return Basis(match["name"].strip(), number.strip(), day(date(y, m, d)))
    except ValueError:
        return None


def party_problems(party: Party, whose: str) -> list[str]:
    """What the format would refuse in a party."""
    numbers = [inn_problem(party.inn)]
    if not party.is_entrepreneur:
        numbers.append(kpp_problem(party.kpp))
    if party.ogrn:
        numbers.append(ogrn_problem(party.ogrn))
    problems = [str(problem) for problem in numbers if problem]
    name = plain(party.name)
    if not name or len(name) > 1_000:
        problems.append("название не указано или длиннее 1000 знаков")
    elif party.is_entrepreneur and len(_SOLE.sub("", name).split()) < 2:  # the operator refuses such a title
        problems.append("у предпринимателя нужны фамилия и имя: «ИП Иванов Иван Иванович»")
    if len(plain(party.address)) > 1_000:
        problems.append("адрес длиннее 1000 знаков")
    return [f"{whose}: {problem}" for problem in problems]


def organization_type(party: Party) -> str:
    """1 is an entrepreneur, 2 a legal entity. Source: the schema, OrganizationType_DatabaseOrder."""
    return "1" if party.is_entrepreneur else "2"


def address_problem(party: Party) -> str:
    """Return why a title that requires an address cannot have this one; empty when it can."""
    if not plain(party.address):
        return "нужен адрес"
    return "" if region_of(party.address) else "не понять регион адреса: допишите область, край или республику"


def add_address(details: Element, party: Party) -> None:
    """Write the address as one text under its region.

    Other parts are not guessed out of what a person typed. An address whose region is unclear is left out: the format
    wants the region, and a wrong one would be signed.
    """
    text, region = plain(party.address), region_of(party.address)
    if not text or not region:
        return
    code = _POSTAL_CODE.match(text)
    rest = text[code.end():] if code else text
    element(element(details, "Address"), "RussianAddress", ZipCode=code[1] if code else "", Region=region,
            OtherInfo=rest)


def signer_problems(person: SignerPerson) -> list[str]:
    problems = []
    if not plain(person.last_name) or not plain(person.first_name) or "." in person.first_name:
        problems.append("у подписанта нужны фамилия и имя полностью")
    if any(len(plain(name)) > 60 for name in (person.last_name, person.first_name, person.middle_name)):
        problems.append("имя подписанта длиннее 60 знаков")
    if not plain(person.position) or len(plain(person.position)) > 255:
        problems.append("должность подписанта не указана или длиннее 255 знаков")
    if person.power.way in (PowerWay.NUMBER, PowerWay.IN_DOCUMENT) and not person.power.number:
        problems.append("номер доверенности не указан")
    return problems


def add_signer(signers: Element, person: SignerPerson, *, method: bool) -> None:
    """Who signs. `method`: the format has a place for how the powers are confirmed.

    Source: the schema, Signer; order ЕД-7-26/970@, СпосПодтПолном: 1 by the signature itself, 2 by a power of attorney
    in the packet, 3 by one named in the document, 4 by one kept in an information system.
    """
    way = person.power.way
    methods = {PowerWay.NONE: "1", PowerWay.IN_DOCUMENT: "3"}
    confirmed = methods.get(way) or ("2" if person.power.as_file else "4")
    signer = element(signers, "Signer", SignerPowersConfirmationMethod=confirmed if method else "")
    _add_person(signer, person)
    if way is PowerWay.IN_DOCUMENT:
        _add_number(element(element(signer, "PowerOfAttorney"), "Electronic"), person.power)


def service_signer(person: SignerPerson) -> bytes:
    """Who signs a service document, in the form that is common to all of them; no certificate is named.

    Source: Diadoc API, the universal signer of service documents, and the sample of its SDK: the name is enough where
    the instruction asks for a certificate. SignerStatus: 1 without a power, 2 by one; MethodOfProviding: 1 with it in
    the packet, 2 without.
    """
    power = person.power
    signer = element(None, "Signer", SignerStatus="1" if power.way is PowerWay.NONE else "2", SignatureType="1")
    _add_person(signer, person)
    if power.way is not PowerWay.NONE:
        providing = "1" if power.as_file else "2"
        electronic = element(element(signer, "PowerOfAttorney"), "Electronic", MethodOfProviding=providing)
        if power.way is PowerWay.DEFAULT:
            element(electronic, "Storage", UseDefault="true")
        else:
            _add_number(electronic, power)
    return written(signer)


def _add_person(signer: Element, person: SignerPerson) -> None:
    element(signer, "Fio", LastName=person.last_name, FirstName=person.first_name, MiddleName=person.middle_name)
    element(signer, "Position", PositionSource="Manual").text = plain(person.position)


def _add_number(electronic: Element, power: Power) -> None:
    element(element(electronic, "Storage", UseDefault="false"), "FullId", RegistrationNumber=power.number,
            IssuerInn=power.issuer_inn, RepresentativeInn=power.representative_inn)


def sum_text(kopecks: int) -> str:
    """Raises:
        InvalidInputError: more digits than the formats take.
    """
    if abs(kopecks) >= 10 ** 15:
        raise InvalidInputError("a sum of more than 13 digits of roubles")
    return plain_roubles(kopecks)
