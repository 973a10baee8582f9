"""Signing in use: an outcome is stored before it is used, and no file is signed twice."""

from __future__ import annotations

from typing import Any

from billing.adapters.signing.simple import DelaySend
from billing.ports_edo import BadSignatureError, BusyError, NeedsPersonError, StopTheRunError
from billing.usecases.edo.sending.by_hand import once_more
from local.company.client import a_company
from tests.edo.quarter import ACTS, Cloud, QuarterHouse, SigningService, a_quarter
from tests.usecases.house import ACCOUNT, a_card

FIRST = f"{ACCOUNT}/{ACTS[0]}.1"
KEYS = [f"{ACCOUNT}/{act}.1" for act in ACTS]


def raises(error: BaseException) -> Any:
    def before() -> None:
        raise error

    return before


def a_house(signer: Any = SigningService, **more: Any) -> QuarterHouse:
    house = QuarterHouse(a_card(), *a_quarter(), signer=signer, **more)
    house.partner()
    return house


def test_our_signature_is_kept_and_the_operator_finds_it_valid():
    house = a_house()

    assert house.send().sent == 3

    assert house.signer.asked == [KEYS]
    assert all(f"edo/{key}.sig" in house.files.files for key in KEYS)
    house.track(minutes=5)
    assert house.states == {"delivered": 3}


def test_a_service_that_takes_one_file_at_a_time_gets_one():
    house = a_house(lambda h: SigningService(h, 1))

    assert house.send().sent == 3
    assert house.signer.asked == [[key] for key in KEYS]


def test_what_was_signed_is_not_signed_again_when_the_operator_was_away():
    house = a_house()
    house.fail("server_error", "V3/PostMessage", times=99, status=503)
    first = house.send()
    house.diadoc.forget_faults()

    second = house.send("2026-04-02 06:00")

    assert (first.sent, first.left, second.sent) == (0, 3, 3)
    assert house.signer.asked == [KEYS]


def test_a_signature_that_was_kept_but_not_noted_is_taken():
    """The process ended between the file and the row."""
    house = a_house()
    kept = house.remembered()
    house.send()
    files = {k: v for k, v in house.files.files.items() if k.startswith("edo/")}
    house.as_remembered(kept)
    house.signer.before = raises(BusyError("away"))
    house.send()
    house.signer.before = lambda: None
    house.signer.asked.clear()
    house.files.files.update({k: v for k, v in files.items() if k.endswith(".sig")})

    titles = {k: v for k, v in house.files.files.items() if k.endswith(".xml")}
    assert len(titles) == 3
    house.send("2026-04-02 06:00")

    assert house.signer.asked == []


def test_a_run_beside_another_gives_no_file_to_the_signer_again():
    house = a_house()

    def beside() -> None:
        house.signer.before = lambda: None
        house.send()

    house.signer.before = beside
    house.send()
    house.send("2026-04-02 06:00")

    assert sorted(key for files in house.signer.asked for key in files) == KEYS
    assert len(house.sent) == 3


def test_a_run_beside_another_that_was_faster_has_nothing_to_sign():
    house = a_house()

    def faster(request: Any) -> None:
        if "GenerateTitleXml" in request.url.path and not house.signer.asked:
            house.transport.before = lambda request: None
            house.send()

    house.transport.before = faster
    house.send()

    assert sorted(key for files in house.signer.asked for key in files) == KEYS
    assert sorted(id for id, _ in house.sent) == sorted(ACTS)


def test_a_file_that_was_not_signed_is_a_persons_and_is_tried_again_on_another_day():
    house = a_house()
    house.signer.refuses = {FIRST}

    run = house.send()

    assert (run.sent, house.left) == (2, {"not_signed": 1})
    assert house.for_people()[f"document.{ACCOUNT}.{ACTS[0]}"].detail == "не могу"
    house.signer.refuses = set()
    assert house.send("2026-04-02 20:00").sent == 0
    assert house.send("2026-04-03 04:00").sent == 1
    assert house.reasons() == {}
    assert house.signer.asked == [KEYS, [FIRST]]


def test_a_bad_signature_is_not_sent():
    house = a_house(lambda h: SigningService(h, 1))
    house.signer.before = raises(BadSignatureError("the signer's certificate has lapsed"))

    run = house.send()

    assert (run.sent, house.left, house.sent) == (0, {"not_signed": 3}, [])


