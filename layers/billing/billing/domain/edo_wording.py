"""Where a document is in the EDO, in a few Russian words for a list."""

from __future__ import annotations

from datetime import datetime

from billing.domain.edo_fate import Annulment, Fate, Stage
from billing.domain.periods import moscow_day

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
_ANNULMENTS = {
    Annulment.ASKED_BY_US: "мы просим аннулировать",
    Annulment.ASKED_BY_THEM: "клиент просит аннулировать",
    Annulment.AGREED: "аннулирован",
}
_DATED = (Stage.SENT, Stage.ACCEPTED, Stage.DISAGREED, Stage.REFUSED, Stage.FINISHED)


def stage_said(stage: str) -> str:
    """The stage for a list of counts; one that this version does not know stays as it is."""
    return _STAGES[Stage(stage)] if stage in set(Stage) else stage


def said_of(fate: Fate) -> str:
    """«подписан 03.04.2026»; what was refused, with the client's words; an annulment after the state it came to."""
    if fate.annulment is Annulment.AGREED:
        return _ANNULMENTS[fate.annulment]
    said = _STAGES[fate.stage]
    moment = fate.delivered_at if fate.stage is Stage.FINISHED else fate.since
    if fate.stage in _DATED and moment:
        said += f" {_day(moment)}"
    if fate.stage is Stage.REFUSED and fate.text:
        said += f": {fate.text}"
    if fate.roaming_error and fate.stage in (Stage.SENT, Stage.DELIVERED):
        said += ", ошибка в роуминге"
    return f"{said}, {asked}" if (asked := _ANNULMENTS.get(fate.annulment)) else said


def _day(moment: datetime) -> str:
    return f"{moscow_day(moment):%d.%m.%Y}"
