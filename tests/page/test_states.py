"""What a person is told of a document: for each state its tone and its words."""

from __future__ import annotations

from datetime import date

import pytest

from billing.domain.documents import DocumentStatus
from billing.page.contexts import AddressRow, EdoAt, LetterRow
from billing.page.language import Language
from billing.page.states import document_states, letter_state, mail_state
from billing.page.wording import Words
from tests.page.samples import row

RUSSIAN, ENGLISH = Words(Language.RU), Words(Language.EN)
DAY = date(2026, 4, 3)


def _said(states):
    return [(state.tone.value, state.text.replace("\u00a0", " ")) for state in states]


@pytest.mark.parametrize(
    ("over", "said"),
    [
        pytest.param({"letter": "delivered"}, [("good", "письмо доставлено")], id="delivered"),
        pytest.param({"letter": "accepted"}, [("waiting", "письмо отправлено")], id="sent"),
        pytest.param(
            {"letter": "bounced", "code": "Transient/MailboxFull"},
            [("bad", "письмо не доставлено: ящик переполнен")],
            id="mailbox full",
        ),
        pytest.param(
            {"letter": "bounced", "code": "Permanent/NoEmail"},
            [("bad", "письмо не доставлено: такого ящика нет")],
            id="dead",
        ),
        pytest.param(
            {"letter": "bounced", "code": "?"},
            [("bad", "письмо не доставлено: вернулось без указания причины")],
            id="unknown",
        ),
        pytest.param({"letter": "nobody"}, [("bad", "готов, отправить некому: добавьте адрес")], id="nobody"),
        pytest.param({"letter": "read aloud"}, [("plain", "read aloud")], id="a state that we do not know"),
        pytest.param({"letter": ""}, [("plain", "готов")], id="ready"),
        pytest.param(
            {"status": DocumentStatus.BLOCKED, "problems": ("нет КПП", "нет адреса")},
            [("bad", "ждёт реквизитов: нет КПП; нет адреса")],
            id="blocked",
        ),
        pytest.param({"status": DocumentStatus.NUMBERED}, [("waiting", "готовится")], id="being made"),
        pytest.param({"status": DocumentStatus.VOID}, [("plain", "отозван")], id="void"),
        pytest.param(
            {"edo": EdoAt(stage="sent", since=DAY)},
            [("good", "письмо доставлено"), ("waiting", "отправлен в ЭДО 03.04.2026")],
            id="sent to the EDO",
        ),
        pytest.param(
            {"edo": EdoAt(stage="accepted", since=DAY)},
            [("good", "письмо доставлено"), ("good", "подписан 03.04.2026")],
            id="signed",
        ),
        pytest.param(
            {"edo": EdoAt(stage="refused", since=DAY, text="не тот договор")},
            [("good", "письмо доставлено"), ("bad", "отклонён 03.04.2026: не тот договор")],
            id="refused",
        ),
        pytest.param(
            {"edo": EdoAt(stage="finished", since=date(2026, 5, 1), delivered=DAY)},
            [("good", "письмо доставлено"), ("good", "доставлен в ЭДО 03.04.2026")],
            id="delivered by the EDO: the day of the delivery",
        ),
        pytest.param(
            {"edo": EdoAt(stage="accepted", since=DAY, annulment="asked_by_them")},
            [("good", "письмо доставлено"), ("good", "подписан 03.04.2026"), ("waiting", "вы просите аннулировать")],
            id="to be annulled",
        ),
        pytest.param(
            {"edo": EdoAt(stage="accepted", since=DAY, annulment="agreed")},
            [("good", "письмо доставлено"), ("bad", "аннулирован")],
            id="annulled",
        ),
    ],
)
def test_a_document_is_told_in_words_a_person_uses(over, said):
    assert _said(document_states(row(**over), RUSSIAN)) == said


def test_a_letter_is_told_with_its_day():
    letter = LetterRow(address="a@b.example", status="bounced", at=DAY, code="Transient/MailboxFull")

    assert _said([letter_state(letter, RUSSIAN)]) == [("bad", "не доставлено: ящик переполнен, 03.04.2026")]
    assert _said([letter_state(letter, ENGLISH)]) == [("bad", "not delivered: the mailbox is full, 03 Apr 2026")]


@pytest.mark.parametrize(
    ("status", "code", "said"),
    [
        ("delivered", "", "доставлено"),
        ("bounced", "Transient/MailboxFull", "не доставлено: ящик переполнен"),
        ("bounced", "Permanent/NoEmail", "не доставлено: такого ящика нет"),
        ("bounced", "Permanent/SomethingNew", "не доставлено: адрес не принимает почту"),
        ("bounced", "", "не доставлено: вернулось без указания причины"),
        ("suppressed", "Permanent/NoEmail", "не отправлено: такого ящика нет"),
        ("suppressed", "abuse", "не отправлено: получатель пожаловался на спам"),
        ("suppressed", "", "не отправлено: прежние письма вернулись"),
        ("accepted", "", "отправлено"),
        ("something new", "x", "something new"),
    ],
)
def test_a_letter_is_told_with_the_reason_where_it_is_known(status, code, said):
    assert mail_state(status, code, RUSSIAN).text.replace("\u00a0", " ") == said


def test_an_address_without_letters_says_so():
    assert _said([letter_state(AddressRow(address="a@b.example"), RUSSIAN)]) == [("plain", "писем ещё не было")]
