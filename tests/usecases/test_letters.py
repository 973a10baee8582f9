"""One letter to every address, once as far as can be known; "sent" is said on evidence only."""

from __future__ import annotations

import json

import pytest

from billing.domain.delivery import DeliveryState
from billing.domain.errors import InvalidInputError, UnavailableError
from billing.ports import AwayError, Letter, LetterEvent, RefusedError, UnknownOutcomeError, Write
from billing.records_letters import HEAD, address_digest, key_of, letters_in
from billing.usecases import letters
from billing.usecases import send_letter as sending
from billing.usecases.close_month import read_request
from billing.usecases.issue_documents import issue_documents
from billing.usecases.letters_again import letters_again
from billing.usecases.send_letter import ATTEMPTS_MAX, Batch, read_ahead, send_letter, send_or_put_back
from billing.usecases.track_letters import track_letter
from tests.usecases.cutting import CutOffError, every_cut
from tests.usecases.house import ACCOUNT, FEBRUARY, JANUARY, ROMASHKA, VASILYOK, House, a_card, a_charge, a_payment

BONUS = {"class": "BONUS", "payer": None}

ANNA = "anna@romashka.example"


def a_house(*emails: str, **card: object) -> House:
    """A client with an act to send, closed at night; nothing is heard of its letters yet."""
    administrators = [{"user": "u-1", "emails": list(emails or (ANNA,))}]
    house = House(a_card(**{"administrators": administrators, **card}), a_payment(1_000_000), a_charge(550_000))
    house.at("2026-02-02 00:30")
    return house


class Postman:
    """A mail service that answers as it is told, then takes everything."""

    def __init__(self, house: House, *answers: Exception, taken: bool = False) -> None:
        self._answers, self._taken, self._send = iter(answers), taken, house.mailer.send
        self.calls = 0
        house.mailer.send = self.send  # type: ignore[method-assign]

    def send(self, letter: Letter, *, to: str, delivery: str) -> str:
        self.calls += 1
        if answer := next(self._answers, None):
            if self._taken:
                self._send(letter, to=to, delivery=delivery)
            raise answer
        return self._send(letter, to=to, delivery=delivery)


def test_the_letter_goes_to_every_address_of_every_administrator_and_to_the_added_once():
    house = a_house(
        administrators=[
            {"user": "u-1", "emails": [ANNA, "buh@romashka.example"]},
            {"user": "u-1", "emails": ["BUH@romashka.example"]},
            {"user": "u-2", "emails": ["ANNA@Romashka.example"]},
        ],
        added_addresses=["audit@auditor.example", "Audit@auditor.example"],
    )

    house.close()

    assert house.addresses() == [ANNA, "buh@romashka.example", "audit@auditor.example"]


def test_files_go_under_readable_russian_names():
    house = a_house()

    house.close()

    (letter,) = house.letters()
    assert [a.file_name.split(" от ")[0] for a in letter.attachments] == ["Акт № 1", "Счёт на оплату № 1"]
    assert all(a.body.startswith(b"%PDF-") for a in letter.attachments)
    assert letter.subject == "Закрывающие документы за январь 2026 г. — ООО «Ромашка»"


@pytest.mark.parametrize(
    "address",
    [
        "",
        "nobody",
        "a@b",
        "a b@c.example",
        "a@c.example\r\nBcc: d@e.example",
        "a@.example",
        "я@client.example",
        "a@" + "b" * 300 + ".example",
    ],
)
def test_what_is_no_address_is_not_written_to(address):
    house = a_house(ANNA, address[:320])

    house.close()

    assert house.addresses() == [ANNA]


def test_a_letter_explains_no_act_that_is_not_attached():
    """Two payers have spent 15 000,00; the act of one waits for its address."""
    house = House(
        a_card(payers=[ROMASHKA, {**VASILYOK, "address": ""}]),
        a_payment(500_000),
        a_payment(2_000_000, payer={"inn": VASILYOK["inn"], "kpp": VASILYOK["kpp"]}),
        a_charge(500_000),
        a_charge(1_000_000),
    )

    house.night()

    (letter,) = house.letters(f"{ACCOUNT}@client.example")
    assert [a.file_name.partition(" №")[0] for a in letter.attachments if a.file_name.startswith("Акт")] == ["Акт"]
    assert "списано" not in letter.text


