"""What the stand-in remembers. Plain records: `persistence` writes and reads them as JSON by their types."""

from __future__ import annotations

from dataclasses import dataclass, field

from local.diadoc.message_records import BoxEvent, Message


@dataclass(slots=True, kw_only=True)
class Settings:
    """What Diadoc does not publish, or does differently at different times. Each may be changed while it runs."""

    verdict_after_s: int = 20
    delivery_after_s: int = 0
    acquire_polls: int = 1  # how many times the result of an invitation is «not yet»
    acquire_takes_s: int = 3
    print_polls: int = 1
    print_not_ready_status: int = 200  # or 204
    rotate_refresh_tokens: bool = False
    inline_bytes_max: int = 524_288
    message_documents_max: int = 40
    request_bytes_max: int = 70 * 1024 * 1024
    shelf_part_bytes_max: int = 3 * 1024 * 1024
    cloud_task_s: int = 86_400  # how long a task of signing waits for the person
    field_from_the_future: bool = True  # one field in each answer that no client knows
    calls_kept: int = 20_000


@dataclass(slots=True, kw_only=True)
class Department:
    """A department beside the head one. Source: fact 6.10."""

    department_id: str
    name: str
    kpp: str = ""
    is_disabled: bool = False


@dataclass(slots=True, kw_only=True)
class Organization:
    """An organisation and its one box. Source: fact 6.7."""

    org_id: str
    box_id: str
    inn: str
    kpp: str
    ogrn: str
    full_name: str
    short_name: str
    fns_participant_id: str
    kind: str  # Juridical, Individual
    created: int
    address: dict[str, str] = field(default_factory=dict)  # attributes of RussianAddress
    departments: list[Department] = field(default_factory=list)
    operator: str = "2BM"
    is_active: bool = True
    is_test: bool = False
    is_roaming: bool = False
    is_branch: bool = False
    in_directory: bool = True  # no: known only to the search at other operators, until somebody asks for its box
    hides_data: bool = False  # from that search
    sociability: str = "AllOrganizations"
    liquidation_date: str = ""
    may_use_api: bool = True  # the paid subscription
    blocks: list[str] = field(default_factory=list)  # boxes whose messages are refused
    accepts_invitations_after_s: int | None = None
    hides_acceptance: bool = False  # roaming: accepted there, still «invited» here
    signs_after_s: int | None = None
    wants_receipts: bool = False  # on its titles, where it signs by itself


@dataclass(slots=True, kw_only=True)
class Operator:
    """An operator of EDO, known by three letters of the participant's id. Source: fact 6.6."""

    fns_id: str
    name: str
    is_active: bool = True
    features: list[str] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class User:
    """A service user: the pair of the client, the refresh token of the cabinet, the boxes with rights."""

    name: str
    client_id: str
    client_secret: str
    refresh_token: str
    boxes: list[str] = field(default_factory=list)
    may_manage_partners: bool = True


@dataclass(slots=True, kw_only=True)
class AccessToken:
    """A token given out, and when it ends."""

    user: str
    expires: int


@dataclass(slots=True, kw_only=True)
class Partnership:
    """What one box sees of another. Source: fact 7.1."""

    partner: str
    status: str
    before: str = ""  # the status a withdrawn invitation returns to
    position: int = 0
    ticks: int = 0
    message_to: str = ""
    message_from: str = ""
    comment: str = ""
    invitation: dict[str, str] = field(default_factory=dict)  # MessageId, EntityId of the attachment


@dataclass(slots=True, kw_only=True)
class PartnerEvent:
    """A line of the feed of partners."""

    event_id: str
    position: int
    partnership: Partnership
    types: list[str]


@dataclass(slots=True, kw_only=True)
class AcquireTask:
    """An invitation under way. It is done by the clock, or when it was asked about often enough."""

    task_id: str
    my_box: str
    partner: str
    message: str
    failure: str
    polls_left: int
    has_attachment: bool = False
    done: bool = False
    invitation: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class Operation:
    """The first success under an operationId."""

    message_id: str
    patch_id: str = ""


@dataclass(slots=True, kw_only=True, order=True)
class Job:
    """Something that will be done when the clock has come to `due`."""

    due: int
    number: int
    kind: str
    arguments: list[str]


@dataclass(slots=True, kw_only=True)
class ShelfFile:
    """A file of the shelf, by parts."""

    parts: dict[str, bytes]
    created: int
    is_complete: bool


@dataclass(slots=True, kw_only=True)
class CloudTask:
    """Files that a person is asked to sign in the telephone. Source: fact 12.9."""

    task_id: str
    box: str
    files: list[bytes]
    begun: int
    status: str = "InProgress"


@dataclass(slots=True, kw_only=True)
class State:
    """All of it."""

    seed: str = "diadoc"
    numbers: dict[str, int] = field(default_factory=dict)
    settings: Settings = field(default_factory=Settings)
    organizations: dict[str, Organization] = field(default_factory=dict)  # by box
    operators: dict[str, Operator] = field(default_factory=dict)
    register: dict[str, str] = field(default_factory=dict)  # INN to name: companies that Diadoc may make a box for
    users: dict[str, User] = field(default_factory=dict)
    tokens: dict[str, AccessToken] = field(default_factory=dict)
    partnerships: dict[str, dict[str, Partnership]] = field(default_factory=dict)
    partner_events: dict[str, list[PartnerEvent]] = field(default_factory=dict)
    tasks: dict[str, AcquireTask] = field(default_factory=dict)
    messages: dict[str, Message] = field(default_factory=dict)
    events: dict[str, list[BoxEvent]] = field(default_factory=dict)
    operations: dict[str, Operation] = field(default_factory=dict)
    jobs: list[Job] = field(default_factory=list)
    shelf: dict[str, ShelfFile] = field(default_factory=dict)
    cloud_tasks: dict[str, CloudTask] = field(default_factory=dict)
    bad_signatures: dict[str, list[int]] = field(default_factory=dict)
