"""Where a document is in the EDO, in a few Russian words for a list."""

from __future__ import annotations

import re

from billing.domain.edo_fate import Stage


def quoted(text: str) -> str:
    """Prepare a foreign text for a Russian reader: mark words of another language as quoted."""
    return text if not text or _CYRILLIC.search(text) else f"дословно: «{text}»"


_CYRILLIC = re.compile("[А-Яа-яЁё]")
_STAGES = {
    Stage.PLANNED: "готовится к отправке",
    Stage.TITLED: "готовится к отправке",
    Stage.SIGNED: "готовится к отправке",
    Stage.AWAITS_OUR_SIGNATURE: "ждёт нашей подписи",
    Stage.SENT: "отправлен",
    Stage.SIGNATURE_INVALID: "не отправлен: наша подпись не прошла проверку",
    Stage.DELIVERY_FAILED: "не доставлен",
    Stage.DELIVERED: "доставлен, ждёт подписи клиента",
    Stage.ACCEPTED: "подписан",
    Stage.DISAGREED: "подписан с разногласиями",
    Stage.REFUSED: "отказ",
    Stage.FINISHED: "доставлен",
}


def stage_said(stage: str) -> str:
    """The stage for a list of counts; one that this version does not know stays as it is."""
    return _STAGES[Stage(stage)] if stage in set(Stage) else stage
