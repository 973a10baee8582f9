"""The sender's title of a УПД 5.03 from its user contract. Source: facts 9.1, 9.2, 9.3, 9.6."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from local.diadoc.http_shapes import Refusal
from local.diadoc.title_parties import Party, read_party, utd_party
from local.diadoc.title_signers import utd_signers
from local.diadoc.world import World
from local.diadoc.xml import element, leaf

PROGRAM = "Diadoc 1.0"
RATES = {
    "NoVat": "без НДС",
    "ZeroPercent": "0%",
    "FivePercent": "5%",
    "SevenPercent": "7%",
    "NinePointZeroNinePercent": "9,09%",
    "TenPercent": "10%",
    "SixteenPointSixtySevenPercent": "16,67%",
    "EighteenPercent": "18%",
    "EighteenPointZeroThreePercent": "18,03%",
    "TwentyPercent": "20%",
    "TwentyTwoPercent": "22%",
    "FiveFraction": "5/105",
    "SevenFraction": "7/107",
    "TenFraction": "10/110",
    "EighteenFraction": "18/118",
    "TwentyFraction": "20/120",
    "TwentyTwoFraction": "22/122",
    "TaxedByAgent": "НДС исчисляется налоговым агентом",
}
_FACT_OF_SHIPMENT = (
    "Документ об отгрузке товаров (выполнении работ), передаче имущественных прав (документ об оказании услуг)"
)
_FACTS = {
    "ДОП": _FACT_OF_SHIPMENT,
    "СЧФДОП": (
        "Счет-фактура и документ об отгрузке товаров (выполнении работ), передаче имущественных прав "
        "(документ об оказании услуг)"
    ),
}
_UNITS = {"796": "шт", "362": "мес", "356": "ч", "359": "сут", "642": "ед", "876": "усл. ед"}
_CURRENCIES = {"643": "Российский рубль", "840": "Доллар США", "978": "Евро", "156": "Юань"}


def build_utd_title(world: World, contract: Any, guid: str, now: datetime) -> tuple[str, Any]:
    """The name of the file without its extension, and the title.

    Raises:
        Refusal: 400, a party or a sum is not as the title needs it.
    """
    seller = read_party(world, contract.find("Sellers/Seller"), address_is_needed=True)
    buyer = read_party(world, contract.find("Buyers/Buyer"), address_is_needed=True)
    name = utd_file_name(
        "ON_NSCHFDOPPR",
        recipient=contract.get("RecipientFnsParticipantId") or buyer.participant,
        sender=contract.get("SenderFnsParticipantId") or seller.participant,
        guid=guid,
        now=now,
    )
    function = contract.get("Function")
    document = element(
        "Документ",
        {
            "КНД": "1115131",
            "УИД": contract.get("Uid"),
            "Функция": function,
            "ПоФактХЖ": _FACTS.get(function),
            "НаимДокОпр": contract.get("DocumentName") or (_FACTS["СЧФДОП"] if function == "СЧФДОП" else None),
            "ДатаИнфПр": f"{now:%d.%m.%Y}",
            "ВремИнфПр": f"{now:%H.%M.%S}",
            "НаимЭконСубСост": contract.get("DocumentCreator"),
            "СоглСтрДопИнф": contract.get("ApprovedStructureAdditionalInfoFields"),
        },
        _invoice_part(world, contract, seller, buyer),
        _table(contract.find("Table")),
        _transfer(contract.find("TransferInfo")),
        *utd_signers(contract, now),
        _requisites("ОснДоверОргСост", contract.find("DocumentCreatorBase")),
    )
    return name, element("Файл", {"ИдФайл": name, "ВерсФорм": "5.03", "ВерсПрог": PROGRAM}, document)


def utd_file_name(prefix: str, *, recipient: str, sender: str, guid: str, now: datetime) -> str:
    """The name by the rule of the format, with no flags set, as services have it. Source: fact 9.3.

    Raises:
        Refusal: 400, the id of a participant is not known.
    """
    if not recipient or not sender:
        raise Refusal(400, "FnsParticipantId of sender and recipient is required")
    return f"{prefix}_{recipient}_{sender}_{now:%Y%m%d}_{guid}_0_0_0_0_0_00"


def _invoice_part(world: World, contract: Any, seller: Party, buyer: Party) -> Any:
    currency = contract.get("Currency")
    revision = None
    if contract.get("RevisionNumber"):
        revision = element(
            "ИспрДок", {"НомИспр": contract.get("RevisionNumber"), "ДатаИспр": contract.get("RevisionDate")}
        )
    payments = [
        element("СвПРД", {"НомерПРД": one.get("Number"), "ДатаПРД": one.get("Date"), "СуммаПРД": one.get("Total")})
        for one in contract.iterfind("PaymentDocuments/Document")
    ]
    shipments = [_requisites("ДокПодтвОтгрНом", one) for one in contract.iterfind("DocumentShipments/DocumentShipment")]
    return element(
        "СвСчФакт",
        {"НомерДок": contract.get("DocumentNumber"), "ДатаДок": contract.get("DocumentDate")},
        revision,
        utd_party("СвПрод", seller),
        *payments,
        *shipments,
        utd_party("СвПокуп", buyer),
        element(
            "ДенИзм",
            {
                "КодОКВ": currency,
                "НаимОКВ": _CURRENCIES.get(currency, currency),
                "КурсВал": contract.get("CurrencyRate"),
            },
        ),
        _additional_block("ИнфПолФХЖ1", contract.find("AdditionalInfoId")),
    )


def _table(table: Any) -> Any:
    if table is None:
        return None
    rows = [_row(number, item) for number, item in enumerate(table.iterfind("Item"), start=1)]
    total = element(
        "ВсегоОпл",
        {
            "СтТовБезНДСВсего": table.get("TotalWithVatExcluded"),
            "СтТовУчНалВсего": table.get("Total"),
            "КолНеттоВс": table.get("TotalNet"),
        },
        element("СумНалВсего", None, _vat(table, is_without=table.get("WithoutVat") == "true")),
    )
    return element("ТаблСчФакт", None, *rows, total)


def _row(number: int, item: Any) -> Any:
    is_without = item.get("WithoutVat") == "true" or item.get("TaxRate") == "NoVat"
    marks = {
        "ПрТовРаб": item.get("ItemMark"),
        "ДопПризн": item.get("AdditionalProperty"),
        "ХарактерТов": item.get("ItemCharact"),
        "АртикулТов": item.get("ItemArticle"),
        "КодТов": item.get("ItemVendorCode"),
        "КодТовОКПД2": item.get("Okpd"),
    }
    return element(
        "СведТов",
        {
            "НомСтр": str(number),
            "НаимТов": item.get("Product"),
            "ОКЕИ_Тов": item.get("Unit"),
            "НаимЕдИзм": item.get("UnitName") or _UNITS.get(item.get("Unit", "")),
            "КолТов": item.get("Quantity"),
            "ЦенаТов": item.get("Price"),
            "СтТовБезНДС": item.get("SubtotalWithVatExcluded"),
            "НалСт": RATES[item.get("TaxRate")],
            "СтТовУчНал": item.get("Subtotal"),
        },
        element("ДопСведТов", marks),
        element("Акциз", None, leaf("СумАкциз", item.get("Excise")) if item.get("Excise") else _no_excise()),
        element("СумНал", None, _vat(item, is_without=is_without)),
        *[
            element("ИнфПолФХЖ2", {"Идентиф": one.get("Id"), "Значен": one.get("Value")})
            for one in item.iterfind("AdditionalInfos/AdditionalInfo")
        ],
    )


def _no_excise() -> Any:
    return leaf("БезАкциз", "без акциза")


def _vat(holder: Any, *, is_without: bool) -> Any:
    if is_without:
        return leaf("БезНДС", "без НДС")
    if holder.get("Vat") is None:
        raise Refusal(400, "Either Vat or WithoutVat must be specified", code="DocumentService.InvalidFileContent")
    return leaf("СумНал", holder.get("Vat"))


def _transfer(info: Any) -> Any:
    if info is None:
        return None
    bases = [_requisites("ОснПер", one) for one in info.iterfind("TransferBases/TransferBase")]
    employee = info.find("Employee")
    person = None
    if employee is not None:
        name = {
            "Фамилия": employee.get("LastName"),
            "Имя": employee.get("FirstName"),
            "Отчество": employee.get("MiddleName"),
        }
        worker = element("РабОргПрод", {"Должность": employee.get("Position")}, element("ФИО", name))
        person = element("СвЛицПер", None, worker)
    handover = element(
        "СвПер",
        {
            "СодОпер": info.get("OperationInfo"),
            "ВидОпер": info.get("OperationType"),
            "ДатаПер": info.get("TransferDate"),
            "ДатаНачПер": info.get("TransferStartDate"),
            "ДатаОконПер": info.get("TransferEndDate"),
        },
        *(bases or [leaf("БезДокОснПер", "1")]),
        person,
        element("Тран", {"СвТран": info.get("TransferTextInfo")}) if info.get("TransferTextInfo") else None,
    )
    return element("СвПродПер", None, handover, _additional_block("ИнфПолФХЖ3", info.find("AdditionalInfoId")))


def _requisites(tag: str, given: Any) -> Any:
    if given is None:
        return None
    return element(
        tag,
        {
            "РеквНаимДок": given.get("DocumentName"),
            "РеквНомерДок": given.get("DocumentNumber"),
            "РеквДатаДок": given.get("DocumentDate"),
            "РеквИдФайлДок": given.get("FileId"),
            "РеквИдДок": given.get("Id"),
            "РеквДопСведДок": given.get("AdditionalInfo"),
        },
    )


def _additional_block(tag: str, given: Any) -> Any:
    if given is None:
        return None
    lines = [
        element("ТекстИнф", {"Идентиф": one.get("Id"), "Значен": one.get("Value")})
        for one in given.iterfind("AdditionalInfo")
    ]
    return element(tag, {"ИдФайлИнфПол": given.get("InfoFileId")}, *lines)
