"""How values stand in letters: cleaned of everything that breaks lines or turns text around, then worded."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from markupsafe import Markup

from billing.domain import money, wording
from billing.domain.documents import DocumentKind
from billing.domain.edo_reasons import Reason
from billing.domain.edo_sending import Quarter
from billing.domain.edo_wording import stage_said
from billing.domain.errors import InvalidInputError
from billing.domain.money import NBSP, Kopecks
from billing.domain.parties import masked
from billing.domain.periods import Month
from billing.domain.wording import one_line
from billing.letters.contexts import DocumentLine

_KINDS = {
    "act": ("акт", "акты"),
    "invoice": ("счёт", "счета"),
    "reconciliation": ("акт сверки", "акты сверки"),
    "contract": ("договор", "договоры"),
}
_CLASSES = {
    "BANK": "банковский перевод",
    "CARD_LE": "карта, юридическое лицо",
    "CARD_IND": "карта, физическое лицо",
    "BONUS": "бонусы",
    "CREDIT": "ещё не оплачено",
}
_STATES = {
    "queued": "в очереди",
    "sending": "отправляются",
    "accepted": "приняты почтой",
    "delivered": "доставлены",
    "bounced": "вернулись",
    "complained": "отмечены как спам",
    "suppressed": "не отправлены: адрес в стоп-листе",
    "refused": "не приняты почтой",
    "unconfirmed": "без подтверждения",
}
_EDO_KINDS = {
    "invitations": "Приглашения в Диадок",
    "sending": "Отправка в Диадок",
    "overdue": "Окно кончилось, в Диадок ушло не всё",
    "news": "Диадок, новое",
    "unsigned": "Не подписано клиентами",
    "preflight": "Готовность к отправке в Диадок",
}
_EDO_SECTIONS = {  # lists and totals of a report on the EDO
    "payers": "Плательщиков",
    "partners": "Обмен установлен",
    "person": "Нужен человек",
    "refused": "Отказались от обмена",
    "accepted": "Приняли приглашение",
    "invited": "Приглашены",
    "reminded": "Напомнили письмом",
    "waiting": "Ждём ответа",
    "sent": "Отправлены",
    "signed": "Подписаны",
    "refused_documents": "Отказано в подписи",
    "awaits_our_signature": "Ждут нашей подписи",
    "not_partners": "Обмен не установлен",
    "not_ready": "Не готовы",
    "failed": "Не отправлены",
    "findings": "Найдено при проверке",
    "ready": "Готовы",
    "left": "Осталось",
    "stops": "Обмен стоит",
    "answers": "Ответы клиентов",
    "failures": "Не дошли",
    "overdue": "Не ушло за окно",
    "unsigned": "Доставлены и не подписаны",
}
_REASONS = frozenset(Reason)


def printed(value: Any) -> Any:
    """What stands for a value in a letter; the environment calls it for every one of them, before escaping."""
    return one_line(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def roubles(amount: Kopecks) -> str:
    """«5 500,00 ₽», unbroken."""
    return f"{money.roubles(amount)}{NBSP}₽"


def said(document: DocumentLine) -> str:
    """What stands beside a document: its sum, or of an act of reconciliation who owes whom; a contract has none."""
    if document.kind is DocumentKind.CONTRACT:
        return "на подпись"
    if document.kind is not DocumentKind.RECONCILIATION:
        return roubles(document.total)
    if not document.total:
        return "долгов нет"
    return f"{'ваш' if document.total > 0 else 'наш'} долг {roubles(abs(document.total))}"


def made_of(document: DocumentLine) -> str:
    """«Задолженность за январь 2 000,00 ₽, аванс за февраль 6 000,00 ₽. Действует до …»; empty: nothing to say."""
    several = len(document.parts) > 1
    parts = [what + (f" {roubles(amount)}" if several else "") for what, amount in document.parts]
    said = [capital(", ".join(part[:1].lower() + part[1:] for part in parts))] if parts else []
    if document.pay_by:
        said.append(f"Действует до{NBSP}{wording.long_date(document.pay_by)}")
    return ". ".join(text.removesuffix(".") for text in said) + ("." if said else "")


def link(url: str) -> str:
    """The address of a page, if it is one.

    Raises:
        InvalidInputError: it would not open a page but run or reveal something.
    """
    if not url.startswith(("https://", "http://")):
        raise InvalidInputError("a letter links to pages only")
    return url


def kind_name(kind: str, count: int = 1) -> str:
    """«акт», of several «акты»; a kind without a name is called as it is."""
    one, several = _KINDS.get(kind, (kind, kind))
    return one if count == 1 else several


def class_name(money_class: str) -> str:
    return _CLASSES.get(money_class, money_class)


def state_name(state: str) -> str:
    return _STATES.get(state, state)


def vat_name(rate: str) -> str:
    """Print a VAT rate: «22 %» or «без НДС»."""
    return "без НДС" if rate == "none" else f"{rate}{NBSP}%"


def numbers(missing: Sequence[tuple[int, int]]) -> str:
    """Print stretches of numbers: «17, 20–23»."""
    return ", ".join(f"{first}" if first == last else f"{first}–{last}" for first, last in missing)


def edo_title(kind: str, period: str) -> str:
    """«Приглашения в Диадок, февраль 2026 г.»; a period that is no month and no quarter stays as it is."""
    return f"{_EDO_KINDS.get(kind, kind)}, {window_name(period)}"


def window_name(period: str) -> str:
    """«1 квартал 2026 г.» or «февраль 2026 г.»."""
    try:
        if "Q" in period:
            quarter = Quarter.parse(period)
            return f"{quarter.number}{NBSP}квартал {quarter.year}{NBSP}г."
        if period.count("-") == 2:
            return wording.long_date(date.fromisoformat(period))
        return wording.month_name(Month.parse(period))
    except (InvalidInputError, ValueError):
        return period


def edo_section(name: str) -> str:
    return _EDO_SECTIONS.get(name, name)


def reason_text(reason: str) -> str:
    return Reason(reason).text if reason in _REASONS else reason


def reason_remedy(reason: str) -> str:
    return Reason(reason).remedy if reason in _REASONS else ""


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]


FILTERS: dict[str, Callable[..., Any]] = {
    "roubles": roubles,
    "said": said,
    "made_of": made_of,
    "bare_roubles": money.roubles,
    "link": link,
    "kind_name": kind_name,
    "class_name": class_name,
    "state_name": state_name,
    "vat_name": vat_name,
    "numbers": numbers,
    "edo_title": edo_title,
    "edo_section": edo_section,
    "window_name": window_name,
    "stage_name": stage_said,
    "reason_text": reason_text,
    "reason_remedy": reason_remedy,
    "capital": capital,
    "masked": masked,
    "counted": wording.counted,
    "plural": wording.plural,
    "short_date": wording.short_date,
    "long_date": wording.long_date,
    "month_name": wording.month_name,
    "month_of": wording.month_of,
}
