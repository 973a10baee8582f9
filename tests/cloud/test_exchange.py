"""The operator of electronic documents beside the local cloud: reached by its port, by one clock, and kept with it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from local.cloud import Cloud, local_cloud
from local.company import seller_card
from local.exchange import exchange
from local.resources import aws
from local.safety import UnsafeError
from local.state import load, of_exchange, save
from tests.cloud.told import PAYER, a_charge, a_payment, the_client

TWENTIETH = datetime(2026, 2, 20, 6, tzinfo=UTC)
BOX = "0f6a1c3e-5b7d-4a2c-9e11-7d3b6a5c4e21"


def invited(cloud: Cloud) -> str:
    """How the client stands with us at the operator."""
    assert cloud.exchange
    cloud.exchange.diadoc.advance(seconds=0)  # what is due is done when somebody looks
    box = next(o.box_id for o in cloud.exchange.diadoc.organizations() if o.inn == PAYER)
    relations = cloud.exchange.diadoc.export_state()["state"]["partnerships"]
    return str(relations.get(cloud.exchange.box, {}).get(box, {}).get("status", ""))


def a_campaign(cloud: Cloud) -> None:
    assert cloud.exchange
    cloud.exchange.diadoc.add_organization(inn=PAYER, kpp="773601001", full_name="ООО «Ромашка»", is_test=True)
    cloud.send("CrmInboxQueue", [json.dumps(seller_card(edo=True)), the_client(), a_payment(), a_charge()])
    cloud.advance(to=datetime(2026, 2, 21, tzinfo=UTC))


def test_functions_reach_it_by_its_port_and_their_clock_is_its_own() -> None:
    with local_cloud(at=TWENTIETH, beside=exchange()) as cloud:
        assert cloud.exchange
        a_campaign(cloud)

        assert not [f.errors for f in cloud.functions.values() if f.errors]
        assert invited(cloud) == "IsInvitedByMe"
        assert cloud.exchange.diadoc.clock().startswith("2026-02-21T00:00")


def test_it_comes_back_as_it_was_with_the_login_that_was_renewed(tmp_path: Path) -> None:
    with local_cloud(at=TWENTIETH, beside=exchange()) as cloud:
        assert cloud.exchange
        cloud.exchange.diadoc.settings(rotate_refresh_tokens=True)
        a_campaign(cloud)
        box = cloud.exchange.box
        save(cloud, tmp_path / "cloud")

    with local_cloud(beside=exchange(state=of_exchange(tmp_path / "cloud"))) as cloud:
        load(cloud, tmp_path / "cloud")
        assert cloud.exchange
        cloud.advance(to=datetime(2026, 2, 22, 12, tzinfo=UTC))  # a new token has to be bought on the way

        assert cloud.exchange.box == box
        assert invited(cloud) == "IsInvitedByMe"
        assert not [f.errors for f in cloud.functions.values() if f.errors]
        calls = cloud.exchange.diadoc.calls()
        assert {c["status"] for c in calls if c["endpoint"] == "connect/token"} == {200}


def test_without_it_the_functions_do_nothing_and_their_schedules_sleep() -> None:
    with local_cloud(at=TWENTIETH) as cloud:
        assert cloud.exchange is None
        assert cloud.invoke("track_edo", {"sweep": True}) == {"configured": False}
        fired = cloud.advance(to=datetime(2026, 2, 22, tzinfo=UTC))

    assert not [line for line in fired if "Edo" in line]


def test_a_box_at_the_real_operator_is_refused() -> None:
    with pytest.raises(UnsafeError, match="DIADOC_URL"), local_cloud(parameters={"DiadocBox": BOX}):
        pass


def test_a_login_that_no_person_has_filled_in_stops_the_run_and_says_so() -> None:
    with local_cloud(at=TWENTIETH, beside=exchange()) as cloud:
        cloud.send("CrmInboxQueue", [json.dumps(seller_card(edo=True))])
        cloud.drain()
        aws("secretsmanager").put_secret_value(
            SecretId=cloud.ids["DiadocSecret"],
            SecretString='{"client_id": "", "client_secret": "", "refresh_token": ""}',
        )

        cloud.invoke("track_edo", {})

        (line,) = [r["content"]["line"] for r in cloud.rows("control") if r["name"] == "edo.people"]
        assert line["reason"] == "login_refused"
        assert "не заполнен" in line["detail"]
