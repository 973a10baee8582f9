"""Filling the world: organisations with their boxes, users with their rights."""

from __future__ import annotations

from typing import Any

from local.diadoc.identifiers import box_guid, moment_of
from local.diadoc.records import Department, Operator, Organization, User
from local.diadoc.requisites import ogrn_like
from local.diadoc.world import World

OWN_OPERATOR = "2BM"


def add_organization(world: World, *, inn: str, full_name: str, **more: Any) -> Organization:
    """An organisation with a box. What is not given is made: KPP, OGRN, ids; roaming follows from the operator.

    `more` are fields of the record `Organization`; `box_id` in either spelling; `branches` are KPPs of departments.

    Raises:
        ValueError: Diadoc has a company of this INN already, and never has two. Source: fact 6.10.
    """
    kind = more.pop("kind", "Individual" if len(inn) == 12 else "Juridical")
    kpp = more.pop("kpp", "" if kind == "Individual" else f"{inn[:4]}01001")
    operator = more.pop("operator", OWN_OPERATOR)
    is_roaming = more.pop("is_roaming", operator != OWN_OPERATOR)
    if not is_roaming and any(one.inn == inn and not one.is_roaming for one in world.state.organizations.values()):
        raise ValueError(f"Diadoc has an organisation of INN {inn} already: a branch is a department of it")
    branches = [
        Department(department_id=world.new_id("department"), name=f"Филиал {kpp}", kpp=kpp)
        for kpp in more.pop("branches", ())
    ]
    number, created = world.number("organization"), world.ticks
    participant = f"{moment_of(created):%Y%m%d%H%M%S}{number:07d}"
    box_id = box_guid(more.pop("box_id", "")) or world.new_id("box")
    organization = Organization(
        org_id=more.pop("org_id", "") or world.new_id("org"),
        box_id=box_id,
        inn=inn,
        kpp=kpp,
        ogrn=more.pop("ogrn", ogrn_like(inn)),
        full_name=full_name,
        short_name=more.pop("short_name", full_name),
        fns_participant_id=more.pop("fns_participant_id", "-".join(filter(None, (operator, inn, kpp, participant)))),
        kind=kind,
        created=created,
        operator=operator,
        is_roaming=is_roaming,
        departments=branches,
        **more,
    )
    world.state.organizations[box_id] = organization
    return organization


def add_user(world: World, *, name: str, boxes: list[str], **more: Any) -> User:
    """A service user who may act for these boxes. `more` are fields of the record `User`."""
    user = User(
        name=name,
        client_id=more.pop("client_id", f"{name}-client"),
        client_secret=more.pop("client_secret", f"{name}-secret"),
        refresh_token=more.pop("refresh_token", f"{name}-refresh-token"),
        boxes=[world.organization(box).box_id for box in boxes],
        **more,
    )
    world.state.users[name] = user
    return user


def add_operator(world: World, *, fns_id: str, name: str, **more: Any) -> Operator:
    """An operator of EDO to exchange with by roaming."""
    operator = Operator(fns_id=fns_id, name=name, **more)
    world.state.operators[fns_id] = operator
    return operator
