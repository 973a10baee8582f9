"""Their shapes, as JSON. Only the fields that we read or write; every other field is ignored.

All fields may be missing, empty or null; enums are names, and names that are not known here are no error.
Sources are pages of https://developer.kontur.ru/doc/diadoc-api and the protos of the official SDK.
"""

from __future__ import annotations

from typing import TypedDict


class Organization(TypedDict, total=False):
    """Source: https://developer.kontur.ru/doc/diadoc-api/proto/Organization."""

    OrgId: str
    Inn: str
    Kpp: str
    FullName: str
    ShortName: str
    Boxes: list[OrganizationBox]
    FnsParticipantId: str
    Address: dict[str, object]
    Departments: list[Department]
    IsActive: bool
    IsTest: bool
    IsRoaming: bool
    IsBranch: bool
    Sociability: str            # AllOrganizations | CounteragentsOnly
    LiquidationDate: str


class Department(TypedDict, total=False):
    """Source: https://developer.kontur.ru/doc/diadoc-api/proto/Department."""

    DepartmentId: str
    Kpp: str
    IsDisabled: bool


class OrganizationBox(TypedDict, total=False):
    """Source: https://developer.kontur.ru/doc/diadoc-api/proto/Box."""

    BoxId: str
    BoxIdGuid: str
    Title: str


class OrganizationWithStatus(TypedDict, total=False):
    """Source: https://developer.kontur.ru/doc/diadoc-api/http/GetOrganizationsByInnList."""

    Organization: Organization
    CounteragentStatus: str
    LastEventTimestampTicks: int


class Counteragent(TypedDict, total=False):
    """Source: https://developer.kontur.ru/doc/diadoc-api/proto/Counteragent."""

    IndexKey: str
    Organization: Organization
    CurrentStatus: str
    LastEventTimestampTicks: int
    InvitationDocumentId: DocumentId


class CounteragentList(TypedDict, total=False):
    """Source: https://developer.kontur.ru/doc/diadoc-api/http/GetCounteragents_V3."""

    TotalCount: int
    Counteragents: list[Counteragent]


class CounteragentEvent(TypedDict, total=False):
    """Source: https://developer.kontur.ru/doc/diadoc-api/http/GetCounteragentEvents."""

    EventId: str
    IndexKey: str
    EventTypes: list[str]
    Counteragent: CounteragentOfEvent


class CounteragentOfEvent(TypedDict, total=False):
    CounteragentBoxId: str
    Status: str
    EventTimestampTicks: int
    LastEventComment: str
    InvitationDocumentId: DocumentId


class SearchFnsParticipantsRequest(TypedDict, total=False):
    """Source: https://developer.kontur.ru/doc/diadoc-api/proto/SearchFnsParticipantsRequest."""

    Inn: str
    Kpp: str


class RoamingOrganizationRequest(TypedDict):
    """Source: …/diadoc-api/proto/GetOrCreateRoamingOrganizationByFnsParticipantIdRequest."""

    FnsParticipantId: str


class AcquireCounteragentRequest(TypedDict, total=False):
    """Source: https://developer.kontur.ru/doc/diadoc-api/http/AcquireCounteragent_V3."""

    BoxId: str
    Inn: str
    MessageToCounteragent: str


class DocumentId(TypedDict, total=False):
    MessageId: str
    EntityId: str


class RoamingOperator(TypedDict, total=False):
    """Source: https://developer.kontur.ru/doc/diadoc-api/http/GetRoamingOperators."""

    FnsId: str
    Name: str
    IsActive: bool
    Features: list[OperatorFeature]


class OperatorFeature(TypedDict, total=False):
    Name: str
    Description: str


class MetadataItem(TypedDict):
    Key: str
    Value: str


class PowerOfAttorneyToPost(TypedDict, total=False):
    """Source: https://developer.kontur.ru/doc/diadoc-api/proto/PowerOfAttorneyToPost."""

    UseDefault: bool
    FullId: dict[str, str]
    UseDocumentContent: bool
    SendAsFile: bool


class SignedContent(TypedDict, total=False):
    """Source: https://developer.kontur.ru/doc/diadoc-api/proto/SignedContent. Bytes are base64."""

    Content: str
    NameOnShelf: str
    Signature: str
    SignWithTestSignature: bool
    PowerOfAttorney: PowerOfAttorneyToPost


class DocumentAttachment(TypedDict, total=False):
    """Source: https://developer.kontur.ru/doc/diadoc-api/proto/DocumentAttachment."""

    TypeNamedId: str
    Function: str
    Version: str
    WorkflowId: int
    SignedContent: SignedContent
    Metadata: list[MetadataItem]
    NeedRecipientSignature: bool
    CustomDocumentId: str
    InitialDocumentIds: list[DocumentId]


class MessageToPost(TypedDict, total=False):
    """Source: https://developer.kontur.ru/doc/diadoc-api/proto/MessageToPost."""

    FromBoxId: str
    ToBoxId: str
    ToDepartmentId: str
    DocumentAttachments: list[DocumentAttachment]
    DelaySend: bool


