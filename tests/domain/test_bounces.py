"""The mail service's codes become the reasons that people are told."""

from __future__ import annotations

import pytest

from billing.domain.bounces import Bounce, bounce_of


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        pytest.param("Transient/MailboxFull", Bounce.FULL, id="a full mailbox"),
        pytest.param("Permanent/NoEmail", Bounce.NO_ADDRESS, id="no such mailbox"),
        pytest.param("Permanent/General", Bounce.REFUSED, id="a refusal for good"),
        pytest.param("Permanent/SomethingNew", Bounce.REFUSED, id="a new one of those for good"),
        pytest.param("Transient/SomethingNew", Bounce.OTHER, id="a new one of those that pass"),
        pytest.param("Undetermined/Undetermined", Bounce.OTHER, id="without a reason"),
        pytest.param("abuse", Bounce.SPAM, id="a complaint"),
        pytest.param("", Bounce.OTHER, id="nothing is known"),
    ],
)
def test_a_code_is_a_reason(code, reason):
    assert bounce_of(code) is reason
