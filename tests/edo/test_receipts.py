"""Our receipts: given once for each title that asks for one, however often a run is cut; or a person reads why not."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import replace
from typing import Any

import pytest

from billing.adapters.signing.simple import DelaySend
from billing.domain.edo_reasons import Reason
from billing.domain.edo_receipt import Receipt
from billing.ports_edo import BusyError, Cms, NeedsPersonError, StopTheRunError
from billing.records_edo import RECEIPTS, open_shard
from billing.usecases.track_edo import TrackedRun, track_edo
from local.company.client import a_company
from tests.edo.cutting import Cut
from tests.edo.house import POLICY
from tests.edo.quarter import ACTS, Cloud, QuarterHouse, SigningService
from tests.usecases.house import ACCOUNT, a_card, a_charge, a_payment

ACT = ACTS[2]
GIVES = replace(POLICY, receipts=True)
OTHER = a_company(811, "ООО «Второй»")
SUBJECT = f"document.{ACCOUNT}.{ACT}"
MARCH_ONLY = (a_card(), a_payment(30_000_00), a_charge(1_000_00, at="2026-03-31T23:59:00+03:00"))


class Answered(QuarterHouse):
    """An act that the client has signed on 3 April at 12:00, with a receipt asked for on its title."""

    def __init__(self, signer: Any = SigningService, **more: Any) -> None:
        super().__init__(*MARCH_ONLY, signer=signer, policy=GIVES, **more)
        self.partner()
        self.send("2026-04-02 04:00")
        if isinstance(self.signer, Cloud):
            self.signer.confirmed = True
            self.send("2026-04-02 06:00")
        self.track(minutes=5)
        self.at("2026-04-03 12:00").diadoc.recipient_signs(**self.place, needs_receipt=True)
        self.diadoc.forget_calls()
        if isinstance(self.signer, SigningService):
            self.signer.asked.clear()

    @property
    def place(self) -> dict[str, str]:
        sent = self.at_the_operator()[0]
        return {"message_id": sent["message_id"], "entity_id": sent["entity_id"]}

    def run(self, at: str = "2026-04-03 12:15") -> TrackedRun:
        """One of the schedule, of a process of its own."""
        self.at(at)
        return track_edo(self.outside, self.a_worker(), until=self.until)

    @property
    def receipt(self) -> Receipt:
        state = self.edo_state(ACT)
        assert state
        assert state.receipt, "none was asked for"
        return state.receipt

    @property
    def line(self) -> tuple[Reason, str] | None:
        found = self.for_people().get(SUBJECT)
        return (found.reason, found.detail) if found else None

    @property
    def is_open(self) -> bool:
        return any(self.store.get("work", pk, f"{ACCOUNT}#{ACT}") for pk in (open_shard(ACCOUNT), RECEIPTS))

    def entities(self, kind: str) -> list[dict[str, Any]]:
        message = self.diadoc.export_state()["state"]["messages"][self.place["message_id"]]
        return [e for e in message["entities"] if e["attachment_type"] == kind]

    @property
    def at_operator(self) -> str:
        message = self.diadoc.export_state()["state"]["messages"][self.place["message_id"]]
        return str(message["documents"][0]["sender_receipt"])


def test_a_receipt_is_made_signed_and_given_in_the_run_that_hears_of_it():
    house = Answered()

    run = house.run()

    title, given = house.entities("UniversalTransferDocumentBuyerTitle")[0], house.entities("Receipt")
    assert (run.receipts, house.at_operator, house.line) == (1, "Finished", None)
    assert [one["parent_id"] for one in given] == [title["entity_id"]]
    key = f"edo/{ACCOUNT}/{ACT}.1.receipt.{title['entity_id']}"
    assert (house.receipt.file, house.receipt.signature_file) == (f"{key}.xml", f"{key}.sig")
    assert house.files.get(f"{key}.xml") == base64.b64decode(given[0]["content"])
    assert house.signer.asked == [[key.removeprefix("edo/")]]
    assert house.is_open  # until the operator says that it has it

    house.run("2026-04-03 12:30")

    assert not house.is_open
    assert house.run("2026-04-03 12:45").receipts == 0
    assert len(house.entities("Receipt")) == 1


def test_the_receipt_names_who_signs_and_goes_with_the_power():
    house = Answered()
    house.run()

    asked = house.calls("v2/generatereceiptxml")
    assert len(asked) == 1
    content = house.files.get(house.receipt.file).decode("windows-1251")
    assert 'Фамилия="Примеров" Имя="Пётр" Отчество="Петрович"' in content
    assert 'Должн="Генеральный директор"' in content


def test_a_title_that_asks_for_no_receipt_gets_none():
    house = QuarterHouse(*MARCH_ONLY, signer=SigningService, policy=GIVES)
    house.partner(signs_after_s=3_600)
    house.send("2026-04-02 04:00")
    house.track(hours=2)

    house.track(minutes=15)

    state = house.edo_state(ACT)
    assert state
    assert (state.fate.stage.value, state.receipt) == ("accepted", None)
    assert house.calls("v2/generatereceiptxml") == []


def test_where_a_person_signs_in_the_web_the_receipt_is_that_persons():
    house = Answered()
    house.signer = DelaySend()

    house.run()

    assert house.line == (Reason.OUR_RECEIPT_IS_DUE, "подписывает человек")
    house.run("2026-04-04 12:00")
    assert house.calls("v4/postmessagepatch") == []
    assert len(house.calls("v2/generatereceiptxml")) == 1

    house.diadoc.sender_gives_receipt(**house.place)
    house.run("2026-04-04 12:15")

    assert (house.line, house.is_open) == (None, False)


def test_a_company_may_leave_its_receipts_to_a_person():
    house = Answered()
    house.set_policy(POLICY)

    house.run()

    assert house.line == (Reason.OUR_RECEIPT_IS_DUE, "так настроено: извещения подписывает человек")
    assert (house.signer.asked, house.calls("v2/generatereceiptxml")) == ([], [])

    house.set_policy(GIVES)
    house.run("2026-04-03 12:30")

    assert (house.at_operator, house.line) == ("Finished", None)


def test_a_batch_that_a_person_confirms_waits_and_no_other_one_is_begun():
    house = Answered(Cloud)
    house.signer.confirmed = False
    house.signer.tasks.clear()

    house.run()
    house.run("2026-04-03 12:30")

    assert len(house.signer.tasks) == 1
    assert house.reasons() == {"edo.signing.receipts": "signing_waits"}

    house.signer.confirmed = True
    house.run("2026-04-03 12:45")

    assert (house.at_operator, house.reasons()) == ("Finished", {})


# --- what does not work --------------------------------------------------------------------------------------------


def test_a_file_that_is_not_signed_is_a_persons_and_is_tried_once_a_day_for_five_days():
    house = Answered()
    title = house.entities("UniversalTransferDocumentBuyerTitle")[0]["entity_id"]
    house.signer.refuses = {f"{ACCOUNT}/{ACT}.1.receipt.{title}"}

    for day in range(3, 13):
        house.run(f"2026-04-{day:02} 13:00")
        house.run(f"2026-04-{day:02} 15:00")

    assert house.line == (Reason.OUR_RECEIPT_IS_DUE, "не могу")
    assert (len(house.signer.asked), house.receipt.refusals) == (5, 5)
    assert len(house.calls("v2/generatereceiptxml")) == 1


@pytest.mark.parametrize("endpoint", ["v2/generatereceiptxml", "v4/postmessagepatch"])
def test_what_the_operator_refuses_is_a_persons_with_its_words(endpoint: str):
    house = Answered()
    house.fail("server_error", endpoint, status=409, times=1)

    house.run()

    reason, detail = house.line or (None, "")
    assert reason is Reason.OUR_RECEIPT_IS_DUE
    assert detail != ""
    assert house.at_operator == "HaveToCreateReceipt"

    house.run("2026-04-03 12:30")
    assert house.at_operator == "HaveToCreateReceipt", "today it said no"
    house.run("2026-04-04 12:30")

    assert (house.at_operator, house.line) == ("Finished", None)
    assert len(house.signer.asked) == 1, "signed once"


def test_a_receipt_that_a_person_was_faster_with_is_nobodys_trouble():
    house = Answered()
    given = house.diadoc.sender_gives_receipt
    house.signer.before = lambda: given(**house.place)  # while we sign

    house.run()

    assert (house.line, house.is_open) == (None, False)
    assert len(house.entities("Receipt")) == 1
    assert house.receipt.trouble == ""


@pytest.mark.parametrize(
    ("error", "reasons"),
    [
        pytest.param(BusyError("away"), {}, id="it does not answer"),
        pytest.param(
            NeedsPersonError("a key lapsed"), {"edo.signing.receipts": "signer_wants_person"}, id="it wants a person"
        ),
    ],
)
def test_a_signer_that_cannot_now_is_asked_again_and_after_a_day_a_person_reads_it(error: Exception, reasons: Any):
    house = Answered()

    def fails() -> None:
        raise error

    house.signer.before = fails
    house.run()
    assert house.reasons() == reasons
    house.run("2026-04-03 15:00")

    house.run("2026-04-04 13:00")
    assert house.line == (Reason.OUR_RECEIPT_IS_DUE, "за сутки не удалось: не отвечает сервис подписи или оператор")

    house.signer.before = lambda: None
    house.run("2026-04-04 15:00")

    assert (house.at_operator, house.reasons()) == ("Finished", {})


def test_a_signer_that_refuses_us_stops_no_reading_at_the_operator():
    house = Answered()

    def refuses() -> None:
        raise StopTheRunError("no signer is configured")

    house.signer.before = refuses
    run = house.run()

    assert (run.stopped, run.moved) == ("", 1)
    assert house.line == (Reason.OUR_RECEIPT_IS_DUE, "дословно: «no signer is configured»")


def test_a_receipt_that_the_operator_is_still_at_keeps_no_other_waiting():
    theirs = {"payer": {"inn": OTHER["inn"], "kpp": OTHER["kpp"]}}
    house = QuarterHouse(
        *MARCH_ONLY,
        a_card("c-000002", payers=[OTHER]),
        a_payment(30_000_00, "c-000002", **theirs),
        a_charge(1_000_00, "c-000002", at="2026-03-31T23:59:00+03:00"),
        signer=SigningService,
        policy=GIVES,
    )
    house.partner()
    house.partner(OTHER)
    house.send("2026-04-02 04:00")
    house.track(minutes=5)
    for sent in house.at_the_operator():
        place = {"message_id": sent["message_id"], "entity_id": sent["entity_id"]}
        house.diadoc.recipient_signs(**place, needs_receipt=True)
    house.fail("still_running", "v2/generatereceiptxml", times=1, retry_after_s=30)

    house.wait(minutes=15)
    run = track_edo(house.outside, house.a_worker(), until=house.until)

    assert (run.receipts, house.reasons()) == (1, {})
    assert track_edo(house.outside, house.a_worker(), until=house.until).receipts == 1


def test_a_receipt_on_nothing_that_we_know_is_a_persons():
    house = QuarterHouse(*MARCH_ONLY, signer=SigningService, policy=GIVES)
    house.partner()
    house.send("2026-04-02 04:00")
    house.track(minutes=5)
    sent = house.at_the_operator()[0]
    house.diadoc.sender_owes_receipt(message_id=sent["message_id"], entity_id=sent["entity_id"])

    house.track(minutes=15)

    line = house.for_people()[SUBJECT]
    assert (line.reason, line.detail) == (Reason.OUR_RECEIPT_IS_DUE, "оператор не говорит, на что его ждёт")
    assert house.calls("v2/generatereceiptxml") == []


def test_a_receipt_whose_signature_is_bad_is_still_asked_for_and_a_person_reads_so_a_day_later():
    house = Answered()
    bad = Cms(der=house.diadoc.sign(content=b"other bytes", inn="9999000013"))
    sign = house.signer.sign

    def signs_badly(files: Any, **how: Any) -> Any:
        return replace(sign(files, **how), outcomes={file.key: bad for file in files})

    house.signer.sign = signs_badly
    house.run()
    house.run("2026-04-04 12:00")
    assert house.line is None
    house.run("2026-04-04 12:30")

    assert house.line == (
        Reason.OUR_RECEIPT_IS_DUE,
        "отправлено, но оператор всё ещё ждёт его: проверьте подпись",
    )
    assert len(house.calls("v4/postmessagepatch")) == 1


def test_an_annulled_document_needs_no_receipt():
    house = Answered()
    house.set_policy(POLICY)
    house.run()
    house.diadoc.recipient_asks_revocation(**house.place)
    message = house.diadoc._application.world.state.messages[house.place["message_id"]]
    message.documents[0].revocation = "accepted"

    house.track(minutes=15)

    assert house.reasons() == {SUBJECT: "annulled"}
    assert not house.is_open


# --- at any call ---------------------------------------------------------------------------------------------------


def outcome(house: Answered) -> dict[str, Any]:
    receipt = house.receipt
    return {
        "given": len(house.entities("Receipt")),
        "signed": len(house.entities("Receipt")) and house.files.get(receipt.signature_file) != b"",
        "bytes": [base64.b64decode(e["content"]) for e in house.entities("Receipt")] == [house.files.get(receipt.file)],
        "at the operator": house.at_operator,
        "open": house.is_open,
        "people": house.reasons(),
        "batches": [s.sk for s in house.store.query("control", "edo.signing.receipts").rows],
        "files of batches": [s.sk for s in house.store.query("control", "edo.signing.files").rows],
    }


def finish(house: Answered) -> None:
    if isinstance(house.signer, Cloud):
        house.signer.confirmed = True
    for at in ("2026-04-03 12:30", "2026-04-03 13:45", "2026-04-03 14:00", "2026-04-03 15:15"):
        house.run(at)


@pytest.mark.parametrize("after", [False, True], ids=["before its effect", "after its effect"])
@pytest.mark.parametrize("signer", [SigningService, Cloud])
def test_a_process_may_end_at_any_call(signer: Any, after: bool):
    house = Answered(signer)
    beginning = house.remembered()

    def also() -> list[tuple[Any, str]]:
        return [(house.files, "put_once"), (house.signer, "sign")]

    whole = Cut()
    with whole.watching(house, *also()):
        house.run()
    finish(house)
    expected = outcome(house)
    assert (expected["given"], expected["bytes"], expected["people"]) == (1, True, {})
    assert (expected["batches"], expected["files of batches"], expected["open"]) == ([], [], False)
    assert whole.calls > 20

    for at in range(1, whole.calls + 1):
        house.as_remembered(beginning)
        house.signer = signer(house)
        with Cut(at, after=after).watching(house, *also()):
            house.run()
        finish(house)

        assert outcome(house) == expected, f"cut at call {at}"


def test_a_repeat_after_a_lost_answer_is_the_same_call_under_the_same_key():
    house = Answered()
    asked: list[tuple[str, bytes]] = []

    def note(request: Any) -> None:
        if request.url.path == "/V4/PostMessagePatch":
            asked.append((request.url.params["operationId"], request.read()))

    house.transport.before = note
    house.fail("lost_answer", "v4/postmessagepatch", after_commit=True, times=4)
    assert house.run().receipts == 0
    house.diadoc.forget_faults()
    house.run("2026-04-03 12:20")

    assert len(asked) >= 4
    assert len(set(asked)) == 1
    title = house.entities("UniversalTransferDocumentBuyerTitle")[0]["entity_id"]
    meaning = f"test|{ACCOUNT}/{ACT}|receipt.{title}|1"
    assert asked[0][0] == hashlib.sha256(meaning.encode()).hexdigest()


def test_any_answer_of_the_operator_may_be_lost():
    house = Answered()
    beginning = house.remembered()
    house.run()
    calls = len(house.calls())
    finish(house)
    expected = outcome(house)

    for n in range(calls):
        house.as_remembered(beginning)
        house.signer = SigningService(house)
        house.fail("lost_answer", after_commit=True, skip=n, times=5)  # more often than a run asks
        house.run()
        house.diadoc.forget_faults()
        finish(house)

        assert outcome(house) == expected, f"lost from call {n + 1} on"
