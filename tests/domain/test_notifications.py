"""A client's own addresses: what is one, who has confirmed, how often one may be asked."""

from __future__ import annotations

import pytest

from billing.domain.documents import DocumentKind
from billing.domain.errors import ConflictError, InvalidInputError
from billing.domain.notifications import AddedAddress, NotificationSettings, asked_again, changed

ACT, INVOICE, CONTRACT = DocumentKind.ACT, DocumentKind.INVOICE, DocumentKind.CONTRACT
NOTHING = NotificationSettings()


def test_a_new_address_waits_with_its_kinds_and_the_version_moves():
    settings = changed(NOTHING, [(" buh@romashka.example ", [ACT])], reconciliation=True)

    assert settings == NotificationSettings(
        added=(AddedAddress(address="buh@romashka.example", kinds=(ACT,), nonce="1"),), reconciliation=True, version=1
    )
    assert settings.chosen == {}


def test_who_has_confirmed_stays_so_with_other_kinds_and_another_spelling():
    there = AddedAddress(address="buh@romashka.example", kinds=(ACT,), nonce="1", confirmed_at="2026-02-01")

    settings = changed(
        NotificationSettings(added=(there,), version=4),
        [("BUH@romashka.example", [INVOICE, ACT])],
        reconciliation=False,
    )

    assert settings.chosen == {"buh@romashka.example": (INVOICE, ACT)}
    assert settings.version == 5


def test_who_was_taken_off_and_comes_again_waits_again_and_the_old_link_is_void():
    first = changed(NOTHING, [("a@b.example", [ACT])], reconciliation=False)
    none = changed(first, [], reconciliation=False)

    again = changed(none, [("a@b.example", [ACT])], reconciliation=False)

    assert [a.nonce for a in (*first.added, *again.added)] == ["1", "3"]


@pytest.mark.parametrize(
    ("added", "why"),
    [
        pytest.param([("no address", [ACT])], "адрес № 1 не похож", id="no address"),
        pytest.param([("a@b.example\r\nBcc: c@d.example", [ACT])], "адрес № 1 не похож", id="a header more"),
        pytest.param([("a@b.example", [ACT]), ("A@B.example", [ACT])], "адрес № 2 уже есть", id="twice"),
        pytest.param([("a@b.example", [])], "выберите для адреса № 1", id="nothing chosen"),
        pytest.param([("a@b.example", [ACT, CONTRACT])], "выберите для адреса № 1", id="a contract is not to be had"),
        pytest.param([(f"a{n}@b.example", [ACT]) for n in range(21)], "не больше 20\u00a0адресов", id="too many"),
    ],
)
def test_what_cannot_be_is_refused_in_words(added, why):
    with pytest.raises(InvalidInputError, match=why):
        changed(NOTHING, added, reconciliation=False)


def test_twenty_addresses_are_taken():
    assert len(changed(NOTHING, [(f"a{n}@b.example", [ACT]) for n in range(20)], reconciliation=False).added) == 20


def test_an_address_is_asked_three_times_a_day_whatever_its_case_and_anew_the_next_day():
    settings = NOTHING
    for spelling in ("a@b.example", "A@b.example", "a@B.example"):
        settings = asked_again(settings, [spelling], "2026-02-10")

    with pytest.raises(ConflictError, match="3\u00a0раза: попробуйте завтра"):
        asked_again(settings, ["a@b.example"], "2026-02-10")
    assert asked_again(settings, ["a@b.example"], "2026-02-11").asked == {"a@b.example": 1}


def test_sixty_confirmations_a_day_go_out_for_a_client_whoever_they_go_to():
    settings = asked_again(NOTHING, [f"a{n}@b.example" for n in range(60)], "2026-02-10")

    with pytest.raises(ConflictError, match="слишком много"):
        asked_again(settings, ["new@b.example"], "2026-02-10")
