"""Who gets what: addresses a client adds confirm first, each gets its kinds, and the last letter's fate is shown."""

from __future__ import annotations

from typing import Any

import pytest

from billing.domain.documents import DocumentKind
from billing.domain.errors import ConflictError, NotFoundError
from billing.ports import LetterEvent
from billing.records_letters import address_digest
from billing.usecases.notifications import (
    Notifications,
    ask_again,
    change_notifications,
    confirm_address,
    notifications_of,
)
from billing.usecases.track_letters import track_letter
from tests.usecases.cutting import every_cut
from tests.usecases.house import ACCOUNT, FEBRUARY, House, a_card, a_charge, a_payment

ANNA, AUDIT, BUH = f"{ACCOUNT}@client.example", "audit@auditor.example", "buh@romashka.example"
ACT, INVOICE, RECONCILIATION = DocumentKind.ACT, DocumentKind.INVOICE, DocumentKind.RECONCILIATION
EVERYTHING = (INVOICE, ACT, RECONCILIATION)


def link(digest: str, nonce: str) -> str:
    return f"https://crm.example/confirm?a={digest}&n={nonce}"


def a_house(**card: Any) -> House:
    """The first of February: January is not closed yet."""
    return House(a_card(**card), a_payment(1_000_000), a_charge(550_000))


def added(house: House, *addresses: tuple[str, tuple[DocumentKind, ...]], **over: Any) -> Notifications:
    version = notifications_of(ACCOUNT, house.outside).version
    said: dict[str, Any] = {"reconciliation": False, "version": version, "link": link, **over}
    return change_notifications(ACCOUNT, added=addresses, outside=house.outside, **said)


def confirmed(house: House, *addresses: tuple[str, tuple[DocumentKind, ...]]) -> House:
    """Added, asked, and confirmed by the link in the letter."""
    told = added(house, *addresses)
    house.work()
    for one in told.added:
        (letter,) = house.letters(one.address)
        nonce = letter.text.partition(f"a={one.digest}&n=")[2].split()[0]
        assert confirm_address(ACCOUNT, one.digest, nonce, house.outside)
    house.mailer.letters.clear()
    return house


# --- confirmation ------------------------------------------------------------------------------------------------


def test_a_new_address_is_asked_by_a_letter_with_a_link_and_gets_nothing_else_before_it_is_opened():
    house = a_house()

    told = added(house, (AUDIT, (ACT,)))
    house.work()
    house.night()

    assert [(a.address, a.kinds, a.state) for a in told.added] == [(AUDIT, (ACT,), "waiting")]
    (letter,) = house.letters(AUDIT)
    assert letter.subject == "Подтвердите адрес для закрывающих документов — ООО «Ромашка»"
    assert link(address_digest(AUDIT), "1") in letter.text
    assert house.addresses() == [AUDIT, ANNA]


def test_a_confirmed_address_gets_the_kinds_it_has_chosen_and_no_others():
    house = confirmed(a_house(), (AUDIT, (ACT,)), (BUH, (INVOICE,)))

    house.night()

    kinds = {
        to: [a.file_name.split(" №")[0] for a in letter.attachments]
        for to, _, letter in house.mailer.letters
        if to in (ANNA, AUDIT, BUH)
    }
    assert kinds == {ANNA: ["Акт", "Счёт на оплату"], AUDIT: ["Акт"], BUH: ["Счёт на оплату"]}


def test_addresses_with_the_same_set_share_a_letter():
    house = confirmed(a_house(), (AUDIT, (ACT, RECONCILIATION)), (BUH, (ACT,)))

    house.night()

    heads = [s for s in house.store.rows("deliveries") if s.row.get("kind") == "closing_documents"]
    assert [len(h.row["documents"]) for h in heads] == [2, 1]


def test_who_wants_nothing_of_what_there_is_gets_nothing():
    house = confirmed(a_house(), (AUDIT, (RECONCILIATION,)))

    house.night()

    assert house.addresses() == [ANNA]


