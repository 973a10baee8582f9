"""Why a letter came back or is not welcome: the mail service's codes as reasons that people may be told.

Source: docs.aws.amazon.com, SES «Contents of event data»: bounce types and subtypes, complaint feedback types.
"""

from __future__ import annotations

from enum import StrEnum


class Bounce(StrEnum):
    NO_ADDRESS = "no_address"
    REFUSED = "refused"  # by the address, for good
    UNSUBSCRIBED = "unsubscribed"
    NO_ANSWER = "no_answer"
    FULL = "full"
    LARGE = "large"
    CONTENT = "content"
    ATTACHMENT = "attachment"
    SPAM = "spam"
    FRAUD = "fraud"
    VIRUS = "virus"
    UNKNOWN_SENDER = "unknown_sender"
    OTHER = "other"  # no reason is given, or one that this version does not know


_OF_CODE = {
    "Permanent/General": Bounce.REFUSED,
    "Permanent/NoEmail": Bounce.NO_ADDRESS,
    "Permanent/Suppressed": Bounce.NO_ADDRESS,
    "Permanent/OnAccountSuppressionList": Bounce.REFUSED,
    "Permanent/UnsubscribedRecipient": Bounce.UNSUBSCRIBED,
    "Transient/General": Bounce.NO_ANSWER,
    "Transient/MailboxFull": Bounce.FULL,
    "Transient/MessageTooLarge": Bounce.LARGE,
    "Transient/ContentRejected": Bounce.CONTENT,
    "Transient/AttachmentRejected": Bounce.ATTACHMENT,
    "abuse": Bounce.SPAM,
    "auth-failure": Bounce.UNKNOWN_SENDER,
    "fraud": Bounce.FRAUD,
    "virus": Bounce.VIRUS,
}


def bounce_of(code: str) -> Bounce:
    """The reason that the code stands for; whatever else is permanent, the address refuses for good."""
    return _OF_CODE.get(code, Bounce.REFUSED if code.startswith("Permanent") else Bounce.OTHER)
