"""Where documents are in the EDO, in words for our own people."""

from __future__ import annotations

from billing.domain.edo_fate import Stage
from billing.domain.edo_wording import stage_said


def test_every_stage_has_its_words():
    assert stage_said(Stage.DELIVERED) == "доставлен, ждёт подписи клиента"
    assert all(stage_said(stage) != stage for stage in Stage)


def test_a_stage_of_another_version_is_said_as_it_stands():
    assert stage_said("teleported") == "teleported"