class ReceiptGenerationRequest(TypedDict):
    """Source: https://developer.kontur.ru/doc/diadoc-api/proto/ReceiptGenerationRequestV2. The signer is base64."""

    MessageId: str
    AttachmentId: str
    SignerContent: str


class ReceiptAttachment(TypedDict):
    """Source: https://developer.kontur.ru/doc/diadoc-api/proto/ReceiptAttachment."""

    ParentEntityId: str
    SignedContent: SignedContent


class DocflowDocument(TypedDict, total=False):
    """Source: https://developer.kontur.ru/doc/diadoc-api/proto/Document."""

    MessageId: str
    EntityId: str
    CounteragentBoxId: str
    CustomDocumentId: str
    DocumentNumber: str
    TypeNamedId: str
    Function: str
    Version: str
    DeliveryTimestampTicks: int
    LastModificationTimestampTicks: int
    SenderSignatureStatus: str
    RecipientResponseStatus: str
    RevocationStatus: str
    RoamingNotificationStatus: str
    RoamingNotificationStatusDescription: str
    SenderReceiptMetadata: ReceiptMetadata
    AmendmentRequestMetadata: AmendmentRequestMetadata
    DocflowStatus: DocflowStatus


class AmendmentRequestMetadata(TypedDict, total=False):
    """Source: https://developer.kontur.ru/doc/diadoc-api/proto/AmendmentRequestMetadata. The flags are bits."""

    AmendmentFlags: int


class DocflowStatus(TypedDict, total=False):
    """Source: https://developer.kontur.ru/doc/diadoc-api/proto/DocflowStatusV3. Of it only what a power is."""

    PowerOfAttorneyGeneralStatus: PowerOfAttorneyStatus


class PowerOfAttorneyStatus(TypedDict, total=False):
    """Source: https://developer.kontur.ru/doc/diadoc-api/proto/PowerOfAttorneyValidationStatus."""

    StatusNamedId: str
    StatusText: str


class ReceiptMetadata(TypedDict, total=False):
    """Source: https://developer.kontur.ru/doc/diadoc-api/proto/SenderReceiptMetadata: on the recipient's title."""

    ReceiptStatus: str


class Content(TypedDict, total=False):
    Size: int
    Data: str


class Entity(TypedDict, total=False):
    """Source: https://developer.kontur.ru/doc/diadoc-api/proto/Entity%20message."""

    EntityType: str             # Attachment | Signature
    EntityId: str
    ParentEntityId: str
    AttachmentType: str
    FileName: str
    Content: Content
    NotDeliveredEventId: str
    DocumentInfo: DocflowDocument
    UniversalMessageInfo: UniversalMessageInfo


class UniversalMessageInfo(TypedDict, total=False):
    """Source: the operator's SDK, UniversalMessage.proto. It takes the place of receipts and refusals, type by type."""

    CodeGroup: str              # Receipt | AmendmentRequest | Rejection | InformationMessage
    Events: list[UniversalMessageEvent]


class UniversalMessageEvent(TypedDict, total=False):
    StatusCode: int
    PlainText: str


class Message(TypedDict, total=False):
    """Source: https://developer.kontur.ru/doc/diadoc-api/proto/Message."""

    MessageId: str
    FromBoxId: str
    ToBoxId: str
    Entities: list[Entity]


class Patch(TypedDict, total=False):
    """Source: https://developer.kontur.ru/doc/diadoc-api/proto/MessagePatch."""

    MessageId: str
    Entities: list[Entity]
    NotDeliveredEventId: str


class BoxEvent(TypedDict, total=False):
    """Source: https://developer.kontur.ru/doc/diadoc-api/proto/BoxEvent."""

    EventId: str
    IndexKey: str
    Message: Message
    Patch: Patch


class DocumentType(TypedDict, total=False):
    """Source: https://developer.kontur.ru/doc/diadoc-api/proto/DocumentTypeDescriptionV2."""

    Name: str
    UniversalMessagesStartDate: str
    Functions: list[DocumentFunction]


class DocumentFunction(TypedDict, total=False):
    Name: str
    Versions: list[DocumentVersion]


class DocumentVersion(TypedDict, total=False):
    Version: str
    IsActual: bool
    Workflows: list[Workflow]
    Titles: list[DocumentTitle]


class Workflow(TypedDict, total=False):
    Id: int
    IsDefault: bool


class DocumentTitle(TypedDict, total=False):
    Index: int
    IsFormal: bool
    MetadataItems: list[MetadataRule]


class MetadataRule(TypedDict, total=False):
    Id: str
    IsRequired: bool
    Source: int | str           # 0 from the XML, 1 from us


class SignatureInfo(TypedDict, total=False):
    """Source: https://developer.kontur.ru/doc/diadoc-api/proto/SignatureInfo."""

    SignatureVerificationResult: dict[str, object]
    EndDate: str
    Thumbprint: str


class DssSignResult(TypedDict, total=False):
    """Source: https://developer.kontur.ru/doc/diadoc-api/http/DssSignResult. The array has two names in the docs."""

    OperationStatus: str
    ConfirmType: str
    FileSigningResults: list[DssFile]
    DssFileSigningResult: list[DssFile]


class DssFile(TypedDict, total=False):
    FileSigningStatus: str
    Signature: str
