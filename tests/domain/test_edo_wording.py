"""Where a document is, in words: the day is Moscow's, and a client's own words stand beside a refusal."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from billing.domain.edo_fate import Annulment, Fate, Stage
from billing.domain.edo_wording import said_of

NIGHT = datetime(2026, 4, 2, 22, 30, tzinfo=UTC)  # 3 April in Moscow


@pytest.mark.parametrize(
    ("fate", "said"),
    [
        pytest.param({"stage": Stage.PLANNED}, "готовится к отправке", id="planned"),
        pytest.param({"stage": Stage.SIGNED}, "готовится к отправке", id="signed by us"),
        pytest.param({"stage": Stage.AWAITS_OUR_SIGNATURE}, "ждёт нашей подписи", id="a person signs"),
        pytest.param({"stage": Stage.SENT, "since": NIGHT}, "отправлен 03.04.2026", id="sent"),
        pytest.param({"stage": Stage.DELIVERED, "since": NIGHT}, "доставлен, ждёт подписи клиента", id="delivered"),
        pytest.param({"stage": Stage.ACCEPTED, "since": NIGHT}, "подписан 03.04.2026", id="accepted"),
        pytest.param({"stage": Stage.ACCEPTED}, "подписан", id="accepted, the moment unknown"),
        pytest.param(
            {"stage": Stage.REFUSED, "since": NIGHT, "text": "не та сумма"},
            "отказ 03.04.2026: не та сумма",
            id="refused",
        ),
        pytest.param({"stage": Stage.FINISHED, "delivered_at": NIGHT}, "доставлен 03.04.2026", id="no answer expected"),
        pytest.param(
            {"stage": Stage.DELIVERED, "roaming_error": True},
            "доставлен, ждёт подписи клиента, ошибка в роуминге",
            id="an error in roaming",
        ),
        pytest.param(
            {"stage": Stage.ACCEPTED, "since": NIGHT, "roaming_error": True},
            "подписан 03.04.2026",
            id="it passed",
        ),
        pytest.param(
            {"stage": Stage.ACCEPTED, "since": NIGHT, "annulment": Annulment.ASKED_BY_THEM},
            "подписан 03.04.2026, клиент просит аннулировать",
            id="they ask to annul it",
        ),
        pytest.param({"stage": Stage.ACCEPTED, "annulment": Annulment.AGREED}, "аннулирован", id="annulled"),
        pytest.param({"stage": Stage.ACCEPTED, "annulment": Annulment.REJECTED}, "подписан", id="not annulled"),
    ],
)
def test_a_fate_is_said_in_a_few_words(fate: dict[str, Any], said: str):
    assert said_of(Fate(**fate)) == said


def test_every_stage_has_its_words():
    assert all(said_of(Fate(stage=stage)) for stage in Stage)
