"""What others do: companies and their users, partners, the recipients of documents."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from local.diadoc import cloud_signing, jobs, partners, recipient, seeding
from local.diadoc.application import Application
from local.diadoc.records import Operator, Organization, User
from local.diadoc.world import World


class PeopleControls:
    """Controls over the people of the stand-in. Boxes may be named in either spelling."""

    def __init__(self, application: Application) -> None:
        self._application = application

    # --- who there is

    def add_organization(self, *, inn: str, full_name: str, **more: Any) -> Organization:
        """Seed an organisation with its box; `more` are fields of the record Organization."""
        with self._application.lock:
            return seeding.add_organization(self._application.world, inn=inn, full_name=full_name, **more)

    def add_user(self, *, name: str, boxes: list[str], **more: Any) -> User:
        """Seed a service user; without more it has <name>-client, <name>-secret, <name>-refresh-token."""
        with self._application.lock:
            return seeding.add_user(self._application.world, name=name, boxes=boxes, **more)

    def add_operator(self, *, fns_id: str, name: str, **more: Any) -> Operator:
        """Seed an operator of EDO; features: ["SupportsAutoInvitation", …]."""
        with self._application.lock:
            return seeding.add_operator(self._application.world, fns_id=fns_id, name=name, **more)

    def register_company(self, *, inn: str, name: str) -> None:
        """A company of the register that has no box yet: it can be invited by its INN."""
        with self._application.lock:
            self._application.world.state.register[inn] = name

    def change_organization(self, *, box: str, **changes: Any) -> Organization:
        """Change fields of an organisation: sociability, liquidation_date, blocks, signs_after_s…"""
        with self._application.lock:
            organization = self._application.world.organization(box)
            for name, value in changes.items():
                if not hasattr(organization, name):
                    raise TypeError(f"an organisation has no field {name}")
                setattr(organization, name, value)
            return organization

    def organizations(self) -> list[Organization]:
        """All of them."""
        with self._application.lock:
            return list(self._application.world.state.organizations.values())

    # --- partners

    def make_partners(self, *, box: str, partner: str) -> None:
        """Both are partners."""
        self._pair(partners.make_partners, box, partner)

    def partner_invites(self, *, partner: str, box: str, message: str = "", with_document: bool = False) -> None:
        """The partner invites this box; with a document, it can be accepted only by signing that."""
        with self._settled() as world:
            ids = {"MessageId": world.new_id("message"), "EntityId": world.new_id("entity")} if with_document else None
            partners.invite(world, self._guid(partner), self._guid(box), message, ids)

    def partner_accepts(self, *, partner: str, box: str) -> None:
        """The partner accepts the invitation of this box."""
        self._pair(partners.accept, partner, box)

    def partner_rejects(self, *, partner: str, box: str, comment: str = "") -> None:
        """The partner declines the invitation of this box, or breaks up with it."""
        with self._settled():
            partners.break_up(self._application.world, self._guid(partner), self._guid(box), comment)

    # --- our own people

    def sender_signs(self, *, message_id: str, entity_id: str) -> None:
        """A person of the sender signs in the web what was sent without a signature, and thereby sends it."""
        with self._settled() as world:
            recipient.sign_delayed(world, message_id, entity_id)

    def cloud_tasks(self) -> dict[str, str]:
        """Tasks of the cloud certificate, oldest first, each with its status."""
        with self._settled() as world:
            return {id: cloud_signing.status_of(world, task) for id, task in world.state.cloud_tasks.items()}

    def answer_cloud_task(self, *, task_id: str, status: str = "Completed") -> None:
        """The person confirms a task of the cloud certificate, or cancels it: CanceledByUser."""
        with self._settled() as world:
            cloud_signing.answer(world, task_id, status)

    # --- the recipient of a document

    def recipient_signs(self, *, message_id: str, entity_id: str, **more: Any) -> None:
        """Sign as the recipient, formal documents by a title; more: with_disagreements, text, needs_receipt."""
        with self._settled() as world:
            recipient.sign(world, message_id, entity_id, **more)

    def recipient_rejects(self, *, message_id: str, entity_id: str, text: str) -> None:
        """The recipient refuses to sign."""
        with self._settled() as world:
            recipient.reject(world, message_id, entity_id, text)

    def recipient_gives_receipt(self, *, message_id: str, entity_id: str) -> None:
        """The recipient confirms the receipt, where the workflow has one."""
        with self._settled() as world:
            recipient.give_receipt(world, message_id, entity_id)

    def sender_owes_receipt(self, *, message_id: str, entity_id: str) -> None:
        """From now on the sender owes a receipt, though nobody knows on what."""
        with self._settled() as world:
            recipient.want_receipt(world, message_id, entity_id)

    def sender_gives_receipt(self, *, message_id: str, entity_id: str) -> None:
        """A person of the sender gives it in the web."""
        with self._settled() as world:
            recipient.give_sender_receipt(world, message_id, entity_id)

    def recipient_asks_revocation(self, *, message_id: str, entity_id: str, text: str = "Ошибка") -> None:
        """The recipient asks to annul the document."""
        with self._settled() as world:
            recipient.ask_revocation(world, message_id, entity_id, text)

    def recipient_answers_revocation(self, *, message_id: str, entity_id: str, refusal: str | None = None) -> None:
        """The recipient agrees to our request to annul; with a refusal, it does not."""
        with self._settled() as world:
            recipient.answer_revocation(world, message_id, entity_id, text=refusal)

    def recipient_asks_to_clarify(
        self, *, message_id: str, entity_id: str, text: str, of_power: bool = False, as_universal: bool = True
    ) -> None:
        """Ask, as the recipient, for a correction or a proof of the power, by a universal message or the old way."""
        with self._settled() as world:
            recipient.ask_to_clarify(world, message_id, entity_id, text, of_power=of_power, as_universal=as_universal)

    def power_is_bad(
        self, *, message_id: str, entity_id: str, status: str = "IsNotValid", text: str = "Доверенность отозвана"
    ) -> None:
        """Invalidate the sender's power of attorney. With `IsNotAttached` it is required and absent."""
        with self._settled() as world:
            recipient.find_power_bad(world, message_id, entity_id, status, text)

    def roaming_fails(self, *, message_id: str, entity_id: str, text: str) -> None:
        """The recipient's operator did not take the document."""
        with self._settled() as world:
            recipient.fail_roaming(world, message_id, entity_id, text)

    @contextmanager
    def _settled(self) -> Iterator[World]:
        """The world alone, with everything done that is due."""
        with self._application.lock:
            jobs.run_due(self._application.world)
            yield self._application.world

    def _guid(self, box: str) -> str:
        return self._application.world.organization(box).box_id

    def _pair(self, step: Callable[[World, str, str], None], box: str, partner: str) -> None:
        with self._settled() as world:
            step(world, self._guid(box), self._guid(partner))