def test_a_bonus_was_paid_by_nobody():
    house = House(a_card(), a_payment(500_000), a_payment(300_000, **BONUS), a_charge(550_000))

    house.night()

    (letter,) = house.letters(f"{ACCOUNT}@client.example")
    said = letter.text.replace("\N{NO-BREAK SPACE}", " ")
    assert "списано 5 500,00 ₽, акт на 5 000,00 ₽. В акт не вошли 500,00 ₽, оплаченные бонусами." in said


def test_a_letter_says_of_what_debt_and_what_advance_its_invoice_is():
    """4 000,00 paid, 6 000,00 served: the act is for all of it, the invoice for the debt and another month."""
    house = House(a_card(), a_payment(400_000), a_charge(600_000))

    house.night()

    (letter,) = house.letters(f"{ACCOUNT}@client.example")
    said = letter.text.replace("\N{NO-BREAK SPACE}", " ")
    assert "Задолженность за январь 2026 г. 2 000,00 ₽, аванс за февраль 2026 г. 6 000,00 ₽. Действует до" in said
    assert "оплачено 4 000,00 ₽, списано 6 000,00 ₽ — акт на 6 000,00 ₽: он выписывается на то, что списано" in said
    assert letter.subject == "Закрывающие документы за январь 2026 г. — ООО «Ромашка»"


def test_documents_nobody_can_be_written_to_of_stand_in_the_report():
    house = House(a_card(administrators=[]), a_payment(1_000_000), a_charge(550_000))

    report = house.night()

    assert [line[0] for line in report["nobody"]] == [ACCOUNT, ACCOUNT]


def test_more_addresses_than_a_transaction_holds_make_more_letters_and_each_is_written_to_once():
    emails = [f"a{n:03}@romashka.example" for n in range(1, 151)]
    house = a_house(administrators=[{"user": f"u-{n}", "emails": emails[n * 20 : n * 20 + 20]} for n in range(8)])

    house.night()
    house.close()

    assert sorted(house.addresses()) == emails
    assert {state for to, state in house.states().items() if to in emails} == {"delivered"}