def test_an_address_of_the_card_gets_everything_though_the_client_has_added_it_for_less():
    house = confirmed(a_house(), (AUDIT, (ACT,)))
    house.tell(a_card(added_addresses=[AUDIT.upper()], at="2026-02-01T11:00:00+03:00"))

    house.night()

    assert [len(letter.attachments) for letter in house.letters(AUDIT.upper())] == [2]
    assert house.letters(AUDIT) == []


def test_what_the_client_has_set_outlives_the_next_card():
    house = confirmed(a_house(), (AUDIT, (ACT,)))

    house.tell(a_card(at="2026-02-01T11:00:00+03:00"))

    assert [a.state for a in notifications_of(ACCOUNT, house.outside).added] == ["confirmed"]


def test_a_link_confirms_once_and_again_and_a_wrong_one_does_not():
    house = a_house()
    added(house, (AUDIT, (ACT,)))
    digest = address_digest(AUDIT)

    answers = [
        confirm_address(ACCOUNT, digest, "2", house.outside),
        confirm_address(ACCOUNT, address_digest(BUH), "1", house.outside),
        confirm_address("c-000009", digest, "1", house.outside),
        confirm_address(ACCOUNT, digest, "1", house.outside),
        confirm_address(ACCOUNT, digest, "1", house.outside),
    ]

    assert answers == [False, False, False, True, True]


def test_the_link_of_an_address_that_was_taken_off_is_void_also_when_it_is_added_again():
    house = a_house()
    added(house, (AUDIT, (ACT,)))
    added(house)
    assert not confirm_address(ACCOUNT, address_digest(AUDIT), "1", house.outside)

    added(house, (AUDIT, (ACT,)))

    assert not confirm_address(ACCOUNT, address_digest(AUDIT), "1", house.outside)
    assert confirm_address(ACCOUNT, address_digest(AUDIT), "3", house.outside)


def test_an_address_is_asked_again_at_most_three_times_a_day():
    house = a_house()
    added(house, (AUDIT, (ACT,)))
    for _ in range(2):
        ask_again(ACCOUNT, address_digest(AUDIT), outside=house.outside, link=link)

    with pytest.raises(ConflictError, match="попробуйте завтра"):
        ask_again(ACCOUNT, address_digest(AUDIT), outside=house.outside, link=link)
    house.at("2026-02-02 00:01")
    ask_again(ACCOUNT, address_digest(AUDIT), outside=house.outside, link=link)
    house.work()

    assert len(house.letters(AUDIT)) == 4


def test_taking_an_address_off_and_adding_it_again_is_no_way_round_the_limit():
    house = a_house()
    for _ in range(3):
        added(house, (AUDIT, (ACT,)))
        added(house)

    with pytest.raises(ConflictError, match="попробуйте завтра"):
        added(house, (AUDIT, (ACT,)))


@pytest.mark.parametrize("digest", [address_digest(BUH), "", address_digest(AUDIT)])
def test_only_an_address_that_waits_is_asked_again(digest):
    house = confirmed(a_house(), (AUDIT, (ACT,)))

    with pytest.raises(NotFoundError):
        ask_again(ACCOUNT, digest, outside=house.outside, link=link)


def test_a_change_of_kinds_asks_nobody():
    house = confirmed(a_house(), (AUDIT, (ACT,)))

    told = added(house, (AUDIT, EVERYTHING))
    house.work()

    assert [(a.kinds, a.state) for a in told.added] == [(EVERYTHING, "confirmed")]
    assert house.addresses() == []


def test_settings_that_somebody_else_has_changed_are_not_written_over():
    house = a_house()
    added(house, (AUDIT, (ACT,)))

    with pytest.raises(ConflictError, match="откройте их заново"):
        added(house, version=0)
    assert len(notifications_of(ACCOUNT, house.outside).added) == 1