def test_a_signing_service_that_waits_for_a_person_says_so():
    house = a_house()
    house.signer.before = raises(NeedsPersonError("смените сертификат"))

    run = house.send()

    assert (run.ended, run.left, bool(run.waits), run.stopped) == (True, 3, True, "")
    assert house.metrics.counts["EdoWaits"] == 1
    assert house.for_people()["edo.signing"].reason == "signer_wants_person"
    house.signer.before = lambda: None
    assert house.send("2026-04-02 06:00").sent == 3
    assert house.reasons() == {}


def test_a_signing_service_that_refuses_us_is_an_alarm():
    house = a_house()
    house.signer.before = raises(StopTheRunError("no rights"))

    assert house.send().stopped == "no rights"
    assert house.metrics.counts["EdoStopped"] == 1


def test_a_person_confirms_a_whole_batch_once():
    payer = a_company(801, "ООО «Клиент»")
    house = QuarterHouse(
        a_card(),
        *a_quarter(),
        a_card("c-000002", payers=[payer]),
        *a_quarter("c-000002", payer={"inn": payer["inn"], "kpp": payer["kpp"]}),
        signer=Cloud,
    )
    house.partner()
    house.partner(payer)

    runs = [house.send("2026-04-02 04:00"), house.send("2026-04-02 06:00")]

    assert [run.sent for run in runs] == [0, 0]
    assert house.left == {"signing_waits": 6}
    line = house.for_people()["edo.signing"]
    assert (line.reason, line.detail) == ("signing_waits", "файлов 6, код придёт по СМС")
    house.signer.confirmed = True
    assert house.send("2026-04-02 08:00").sent == 6
    assert [len(task) for task in house.signer.tasks] == [6]
    assert house.reasons() == {}


def test_what_a_person_has_confirmed_goes_out_before_the_next_round():
    house = QuarterHouse(a_card(), *a_quarter(), signer=Cloud)
    house.partner()

    first = house.send("2026-04-02 04:00")
    house.signer.confirmed = True

    assert (first.sent, first.ended) == (0, True)
    assert house.send("2026-04-02 04:15", go_on=True).sent == 3


def test_a_task_is_kept_before_anything_else_is_done():
    """Whatever fails next, the person is not asked to confirm the same files a second time."""
    house, after = a_house(Cloud), []
    tx = house.store.tx

    def watched(writes: Any) -> None:
        if house.signer.tasks:
            after.append([write.pk for write in writes])
        tx(writes)

    house.store.tx = watched  # type: ignore[method-assign]
    house.send()

    assert after[0] == ["edo.signing"]


def test_a_person_reads_of_signing_as_long_as_one_task_waits():
    house = a_house(lambda h: Cloud(h, 2))
    house.send()
    house.signer.confirmed, house.signer.unconfirmed = True, {"task-1"}

    house.send("2026-04-02 06:00")

    assert [len(task) for task in house.signer.tasks] == [2, 1]
    assert house.reasons() == {"edo.signing": "signing_waits"}
    house.signer.unconfirmed = set()
    house.send("2026-04-02 08:00")
    assert (len(house.sent), house.reasons()) == (3, {})


def test_a_document_that_is_asked_for_anew_leaves_the_task_that_it_waits_in():
    house = a_house(Cloud)
    house.send()
    once_more(ACCOUNT, ACTS[0], house.outside)
    house.signer.confirmed = True

    runs = [house.send("2026-04-02 06:00"), house.send("2026-04-02 08:00")]

    assert [run.sent for run in runs] == [2, 1]
    assert house.signer.tasks == [KEYS, [f"{ACCOUNT}/{ACTS[0]}.2"]]
    assert house.reasons() == {}


def test_a_task_that_is_known_no_more_is_begun_anew_at_once():
    house = a_house(Cloud)
    house.send()
    cloud: Cloud = house.signer
    cloud.forgotten = {"task-1"}

    house.send("2026-04-02 06:00")
    cloud.confirmed = True

    assert (house.send("2026-04-02 08:00").sent, len(cloud.tasks)) == (3, 2)
    assert house.reasons() == {}


def test_a_person_who_signs_at_the_operator_finds_the_documents_there():
    house = a_house(lambda _: DelaySend())

    assert house.send().sent == 3

    assert house.states == {"awaits_our_signature": 3}
    assert {d["sender_signature"] for d in house.at_the_operator()} == {"WaitingForSenderSignature"}
    assert set(house.reasons().values()) == {"waits_for_our_signature"}


def test_the_test_signature_is_for_test_boxes():
    house = QuarterHouse(a_card(), *a_quarter())
    house.partner()

    assert house.send().sent == 3

    assert {house.edo_state(act).signature for act in ACTS} == {"test"}  # type: ignore[union-attr]
