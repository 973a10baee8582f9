"""Letters through SES: one message, one address; what happened to it comes back as events with its tag."""

from __future__ import annotations

from email.errors import MessageError
from email.header import Header
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formataddr
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from billing.domain.errors import UnavailableError
from billing.ports import Letter, RefusedError, UnknownOutcomeError

_THROTTLED = frozenset(
    {
        "TooManyRequestsException",
        "LimitExceededException",
        "ThrottlingException",
        "Throttling",
        "SendingPausedException",
        "AccountSuspendedException",
    }
)
_SEVEN_BIT = SMTP.clone(cte_type="7bit")  # Source: SES «Sending raw email»: content must be 7-bit ASCII
SIZE_MAX = 38_000_000  # SES takes 40 MB; the rest is the coding of the attachments' names


class SesMailer:
    """Implements `ports.Mailer`. `name` stands beside the sender's address, and answers go to `reply_to`."""

    def __init__(
        self, client: Any, *, address: str, configuration_set: str, name: str = "", reply_to: str = ""
    ) -> None:
        self._ses, self._set, self._reply_to = client, configuration_set, reply_to
        self._sender = sender_of(name, address)

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
            code = error.response["Error"]["Code"]
            if code in _THROTTLED:
                raise UnavailableError(f"the mail service is busy: {code}") from error
            if error.response["ResponseMetadata"]["HTTPStatusCode"] >= 500:
                raise UnknownOutcomeError(f"the mail service failed: {code}") from error
            if code in ("MessageRejected", "BadRequestException", "MailFromDomainNotVerifiedException"):
                raise RefusedError(f"the mail service refused: {code}") from error
            raise
        except BotoCoreError as error:
            raise UnknownOutcomeError(f"no answer from the mail service: {type(error).__name__}") from error
        return str(answer["MessageId"])


def mime(letter: Letter, *, sender: str, to: str, delivery: str, reply_to: str = "") -> bytes:
    """The letter as bytes: text and HTML, then the files under their Russian names.

    Raises:
        RefusedError: a header would not fit one line: an address or a subject with a line break in it.
    """
    if any(mark in text for text in (sender, to, reply_to, letter.subject, delivery) for mark in "\r\n"):
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
        return _subject(letter.subject) + _from(sender) + message.as_bytes()
    except (ValueError, MessageError) as error:
        raise RefusedError("a header of the letter is not one line") from error


def _subject(text: str) -> bytes:
    """The header, folded. Not by `EmailMessage`: breaking a line that has no-break spaces in it, it loses a space."""
    said = Header(text, "utf-8", header_name="Subject").encode(linesep="\r\n")
    return f"Subject: {said}\r\n".encode("ascii")


def _from(sender: str) -> bytes:
    """The header as the API is given it, an encoded word a line: `EmailMessage` loses a space of a long name."""
    folded = sender.replace("?= ", "?=\r\n ")
    return f"From: {folded}\r\n".encode("ascii")


def sender_of(name: str, address: str) -> str:
    """Both in ASCII, as the API takes them. Source: SES API v2, SendEmail: names are MIME encoded words."""
    words = name if name.isascii() else " ".join(Header(name, "utf-8", maxlinelen=75).encode().split())
    return formataddr((words, address))
