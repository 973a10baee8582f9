"""Everything about Diadoc that its documentation leaves open, or that differs from company to company."""

from __future__ import annotations

from dataclasses import dataclass, field

from billing.ports_edo import EdoKind

UTD = "UniversalTransferDocument"
FORMAT_970 = "utd970_05_03_01"


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpSettings:
    """How we ask. A pause longer than `sleep_max_s` is not slept here: the caller comes back later.

    Source: Diadoc API, technical information (at most 4 threads and 100 requests a second, one token for all); exact
    thresholds are not published, so the defaults stay far below.
    """

    rps: float = 5
    burst: int = 5
    concurrency: int = 4
    attempts: int = 4
    connect_s: float = 10
    read_s: float = 100
    backoff_s: float = 1
    backoff_max_s: float = 60
    sleep_max_s: float = 15
    poll_s: int = 5             # when the operator is still working and names no time


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiSettings:
    """Sizes that are not published."""

    events_limit: int = 100
    inn_list_chunk: int = 100
    counteragents_page: int = 100
    inline_max_bytes: int = 500_000
    shelf_part_bytes: int = 3 * 1024 * 1024
    shelf_rounds: int = 3
    shelf_max_bytes: int = 400 * 1024 * 1024
    documents_max: int = 40


ACT = EdoKind(type=UTD, function="ДОП", version=FORMAT_970)
ACT_WITH_INVOICE = EdoKind(type=UTD, function="СЧФДОП", version=FORMAT_970)
ACT_FILE = EdoKind(type="AcceptanceCertificate", function="default", version="v1")
CONTRACT = EdoKind(type="Contract")
RECONCILIATION = EdoKind(type="ReconciliationAct", function="default", version="reconciliationact405_05_01_01")
PROFORMA_INVOICE = EdoKind(type="ProformaInvoice", function="default", version="v1")
NONFORMALIZED = EdoKind(type="Nonformalized", function="default", version="v1")


@dataclass(frozen=True, slots=True, kw_only=True)
class KindSettings:
    """As what each of our documents goes. Empty function or version: the only one that the operator has."""

    act: EdoKind = ACT
    act_with_invoice: EdoKind = ACT_WITH_INVOICE
    act_file: EdoKind = ACT_FILE
    contract: EdoKind = CONTRACT
    reconciliation: EdoKind = RECONCILIATION
    reconciliation_file: EdoKind = NONFORMALIZED
    invoice: EdoKind = PROFORMA_INVOICE


@dataclass(frozen=True, slots=True, kw_only=True)
class DiadocSettings:
    """`box`: ours, in either spelling. `secret`: the name under which the login's tokens are kept."""

    box: str
    secret: str
    base_url: str = "https://diadoc-api.kontur.ru"
    identity_url: str = "https://identity.kontur.ru"
    solution: str = ""          # goes as X-Solution-Info
    http: HttpSettings = field(default_factory=HttpSettings)
    api: ApiSettings = field(default_factory=ApiSettings)
    kinds: KindSettings = field(default_factory=KindSettings)
