"""The kinds of documents this Diadoc knows: type, function, version, workflows, metadata, schemas."""

from __future__ import annotations

from dataclasses import dataclass

from local.diadoc.http_shapes import Answer, Json, Refusal, Request, json_answer
from local.diadoc.world import World

STRING, DECIMAL, DATE = 0, 2, 3
FROM_XML, FROM_SENDER = 0, 1

UTD, XML_ACT, RECONCILIATION = "UniversalTransferDocument", "XmlAcceptanceCertificate", "ReconciliationAct"
UTD_970, RECONCILIATION_405 = "utd970_05_03_01", "reconciliationact405_05_01_01"


@dataclass(frozen=True, slots=True)
class Item:
    """One key of the metadata."""

    key: str
    kind: int = STRING
    is_required: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One row: a function and a version of a type. The first workflow is the default one."""

    type_named_id: str
    function: str
    version: str
    title: str
    attachment_type: str
    workflows: tuple[int, ...]
    items: tuple[Item, ...] = ()
    is_formal: bool = False
    is_actual: bool = True
    content_type_id: str = ""
    schemas: tuple[tuple[str, str], ...] = ()  # (titleIndex:contentType, file)


_FILE = Item("FileName")
_NUMBER, _DATE = Item("DocumentNumber"), Item("DocumentDate", DATE)
_MAYBE_NUMBER, _MAYBE_DATE = Item("DocumentNumber", is_required=False), Item("DocumentDate", DATE, is_required=False)
_SUM, _MAYBE_SUM = Item("TotalSum", DECIMAL), Item("TotalSum", DECIMAL, is_required=False)
_VAT, _GROUNDS = Item("TotalVat", DECIMAL, is_required=False), Item("Grounds", is_required=False)
_FORMAL_ITEMS = (_NUMBER, _DATE, _MAYBE_SUM, _VAT, Item("CurrencyCode", is_required=False))
_UTD_SCHEMAS = (
    ("0:titlexsd", "utd title 5.03"),
    ("0:usercontractxsd", "ON_NSCHFDOPPR_UserContract_970_05_03_01.xsd"),
    ("1:usercontractxsd", "ON_NSCHFDOPPOK_UserContract_970_05_03_01.xsd"),
)
_RECONCILIATION_SCHEMAS = (
    ("0:titlexsd", "ON_AKTSVEROTP_1_972_01_05_01_01.xsd"),
    ("0:usercontractxsd", "ON_AKTSVEROTP_UserContract_420_05_01_01.xsd"),
    ("1:titlexsd", "ON_AKTSVERPOL_1_972_02_05_01_01.xsd"),
)


def _utd(function: str, *workflows: int, version: str = UTD_970, type_named_id: str = UTD) -> Kind:
    is_actual = version == UTD_970
    return Kind(
        type_named_id=type_named_id,
        function=function,
        version=version,
        title="Акт" if type_named_id == XML_ACT else "УПД",
        attachment_type=type_named_id,
        workflows=workflows,
        items=_FORMAL_ITEMS,
        is_formal=True,
        is_actual=is_actual,
        content_type_id="utd970_05_03",
        schemas=_UTD_SCHEMAS if is_actual else (),
    )


def _file(type_named_id: str, title: str, workflows: tuple[int, ...], *items: Item) -> Kind:
    return Kind(
        type_named_id=type_named_id,
        function="default",
        version="v1",
        title=title,
        attachment_type=type_named_id,
        workflows=workflows,
        items=(_FILE, *items),
    )


# Sources: facts 8.2 (functions and versions), 8.3 (workflows), 8.4 (metadata). The default workflow of ДОП and all of
# Contract and SupplementaryAgreement but their metadata are not published: what stands here is our choice.
KINDS: tuple[Kind, ...] = (
    _utd("СЧФ", 17),
    _utd("ДОП", 3, 9),
    _utd("СЧФДОП", 18, 16),
    _utd("ДОП", 3, version="utd970_05_02_01"),
    _utd("ДОП", 3, version="utd820_05_01_02_hyphen"),
    _utd("default", 3, 9, type_named_id=XML_ACT),
    Kind(
        type_named_id=RECONCILIATION,
        function="default",
        version=RECONCILIATION_405,
        title="Акт сверки",
        attachment_type=RECONCILIATION,
        workflows=(3,),
        is_formal=True,
        content_type_id="reconciliationact405_05_01",
        schemas=_RECONCILIATION_SCHEMAS,
    ),
    _file("AcceptanceCertificate", "Акт", (2, 1), _NUMBER, _DATE, _MAYBE_SUM, _VAT, _GROUNDS),
    _file("ProformaInvoice", "Счёт", (6,), _NUMBER, _DATE, _SUM, _VAT, _GROUNDS),
    _file("Nonformalized", "Неформализованный документ", (1,), _MAYBE_NUMBER, _MAYBE_DATE),
    _file(
        "Contract",
        "Договор",
        (1, 2),
        _NUMBER,
        _DATE,
        Item("ContractType", is_required=False),
        Item("ContractPrice", DECIMAL, is_required=False),
    ),
    _file(
        "SupplementaryAgreement",
        "Дополнительное соглашение",
        (1, 2),
        _NUMBER,
        _DATE,
        Item("ContractDocumentNumber"),
        Item("ContractDocumentDate", DATE),
        _MAYBE_SUM,
        Item("ContractType", is_required=False),
    ),
)
TYPES = tuple(dict.fromkeys(kind.type_named_id for kind in KINDS))


def find_kind(type_named_id: str, function: str = "", version: str = "") -> Kind:
    """The row of this type, function and version; each of the last two may be left out where there is only one.

    Raises:
        Refusal: 400, there is none, more than one, or it is not actual any more. Source: facts 8.1, 8.2.
    """
    rows = [kind for kind in KINDS if kind.type_named_id == type_named_id]
    if not rows:
        raise Refusal(400, f"Unknown TypeNamedId: {type_named_id}")
    rows = [kind for kind in rows if not function or kind.function == function]
    if len({kind.function for kind in rows}) != 1:
        raise Refusal(400, f"Function must be one of the functions of {type_named_id}, got: {function or 'nothing'}")
    rows = [kind for kind in rows if not version or kind.version == version]
    if len(rows) != 1:
        raise Refusal(400, f"Version must be one of the versions of {type_named_id}, got: {version or 'nothing'}")
    if not rows[0].is_actual:
        raise Refusal(400, f"Version {rows[0].version} of {type_named_id} is not actual")
    return rows[0]


def get_document_types(world: World, request: Request) -> Answer:
    """All kinds with their versions, titles and metadata. Source: fact 8.1."""
    world.my_box(request, request.required("boxId"))
    return json_answer({"DocumentTypes": [_type_view(name) for name in TYPES]})


def _type_view(type_named_id: str) -> Json:
    kinds = [kind for kind in KINDS if kind.type_named_id == type_named_id]
    functions = dict.fromkeys(kind.function for kind in kinds)
    return {
        "Name": type_named_id,
        "Title": kinds[0].title,
        "SupportedDocflows": [0, 1],
        "RequiresFnsRegistration": False,
        "UniversalMessagesStartDate": "",
        "Functions": [
            {"Name": name, "Versions": [_version_view(kind) for kind in kinds if kind.function == name]}
            for name in functions
        ],
    }


def _version_view(kind: Kind) -> Json:
    source = FROM_XML if kind.is_formal else FROM_SENDER
    titles: list[Json] = [
        {
            "Index": 0,
            "IsFormal": kind.is_formal,
            "XsdUrl": _schema_url(kind, 0, "TitleXsd"),
            "UserDataXsdUrl": _schema_url(kind, 0, "UserContractXsd"),
            "SignerInfo": {"SignerType": 3 if kind.is_formal else 0, "ExtendedDocumentTitleType": -1},
            "MetadataItems": [
                {"Id": item.key, "Type": item.kind, "IsRequired": item.is_required, "Source": source}
                for item in kind.items
            ],
            "EncryptedMetadataItems": [],
        }
    ]
    if kind.is_formal:
        signer = {"SignerType": 3, "ExtendedDocumentTitleType": -1}
        rest: Json = {"MetadataItems": [], "EncryptedMetadataItems": []}
        titles.append({"Index": 1, "IsFormal": True, "SignerInfo": signer, **rest})
    return {
        "Version": kind.version,
        "IsActual": kind.is_actual,
        "SupportsContentPatching": kind.is_formal,
        "SupportsEncrypting": not kind.is_formal,
        "SupportsPredefinedRecipientTitle": False,
        "SupportsAmendmentRequest": True,
        "Workflows": [{"Id": one, "IsDefault": one == kind.workflows[0]} for one in kind.workflows],
        "Titles": titles,
    }


def _schema_url(kind: Kind, index: int, content: str) -> str:
    if f"{index}:{content.lower()}" not in dict(kind.schemas):
        return ""
    return (
        f"/GetContent?typeNamedId={kind.type_named_id}&function={kind.function}&version={kind.version}"
        f"&titleIndex={index}&contentType={content}"
    )
