"""What SES says of a letter, as ours. Source: docs.aws.amazon.com, SES «Event publishing to SNS: contents»."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from billing.ports import LetterEvent

_STATUS = {
    "Send": "accepted",
    "Delivery": "delivered",
    "Bounce": "bounced",
    "Complaint": "complained",
    "Reject": "refused",
    "Rendering Failure": "refused",
}


def letter_event(body: Mapping[str, Any]) -> LetterEvent | None:
    """The event in an SNS notification (or as it is), or None when it changes nothing: a delay, an open, not ours.

    A bounce of the passing kind (mailbox full) ends this letter, but not the address.
    """
    said = _said(body["Message"]) if "Message" in body else body
    kind = said.get("eventType") or said.get("notificationType") or ""
    delivery = next(iter(said.get("mail", {}).get("tags", {}).get("delivery", ())), "")
    if kind not in _STATUS or not delivery:
        return None
    bounce = said.get("bounce", {})
    code = "/".join(filter(None, (bounce.get("bounceType"), bounce.get("bounceSubType"))))
    return LetterEvent(
        delivery=delivery,
        status=_STATUS[kind],
        message=said["mail"].get("messageId", ""),
        code=code or said.get("complaint", {}).get("complaintFeedbackType", "") or "",
        permanent=bounce.get("bounceType") == "Permanent",
    )


def _said(text: str) -> Mapping[str, Any]:
    """SES greets a new topic with a sentence, which is no event."""
    try:
        said = json.loads(text)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}
