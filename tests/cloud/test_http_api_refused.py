from __future__ import annotations

from pathlib import Path

import pytest

from local.cloud import local_cloud
from tests.cloud.an_api import TEMPLATE


@pytest.mark.parametrize(
    ("was", "wrong", "said"),
    [
        pytest.param("EnableSimpleResponses: true", "EnableSimpleResponses: false", "simple responses", id="policies"),
        pytest.param(
            'PayloadFormatVersion: "2.0"', 'PayloadFormatVersion: "1.0"', "payload 2.0|simple", id="payload 1.0"
        ),
    ],
)
def test_an_authorizer_of_another_kind_is_not_made(tmp_path: Path, was: str, wrong: str, said: str) -> None:
    assert was in TEMPLATE
    (tmp_path / "template.yaml").write_text(TEMPLATE.replace(was, wrong), "utf-8")

    with pytest.raises(Exception, match=said), local_cloud(template=tmp_path / "template.yaml"):
        pass