@pytest.mark.parametrize("what", ["change", "ask", "confirm"])
def test_a_card_that_comes_at_the_same_moment_hinders_nobody(what):
    house = a_house()
    added(house, (AUDIT, (ACT,)))
    write = house.store.tx

    def tx(writes: Any) -> None:
        house.store.tx = write  # type: ignore[method-assign]
        house.tell(a_card(title="ООО «Новая»", at="2026-02-01T11:00:00+03:00"))
        write(writes)

    house.store.tx = tx  # type: ignore[method-assign]

    if what == "change":
        told = added(house, (AUDIT, (ACT,)), (BUH, (ACT,)))
        assert [a.address for a in told.added] == [AUDIT, BUH]
    elif what == "ask":
        ask_again(ACCOUNT, address_digest(AUDIT), outside=house.outside, link=link)
        house.work()
        assert len(house.letters(AUDIT)) == 2
    else:
        assert confirm_address(ACCOUNT, address_digest(AUDIT), "1", house.outside)
    stored = house.store.get("customers", ACCOUNT)
    assert stored
    assert stored.row["card"]["title"] == "ООО «Новая»"


def test_a_client_without_a_card_has_no_settings():
    with pytest.raises(NotFoundError):
        notifications_of("c-000009", a_house().outside)
    with pytest.raises(NotFoundError):
        change_notifications(
            "c-000009", added=[], reconciliation=False, version=0, outside=a_house().outside, link=link
        )


def test_whatever_call_is_cut_off_settings_and_letters_come_together():
    def change(house: House) -> None:
        added(house, (AUDIT, (ACT,)), (BUH, (ACT,)))

    for where, house in every_cut(change, a_house):
        house.queue.sent.clear()
        house.wait(minutes=10).sweep()

        known = [a.address for a in notifications_of(ACCOUNT, house.outside).added]
        assert known in ([], [AUDIT, BUH]), where
        assert house.addresses() == known, where
        assert house.store.rows("work") == [], where


def test_a_confirmation_holds_up_no_run_and_is_not_in_its_report():
    house = a_house()
    added(house, (AUDIT, (ACT,)))

    report = house.night()

    assert report["letters"] == {"delivered": 1}


# --- the last letter ---------------------------------------------------------------------------------------------


def states(house: House) -> dict[str, tuple[str, str] | None]:
    """Status and reason by address; None: nothing was sent there."""
    told = notifications_of(ACCOUNT, house.outside)
    return {a.address: (a.last.status, a.last.code) if a.last else None for a in (*told.administrators, *told.added)}


def test_each_address_is_shown_with_the_fate_of_its_last_letter():
    house = a_house(
        administrators=[{"user": "u-1", "emails": [ANNA, "full@c.example"]}], added_addresses=["gone@c.example"]
    )
    assert states(house) == {ANNA: None, "full@c.example": None, "gone@c.example": None}
    house.at("2026-02-02 00:30").close()
    fates = {
        ANNA: ("delivered", "", False),
        "full@c.example": ("bounced", "Transient/MailboxFull", False),
        "gone@c.example": ("bounced", "Permanent/NoEmail", True),
    }
    for to, delivery, _ in house.mailer.letters:
        status, code, permanent = fates[to]
        track_letter(
            LetterEvent(delivery=delivery, status=status, message="m", code=code, permanent=permanent), house.outside
        )

    assert states(house) == {
        ANNA: ("delivered", ""),
        "full@c.example": ("bounced", "Transient/MailboxFull"),
        "gone@c.example": ("bounced", "Permanent/NoEmail"),
    }

    house.tell(a_charge(100_000, at="2026-02-01T13:00:00+03:00"))
    house.wait(days=28).close(FEBRUARY)
    assert states(house) == {
        ANNA: ("accepted", ""),
        "full@c.example": ("accepted", ""),
        "gone@c.example": ("suppressed", "Permanent/NoEmail"),
    }


def test_an_address_that_waits_is_shown_with_the_fate_of_its_confirmation():
    house = a_house()
    added(house, (AUDIT, (ACT,)))
    house.work()
    house.hear("bounced", only=AUDIT, permanent=True)

    assert states(house)[AUDIT] == ("bounced", "")


def test_what_is_read_for_it_does_not_grow_with_the_years():
    house = a_house()
    house.night()
    month = FEBRUARY
    calls = []
    for _ in range(30):
        house.tell(a_charge(1_000, at=f"{month}-01T12:00:00+03:00"))
        house.night(month)
        month = month.next
        before = house.store.calls
        notifications_of(ACCOUNT, house.outside)
        calls.append(house.store.calls - before)

    assert set(calls) == {3}
