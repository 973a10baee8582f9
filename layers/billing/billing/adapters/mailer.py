"""Letters through SES: one message, one address; what happened to it comes back as events with its tag."""

from __future__ import annotations

import re
from contextlib import suppress
from email.errors import MessageError
from email.header import Header
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formataddr
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from billing.adapters.pace import Pace
from billing.domain.errors import UnavailableError
from billing.ports import AwayError, Letter, RefusedError, UnknownOutcomeError

# Source: botocore's model of SES v2, SendEmail; SES «Errors related to the sending quotas», «Email sending errors»
_TOO_FAST = frozenset({"TooManyRequestsException", "ThrottlingException", "Throttling"})
_SHUT = frozenset(  # the account, its rights or its settings, never the letter
    {
        "AccountSuspendedException",
        "SendingPausedException",
        "AccountSendingPausedException",
        "ConfigurationSetSendingPausedException",
        "MailFromDomainNotVerifiedException",
        "NotFoundException",
        "AccessDeniedException",
        "AccessDenied",
        "ExpiredTokenException",
        "InvalidClientTokenId",
        "UnrecognizedClientException",
    }
)
_REFUSALS = frozenset({"MessageRejected", "BadRequestException"})
_NOT_VERIFIED = re.compile(r"not verified.*?(?:region [\w-]+: *(?P<who>.*))?$", re.IGNORECASE | re.DOTALL)
QUOTA_S = 600  # Source: SES «Errors related to the sending quotas»: «an interval of up to 10 minutes»
SHUT_S = 900
NO_END = 1_000_000_000
_SEVEN_BIT = SMTP.clone(cte_type="7bit")  # Source: SES «Sending raw email»: content must be 7-bit ASCII
SIZE_MAX = 38_000_000  # SES takes 40 MB; the rest is the coding of the attachments' names


class SesMailer:
    """Implements `ports.Mailer`. `name` stands beside the sender's address, and answers go to `reply_to`."""

    def __init__(
        self,
        client: Any,
        *,
        address: str,
        configuration_set: str,
        name: str = "",
        reply_to: str = "",
        pace: Pace | None = None,
    ) -> None:
        self._ses, self._set, self._reply_to = client, configuration_set, reply_to
        self._pace = pace or Pace()
        self._sender = sender_of(name, address)

    def await_turn(self) -> None:
        if self._pace.wants_rate():
            with suppress(ClientError, BotoCoreError):  # without an answer it goes on as before
                self._pace.rate(self._quota()[0])
        self._pace.await_turn()

    def room(self) -> int:
        try:
            return self._quota()[1]
        except (ClientError, BotoCoreError) as error:
            raise UnavailableError(f"the mail service does not say its quota: {type(error).__name__}") from error

    def _quota(self) -> tuple[float, int]:
        """Return letters a second and those left of 24 hours. Quota -1 has no end. Source: SES v2 API, GetAccount."""
        account = self._ses.get_account()
        quota = account.get("SendQuota", {})
        most, sent = quota.get("Max24HourSend", 0.0), quota.get("SentLast24Hours", 0.0)
        left = NO_END if most < 0 else max(0, int(most - sent))
        return quota.get("MaxSendRate", 0.0), left if account.get("SendingEnabled", True) else 0

    def send(self, letter: Letter, *, to: str, delivery: str) -> str:
        raw = mime(letter, sender=self._sender, to=to, delivery=delivery, reply_to=self._reply_to)
        if len(raw) > SIZE_MAX:
            raise RefusedError(f"a letter of {len(raw)} bytes is too large")
        try:
            answer = self._ses.send_email(
                FromEmailAddress=self._sender,
                Destination={"ToAddresses": [to]},
                Content={"Raw": {"Data": raw}},
                ConfigurationSetName=self._set,
                EmailTags=[{"Name": "delivery", "Value": delivery}],
            )
        except ClientError as error:
            raise self._meaning(error, to) from error
        except BotoCoreError as error:
            raise UnknownOutcomeError(f"no answer from the mail service: {type(error).__name__}") from error
        return str(answer["MessageId"])

    def _meaning(self, error: ClientError, to: str) -> Exception:
        """Turn an error of the mail service into ours: come back later, never send this letter, or outcome unknown."""
        code, text = error.response["Error"]["Code"], error.response["Error"].get("Message", "")
        if code == "LimitExceededException" or "daily message quota" in text.lower():
            return self._shut(f"the day's quota of the mail service is used up: {code}", QUOTA_S)
        if code in _TOO_FAST:
            return AwayError(f"the mail service is busy: {code}", seconds=self._pace.soon())
        if error.response["ResponseMetadata"]["HTTPStatusCode"] >= 500:
            return UnknownOutcomeError(f"the mail service failed: {code}")
        if code in _SHUT or "paused" in text.lower():
            return self._shut(f"the mail service takes no letters of ours: {code}", SHUT_S)
        if unverified := _NOT_VERIFIED.search(text):
            away = f"the mail service does not know who writes, or it is in its sandbox: {code}"
            if (unverified["who"] or "").strip().casefold() == to.casefold():  # the sandbox, and others may pass
                return AwayError(away, seconds=SHUT_S)
            return self._shut(away, SHUT_S)
        return RefusedError(f"the mail service refused: {code}") if code in _REFUSALS else error

    def _shut(self, text: str, seconds: int) -> AwayError:
        self._pace.shut(seconds)
        return AwayError(text, seconds=seconds)


