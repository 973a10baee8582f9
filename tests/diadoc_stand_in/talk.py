"""A plain HTTP caller and the bodies it sends: written apart from our client, as the stand-in is."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import httpx

from local.diadoc import DiadocStandIn

MORNING = datetime(2026, 10, 1, 9, 0, tzinfo=UTC)
MOSCOW = {"Region": "77", "City": "Москва", "Street": "Тверская", "Building": "1"}
UTD_PARAMETERS = {
    "documentTypeNamedId": "UniversalTransferDocument",
    "documentFunction": "ДОП",
    "documentVersion": "utd970_05_03_01",
    "titleIndex": "0",
}


class Clock:
    """A clock that moves by hand."""

    def __init__(self) -> None:
        self.moment = MORNING

    def __call__(self) -> datetime:
        return self.moment

    def pass_by(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)


class Talk:
    """One user's calls. GET parameters are encoded, JSON is asked for; `raw` sends what it is given."""

    def __init__(self, url: str, token: str = "") -> None:
        self.http = httpx.Client(base_url=url, timeout=10, verify=False)  # noqa: S501 plain HTTP: no certificates to load
        self.headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}

    def get(self, path: str, **parameters: Any) -> httpx.Response:
        return self.http.get(path, params=parameters, headers=self.headers)

    def post(self, path: str, document: Any = None, **parameters: Any) -> httpx.Response:
        return self.http.post(path, params=parameters, json=document, headers=self.headers)

    def send(self, path: str, content: bytes, **parameters: Any) -> httpx.Response:
        headers = {**self.headers, "Content-Type": "application/xml"}
        return self.http.post(path, params=parameters, content=content, headers=headers)

    def raw(self, verb: str, path: str, **more: Any) -> httpx.Response:
        return self.http.request(verb, path, **more)

    def close(self) -> None:
        self.http.close()


def token_form(name: str = "robot", **changes: str) -> dict[str, str]:
    form = {"grant_type": "refresh_token", "client_id": f"{name}-client", "client_secret": f"{name}-secret"}
    return {**form, "refresh_token": f"{name}-refresh-token", **changes}


def log_in(diadoc: DiadocStandIn, name: str) -> Talk:
    answer = httpx.post(f"{diadoc.url}/connect/token", data=token_form(name), verify=False)  # noqa: S501
    return Talk(diadoc.url, answer.json()["access_token"])


def base64_of(content: bytes) -> str:
    return base64.b64encode(content).decode()


def utd_contract(seller: str, buyer: str, **changes: str) -> bytes:
    """A user contract of an act by references to two boxes; `changes` are text replacements, old=new by pairs."""
    text = f"""<?xml version="1.0" encoding="utf-8"?>
<UniversalTransferDocument Function="ДОП" DocumentDate="30.09.2026" DocumentNumber="17"
    DocumentName="Акт об оказании услуг" Currency="643">
  <Sellers><Seller><OrganizationReference BoxId="{seller}"/></Seller></Sellers>
  <Buyers><Buyer><OrganizationReference BoxId="{buyer}"/></Buyer></Buyers>
  <Signers><Signer SignerPowersConfirmationMethod="1"><Fio LastName="Петрова" FirstName="Анна"/>
    <Position PositionSource="Manual">Генеральный директор</Position></Signer></Signers>
  <Table TotalWithVatExcluded="30000.00" WithoutVat="true" Total="30000.00">
    <Item Product="Доступ к сервису" ItemMark="3" Unit="796" Quantity="1" Price="30000.00"
      SubtotalWithVatExcluded="30000.00" TaxRate="NoVat" WithoutVat="true" Subtotal="30000.00"/></Table>
  <TransferInfo OperationInfo="Услуги оказаны" TransferDate="30.09.2026"><TransferBases>
    <TransferBase DocumentName="Договор" DocumentNumber="Д-77" DocumentDate="15.01.2025"/></TransferBases>
  </TransferInfo>
</UniversalTransferDocument>"""
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    return text.encode()


def party(inn: str, kpp: str = "770501001") -> str:
    return f'<OrganizationDetails OrgType="2" OrgName="ООО «Василёк»" Inn="{inn}" Kpp="{kpp}"/>'


def reconciliation_contract(sender: str, recipient: str) -> bytes:
    sums = (
        'StartBalanceDebit="0.00" StartBalanceCredit="0.00" TurnoverDebit="30000.00" TurnoverCredit="0.00" '
        'EndBalanceDebit="30000.00" EndBalanceCredit="0.00"'
    )
    return f"""<ReconciliationActSenderTitle DocumentNumber="АС-17" ReconciliationStartDate="01.07.2026"
    ReconciliationEndDate="30.09.2026" Currency="643">
  <Sender>{sender}</Sender><Recipient>{recipient}</Recipient>
  <Table {sums}><ContractInfoItems><Item Number="Д-77" Date="15.01.2025" {sums}>
    <DocumentInfoItems><Item Name="Акт" Number="17" Date="30.09.2026"><OperationInfoItems>
      <Item RowNumber="1" Name="Оказаны услуги" Date="30.09.2026" SumDebit="30000.00"/>
    </OperationInfoItems></Item></DocumentInfoItems></Item></ContractInfoItems></Table>
  <Signers><Signer><Fio LastName="Петрова" FirstName="Анна"/>
    <Position PositionSource="Manual">Директор</Position></Signer></Signers>
</ReconciliationActSenderTitle>""".encode()


def metadata(**values: str) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in values.items()]


def contract_file(signed: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A contract as a plain file."""
    rows = metadata(FileName="Договор.pdf", DocumentNumber="Д-77", DocumentDate="15.01.2025")
    return {
        "TypeNamedId": "Contract",
        "NeedRecipientSignature": True,
        "Metadata": rows,
        "SignedContent": signed,
        **more,
    }


def encoded(key: str) -> str:
    return quote(key, safe="")
