"""What became of a letter, in words a person uses.

Source: docs.aws.amazon.com, SES «Contents of event data»: bounce types and subtypes, complaint feedback types.
"""

from __future__ import annotations

_STATES = {
    "queued": "в очереди",
    "sending": "отправляется",
    "accepted": "отправлено",
    "delivered": "дошло",
    "bounced": "не доставлено",
    "complained": "отмечено как спам, больше не пишем",
    "suppressed": "не отправлено",
    "refused": "не отправлено: почта не приняла письмо",
    "unconfirmed": "отправлено, подтверждения нет",
}
_REASONS = {
    "Permanent/General": "адрес не принимает почту",
    "Permanent/NoEmail": "адреса нет",
    "Permanent/Suppressed": "адреса нет, почта его больше не принимает",
    "Permanent/OnAccountSuppressionList": "адрес раньше не принимал почту",
    "Permanent/UnsubscribedRecipient": "получатель отказался от писем",
    "Transient/General": "почтовый сервер получателя не ответил",
    "Transient/MailboxFull": "ящик переполнен",
    "Transient/MessageTooLarge": "письмо слишком большое для ящика",
    "Transient/ContentRejected": "почтовый сервер получателя отклонил содержание",
    "Transient/AttachmentRejected": "почтовый сервер получателя отклонил вложение",
    "Undetermined/Undetermined": "почтовый сервер получателя вернул письмо без причины",
    "abuse": "получатель пожаловался на спам",
    "auth-failure": "почтовый сервер не узнал отправителя",
    "fraud": "получатель пожаловался на мошенничество",
    "virus": "почтовый сервер нашёл в письме вирус",
}


def state_said(status: str, code: str = "") -> str:
    """«дошло», «не доставлено: ящик переполнен»: the status of a delivery, with the reason where one is known."""
    said = _STATES.get(status, status)
    if status not in ("bounced", "suppressed"):
        return said
    reason = _REASONS.get(code) or ("адрес не принимает почту" if code.startswith("Permanent") else "")
    return f"{said}: {reason}" if reason else said