def mime(letter: Letter, *, sender: str, to: str, delivery: str, reply_to: str = "") -> bytes:
    """The letter as bytes: text and HTML, then the files under their Russian names.

    Raises:
        RefusedError: a header would not fit one line: an address or a subject with a line break in it.
    """
    heads = (sender, to, reply_to, letter.subject, delivery, letter.stop_url)
    if any(mark in text for text in heads for mark in "\r\n"):
        raise RefusedError("a header of the letter is not one line")  # the library lets one at the end pass
    try:
        message = EmailMessage(policy=_SEVEN_BIT)
        message["To"] = to
        if reply_to:
            message["Reply-To"] = reply_to
        message["X-Delivery"] = delivery
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(letter.text)
        message.add_alternative(letter.html, subtype="html")
        for a in letter.attachments:
            kind, _, subtype = a.content_type.partition("/")
            message.add_attachment(a.body, maintype=kind, subtype=subtype, filename=a.file_name)
        return _subject(letter.subject) + _from(sender) + _unsubscribe(letter.stop_url) + message.as_bytes()
    except (ValueError, MessageError) as error:
        raise RefusedError("a header of the letter is not one line") from error


def _subject(text: str) -> bytes:
    """The header, folded. Not by `EmailMessage`: breaking a line that has no-break spaces in it, it loses a space."""
    said = Header(text, "utf-8", header_name="Subject").encode(linesep="\r\n")
    return f"Subject: {said}\r\n".encode("ascii")


def _unsubscribe(url: str) -> bytes:
    """Return the headers behind a mail program's unsubscribe button. Source: RFC 8058, 3.1; RFC 2369, 3.2."""
    if not url:
        return b""
    return f"List-Unsubscribe: <{url}>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n".encode("ascii")


def _from(sender: str) -> bytes:
    """Fold the header, an encoded word a line, as the API takes it: `EmailMessage` loses a space of a long name."""
    folded = sender.replace("?= ", "?=\r\n ")
    return f"From: {folded}\r\n".encode("ascii")


def sender_of(name: str, address: str) -> str:
    """Return both in ASCII, as the API takes them. Source: SES API v2, SendEmail: names are MIME encoded words."""
    words = name if name.isascii() else " ".join(Header(name, "utf-8", maxlinelen=75).encode().split())
    return formataddr((words, address))