def many(first: int, last: int) -> list[dict[str, object]]:
    """Administrators with twenty addresses each: a001, a002 …"""
    emails = [f"a{n:03}@romashka.example" for n in range(first, last + 1)]
    return [{"user": f"u-{n}", "emails": emails[n * 20 : n * 20 + 20]} for n in range(-(-len(emails) // 20))]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param((1, 12), (1, 12), id="the card stays"),
        pytest.param((1, 12), (3, 14), id="two are taken off and two come"),
        pytest.param((1, 12), (1, 2), id="few are left"),
        pytest.param((1, 6), (5, 18), id="many come"),
    ],
)
def test_whatever_call_is_cut_off_and_however_the_card_is_edited_then_everybody_has_each_document_once(
    before, after, monkeypatch: pytest.MonkeyPatch
):
    """With letters of five addresses, of which one fits the transaction of the documents."""
    monkeypatch.setattr(letters, "ADDRESSES_MAX", 5)
    monkeypatch.setattr(letters, "ROWS_MAX", 12)

    def close(house: House) -> None:
        issue_documents(JANUARY, [ACCOUNT], house.outside)

    def on_the_2nd() -> House:
        return a_house(administrators=many(*before))

    for where, house in every_cut(close, on_the_2nd):
        house.queue.sent.clear()
        house.tell(a_card(administrators=many(*after), at="2026-02-01T21:00:00+03:00"))
        house.night()

        written_before = {s.row["address"] for s in house.store.rows("deliveries") if "address" in s.row}
        now = {f"a{n:03}@romashka.example" for n in range(after[0], after[1] + 1)}
        then = {f"a{n:03}@romashka.example" for n in range(before[0], before[1] + 1)}
        told = house.addresses()
        assert len(told) == len(set(told)), where
        assert written_before - {house.outside.settings.accountant_address} == set(told), where
        assert set(told) <= now | then, where
        documents = house.documents()
        assert {d.status.value for d in documents} == {"ready"}, where
        if set(told) != then:  # the card came before the documents were ready
            assert now <= set(told), where
        assert {len(letter.attachments) for to, _, letter in house.mailer.letters if to in told} == {2}, where


def test_letters_whose_documents_are_not_ready_yet_do_not_go():
    house = a_house(administrators=many(1, 120))
    write, second = house.store.tx, iter([False, True])

    def tx(writes):
        if any(w.table == "deliveries" for w in writes) and next(second, True):
            raise CutOffError
        write(writes)

    house.store.tx = tx  # type: ignore[method-assign]
    with pytest.raises(CutOffError):
        issue_documents(JANUARY, [ACCOUNT], house.outside)
    house.store.tx = write  # type: ignore[method-assign]
    letter = letters_in(house.store.rows("deliveries"))[0]

    with pytest.raises(UnavailableError, match="not ready"):
        send_letter(letter.id, next(iter(letter.deliveries)), house.outside)
    house.night()

    assert len(house.addresses()) == 120


def test_throttling_puts_the_letter_back_and_it_goes_later():
    house = a_house()
    postman = Postman(house, UnavailableError("slow down"), UnavailableError("slow down"))

    house.close()

    assert (postman.calls, house.addresses(), house.states()) == (3, [ANNA], {ANNA: "accepted"})


def test_a_long_throttling_is_outlived_by_the_sweep():
    house = a_house()
    Postman(house, *[UnavailableError("slow down")] * 5)
    house.close()
    assert house.states() == {ANNA: "queued"}

    house.wait(minutes=10).sweep()

    assert house.addresses() == [ANNA]


@pytest.mark.parametrize(
    ("seconds", "hints"),
    [
        pytest.param(3, [("send-letter", 3)], id="it comes again within seconds, as a hint of its own"),
        pytest.param(900, [], id="its row waits for the sweep"),
    ],
)
def test_a_letter_that_the_mail_service_does_not_take_now_is_neither_tried_nor_refused(
    seconds: int, hints: list[tuple[str, int]], monkeypatch: pytest.MonkeyPatch
):
    house = _queued(a_house())
    Postman(house, AwayError("the day's quota is used up", seconds=seconds))
    put: list[tuple[str, int]] = []
    monkeypatch.setattr(house.queue, "send", lambda name, said, *, delay_s=0: put.append((name, delay_s)))

    sent = send_or_put_back(f"{ACCOUNT}_2026-01_0001", address_digest(ANNA), house.outside, Batch())

    (row,) = [s.row for s in house.store.rows("deliveries") if "address" in s.row]
    assert (row["status"], row.get("attempts", 0)) == ("queued", 0)
    assert sent.status.startswith("queued: the day's quota")
    assert put == hints
    assert house.metrics.counts.get("LettersHeldUp", 0) == (0 if hints else 1)


def test_a_service_that_is_shut_costs_no_writes_and_no_call(monkeypatch: pytest.MonkeyPatch):
    house = _queued(a_house())
    postman, writes = Postman(house), house.store.write_units

    def shut() -> None:
        raise AwayError("the mail service takes nothing", seconds=800)

    monkeypatch.setattr(house.mailer, "await_turn", shut)

    send_or_put_back(f"{ACCOUNT}_2026-01_0001", address_digest(ANNA), house.outside, Batch())

    assert (postman.calls, house.store.write_units) == (0, writes)


def test_a_refused_letter_is_not_tried_again_and_stands_in_the_report():
    house = a_house(ANNA, "bad@romashka.example")
    postman = Postman(house, RefusedError("the mail service refused: MessageRejected"))

    report = house.night()

    assert house.states()[ANNA] == "refused"
    assert report["undelivered"] == [[ACCOUNT, "refused", "a***@romashka.example"]]
    assert report["letters"] == {"delivered": 1, "refused": 1}
    assert postman.calls == 3  # two addresses and the accountant


def test_a_sending_without_an_answer_is_not_repeated_for_a_quarter_of_an_hour():
    house = a_house()
    postman = Postman(house, UnknownOutcomeError("no answer"), taken=True)
    house.close()

    house.wait(minutes=10).sweep()
    assert (postman.calls, house.states()) == (1, {ANNA: "sending"})
    house.hear()

    assert (postman.calls, house.states(), house.addresses()) == (1, {ANNA: "delivered"}, [ANNA])


def test_a_sending_of_which_nothing_is_heard_is_repeated_then():
    house = a_house()
    postman = Postman(house, UnknownOutcomeError("no answer"))
    house.close()

    house.wait(minutes=16).sweep()

    assert (postman.calls, house.addresses(), house.states()) == (2, [ANNA], {ANNA: "accepted"})
    assert house.metrics.counts["LettersSentAgain"] == 1


def test_repeats_have_an_end():
    house = a_house()
    postman = Postman(house, *[UnknownOutcomeError("no answer")] * 50)
    house.close()

    for _ in range(20):
        house.wait(minutes=16).sweep()

    assert (postman.calls, house.states()[ANNA]) == (ATTEMPTS_MAX + ATTEMPTS_MAX, "unconfirmed")  # and the report's own


def test_an_address_that_bounced_for_good_is_not_written_to_next_month():
    house = a_house(ANNA, "gone@romashka.example")
    house.close()
    house.hear("bounced", only="gone@romashka.example", permanent=True)
    house.tell(a_charge(100_000, at="2026-02-01T12:00:00+03:00"))

    report = house.night(FEBRUARY)

    assert house.addresses() == [ANNA, "gone@romashka.example", ANNA]
    assert report["undelivered"] == [[ACCOUNT, "suppressed", "g***@romashka.example"]]


def test_a_full_mailbox_is_written_to_again_next_month():
    house = a_house("full@romashka.example")
    house.close()
    house.hear("bounced", permanent=False)
    house.tell(a_charge(100_000, at="2026-02-01T12:00:00+03:00"))

    house.night(FEBRUARY)

    assert house.addresses() == ["full@romashka.example"] * 2


def test_who_complained_is_not_written_to_again():
    house = a_house()
    house.close()
    house.hear("complained")
    house.tell(a_charge(100_000, at="2026-02-01T12:00:00+03:00"))

    house.night(FEBRUARY)

    assert house.addresses() == [ANNA]


@pytest.mark.parametrize(
    ("events", "state"),
    [
        pytest.param(["accepted", "delivered"], "delivered", id="in order"),
        pytest.param(["delivered", "accepted"], "delivered", id="the other way round"),
        pytest.param(["delivered", "delivered"], "delivered", id="twice"),
        pytest.param(["delivered", "bounced"], "bounced", id="a late bounce"),
        pytest.param(["complained", "delivered"], "complained", id="a complaint first"),
    ],
)
def test_events_only_move_a_state_forward(events, state):
    house = a_house()
    house.close()

    for event in events:
        house.hear(event)

    assert house.states() == {ANNA: state}


@pytest.mark.parametrize("delivery", ["", "_", "nobody", "c-000009_2026-01_0001_00000000000000000000", "a_b_c_d_e"])
def test_an_event_about_what_is_not_ours_is_passed_over(delivery):
    assert track_letter(LetterEvent(delivery=delivery, status="delivered", message="m"), House().outside) == "unknown"


def test_a_hint_at_a_letter_that_is_not_there_is_passed_over():
    assert send_letter("nobody_2026-01_0001", "0" * 20, House().outside).status == "unknown"


def test_a_hint_that_comes_twice_sends_once():
    house = a_house()
    house.close()

    again = send_letter(f"{ACCOUNT}_2026-01_0001", address_digest(ANNA), house.outside)

    assert (again.status, house.addresses()) == ("accepted", [ANNA])


def test_names_with_html_and_line_breaks_stay_text():
    house = a_house(title="<b>Ромашка</b>\r\nBcc: all@x.example", payers=[{**ROMASHKA, "name": "ООО <i>«Ромашка»</i>"}])

    house.close()

    (letter,) = house.letters()
    assert "\n" not in letter.subject
    assert "<b>Ромашка" not in letter.html
    assert "&lt;b&gt;Ромашка" in letter.html
    assert "<b>Ромашка</b> Bcc: all@x.example" in letter.text


# --- a batch of hints --------------------------------------------------------------------------------------------


def _in_one_call(house: House, *addresses: str) -> tuple[list[str], Batch]:
    """The first letter's addresses are sent to as the function does it; answers what became of each."""
    batch, said = Batch(), []
    hints = [{"letter": f"{ACCOUNT}_2026-01_0001", "address": address_digest(a)} for a in addresses]
    read_ahead([json.dumps(hint) for hint in hints], house.outside)
    for hint in hints:
        said.append(send_letter(hint["letter"], hint["address"], house.outside, batch).status)
    return said, batch


def _letters_left(house: House) -> list[str]:
    return [s.sk for s in house.store.rows("work") if s.sk.startswith("letter#")]


def test_a_letter_is_composed_once_for_all_its_addresses(monkeypatch: pytest.MonkeyPatch):
    house = _queued(a_house(ANNA, "b@romashka.example", "c@romashka.example"))
    composed: list[str] = []
    as_it_is = sending.letter_of
    monkeypatch.setattr(sending, "letter_of", lambda *told: composed.append("once") or as_it_is(*told))

    said, batch = _in_one_call(house, ANNA, "b@romashka.example", "c@romashka.example")

    assert said == ["accepted"] * 3
    assert composed == ["once"]
    assert sorted(house.addresses()) == [ANNA, "b@romashka.example", "c@romashka.example"]
    assert _letters_left(house) == [f"letter#{ACCOUNT}_2026-01_0001"]

    batch.settle(house.outside)

    assert _letters_left(house) == []


def test_a_letter_with_an_address_to_come_stays_in_the_work():
    house = _queued(a_house(ANNA, "b@romashka.example"))

    _, batch = _in_one_call(house, ANNA)
    batch.settle(house.outside)

    assert _letters_left(house) == [f"letter#{ACCOUNT}_2026-01_0001"]


def test_a_hint_that_nobody_can_read_keeps_nothing_from_its_neighbours():
    house = _queued(a_house())

    read_ahead(["no JSON", '{"letter": "l"}', "[]"], house.outside)

    assert _in_one_call(house, ANNA)[0] == ["accepted"]


def test_letters_of_very_many_documents_are_not_all_read_ahead():
    house = _queued(a_house())
    letter = f"{ACCOUNT}_2026-01_0001"
    head = house.store.get("deliveries", *key_of(letter, HEAD))
    assert head
    more = {**head.row, "documents": [*head.row["documents"], *(f"2026-01.act.{n}.0" for n in range(120))]}
    house.store.tx([Write("deliveries", *key_of(letter, HEAD), more, head.version)])

    read_ahead([json.dumps({"letter": letter, "address": address_digest(ANNA)})], house.outside)


def test_an_event_settles_a_letter_that_nobody_has_settled():
    """The answer to the sending was lost; the event is the first to say that the letter was taken."""
    house = _queued(a_house())
    Postman(house, UnknownOutcomeError("no answer"), taken=True)
    assert _in_one_call(house, ANNA)[0] == ["sending"]

    house.hear("accepted")

    assert _letters_left(house) == []


def _queued(house: House) -> House:
    """The month is closed, and its letters wait for their hints."""
    issue_documents(JANUARY, [ACCOUNT], house.outside)
    return house


# --- sent again --------------------------------------------------------------------------------------------------


def test_a_month_of_refused_letters_goes_again_to_whom_it_did_not_reach_and_only_once():
    house = a_house(ANNA, "bad@romashka.example")
    Postman(house, RefusedError("the mail service refused: MessageRejected"))
    report = house.night()
    assert report["letters"] == {"delivered": 1, "refused": 1}

    def again(**how: object) -> int:
        return letters_again(JANUARY, DeliveryState.REFUSED, house.outside, until=house.until, **how).addresses  # type: ignore[arg-type]

    assert again(accounts=["c-000009"]) == 0
    assert again() == 1
    assert again() == 0
    house.work()
    house.hear()
    assert sorted(house.addresses()) == [ANNA, "bad@romashka.example"]
    for _ in range(3):
        house.wait(minutes=10).sweep()

    states = [s.row["status"] for s in house.store.rows("deliveries") if "status" in s.row and s.pk == ACCOUNT]
    assert states == ["delivered", "delivered"]
    assert (house.report() or {})["report"] == 1  # the sums are the same, so our accountant gets no second report
    assert not [s for s in house.store.rows("work") if s.sk.startswith("letter#c-")]


def test_the_letters_of_a_table_are_sent_again_in_parts_where_time_is_up():
    house = a_house()
    Postman(house, RefusedError("the mail service refused: MessageRejected"))
    house.night()

    late = letters_again(JANUARY, DeliveryState.REFUSED, house.outside, until=house.now, cursor='["a", ""]')

    assert (late.addresses, late.cursor) == (0, '["a", ""]')


@pytest.mark.parametrize("status", ["bounced", "delivered", "", "all", 1])
def test_only_letters_that_may_go_again_can_be_asked_for(status: object):
    with pytest.raises(InvalidInputError, match="refused, unconfirmed"):
        read_request({"month": "2026-01", "again": status})
