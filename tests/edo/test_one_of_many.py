"""One odd thing stops none of the others, run after run; an operator that is away stops them all."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from billing.ports_edo import AwayError, BusyError, OddAnswerError, Signed
from billing.usecases.edo.one_of_many import one_of_many
from tests.edo.house import EdoHouse
from tests.edo.quarter import ACTS, Cloud, QuarterHouse, SigningService, a_quarter
from tests.edo.test_invitations import paying, run
from tests.usecases.house import ROMASHKA, VASILYOK, a_card

OTHER = "c-000777"
THEIRS = {name: VASILYOK[name] for name in ("inn", "kpp") if VASILYOK.get(name)}
POISONS = {
    "it never answers": lambda request: httpx.ReadError("gone", request=request),
    "it answers 500": lambda request: httpx.Response(500),
    "it answers nonsense": lambda request: httpx.Response(200, content=b"<html>"),
}


def of_two(signer: Callable[[EdoHouse], SigningService] | None = None) -> QuarterHouse:
    """Romashka's three acts and Vasilyok's three, both partners."""
    other = (a_card(OTHER, payers=[VASILYOK]), *a_quarter(OTHER, payer=THEIRS))
    house = QuarterHouse(a_card(), *a_quarter(), *other, signer=signer)
    house.partner()
    house.partner(VASILYOK)
    return house


def poisoned(house: EdoHouse, endpoint: str, of: str, how: str) -> None:
    """Of all calls to the endpoint, those that name `of` are answered as badly as that, for ever."""
    handle = house.transport.handle_request

    def answer(request: httpx.Request) -> httpx.Response:
        body = request.read() if request.method == "POST" else b""
        if endpoint in request.url.path and (of.encode() in body or of in str(request.url)):
            said = POISONS[how](request)
            if isinstance(said, Exception):
                raise said
            return said
        return handle(request)

    house.transport.handle_request = answer  # type: ignore[method-assign]


@pytest.mark.parametrize("how", list(POISONS))
@pytest.mark.parametrize("inn", [ROMASHKA["inn"], VASILYOK["inn"]], ids=["the first", "the last"])
def test_a_document_without_a_title_stops_none_of_the_others(inn, how):
    house = of_two()
    poisoned(house, "GenerateTitleXml", inn, how)

    first, second = house.send(), house.send("2026-04-02 06:00")

    assert (first.sent, second.sent, first.ended, house.left) == (3, 0, True, {"no_answer": 3})
    assert all(inn not in document for document, _ in house.sent)
    assert sorted(set(house.reasons().values())) == ["no_answer"]
    assert house.metrics.counts["EdoPassedOver"] == 6


def test_a_line_of_a_document_that_got_no_answer_goes_when_it_is_sent():
    house = of_two()
    house.fail("server_error", "GenerateTitleXml", status=503, times=4)
    assert house.send().left == 1
    assert list(house.reasons().values()) == ["no_answer"]

    assert house.send("2026-04-02 06:00").sent == 1

    assert house.reasons() == {}


@pytest.mark.parametrize("endpoint", ["PostMessage", "GetOrganizationsByInnList"])
def test_what_cannot_be_posted_or_looked_up_stops_none_of_the_others(endpoint):
    house = of_two()
    of = ACTS[1] if endpoint == "PostMessage" else ROMASHKA["inn"]
    poisoned(house, endpoint, of, "it answers 500")

    run_of_it = house.send()

    assert (run_of_it.ended, run_of_it.waits) == (True, "")
    assert (run_of_it.sent, house.left) == ((5, {"no_answer": 1}) if of == ACTS[1] else (3, {"no_answer": 3}))


def test_an_operator_that_is_away_stops_the_run_and_is_counted():
    house = of_two()
    house.fail("server_error", status=503, times=0)
    assert house.send().waits
    house.diadoc.forget_faults()
    house.fail("too_many_requests", "GenerateTitleXml", times=4)

    assert house.send("2026-04-02 06:00").waits

    assert house.metrics.counts["EdoWaits"] == 2
    assert house.reasons() == {"edo.away": "sending_waits"}


def test_a_payer_whose_invitation_gets_no_answer_stops_none_of_the_others():
    house = EdoHouse(*paying(ROMASHKA, VASILYOK))
    boxes = house.client(), house.client(VASILYOK)
    poisoned(house, "AcquireCounteragent", boxes[0], "it never answers")

    run(house)

    assert house.invited() == [boxes[1]]


@pytest.mark.parametrize("endpoint", ["GenerateDocumentProtocol", "GeneratePrintForm", "GenerateDocumentZip"])
def test_a_file_that_cannot_be_had_stops_none_of_the_others(endpoint):
    house = QuarterHouse(a_card(), *a_quarter())
    house.partner(signs_after_s=60)
    house.send()
    house.wait(minutes=10).diadoc.advance(seconds=0)
    first = sorted(d["entity_id"] for d in house.at_the_operator())[0]
    poisoned(house, endpoint, first, "it answers nonsense" if endpoint != "GeneratePrintForm" else "it answers 500")

    for _ in range(4):
        house.track(minutes=15)

    states = [house.edo_state(act) for act in ACTS]
    files = sorted(sum(map(bool, (s.print_form, s.protocol, s.archive))) for s in states if s)
    assert files == [2, 3, 3]


def test_a_message_that_gets_no_answer_stops_none_of_the_others():
    house = QuarterHouse(a_card(), *a_quarter())
    house.track(minutes=1)
    house.partner(signs_after_s=60)
    house.send()
    message = house.at_the_operator()[0]["message_id"]
    poisoned(house, "GetMessage", message, "it answers 500")

    house.track(minutes=30)

    assert sorted(house.stage(act) for act in ACTS) == ["accepted", "accepted", "sent"]


def test_one_file_that_the_signer_never_answers_about_stops_no_other():
    class Poisoned(SigningService):
        def sign(self, files, **how):
            if ACTS[0] in files[0].key and ROMASHKA["inn"] in files[0].key:
                raise BusyError("500")
            return super().sign(files, **how)

    house = of_two(lambda its: Poisoned(its, batch_max=1))

    run_of_it = house.send()

    assert (run_of_it.sent, run_of_it.ended, bool(run_of_it.waits)) == (5, True, True)
    assert house.left == {"signing_waits": 1}


def test_a_batch_in_trouble_stops_neither_the_others_nor_what_is_signed():
    house = of_two(lambda its: Cloud(its, batch_max=3))
    house.send()
    assert len(house.signer.tasks) == 2
    house.signer.forgotten, house.signer.confirmed = {"task-1"}, True

    run_of_it = house.send("2026-04-02 06:00")

    assert (run_of_it.sent, len(house.sent), len(house.signer.tasks)) == (3, 3, 3)


def test_what_was_sent_after_the_walk_has_passed_it_is_not_said_to_be_left():
    house = of_two(lambda its: Cloud(its, batch_max=3))
    house.send()
    house.signer.confirmed = True

    house.send("2026-04-02 06:00")

    assert (len(house.sent), house.left) == (6, {})


@pytest.mark.parametrize("error", [OddAnswerError("odd"), BusyError("busy")])
def test_whether_it_is_the_thing_or_the_operator_our_own_box_tells(error):
    house = EdoHouse()
    with one_of_many(house.outside, house.edo) as passed:
        raise error
    assert passed == [str(error)]

    house.fail("server_error", "GetMyOrganizations", status=503, times=0)
    with pytest.raises(BusyError), one_of_many(house.outside, house.edo):
        raise error


def test_an_operator_that_says_it_is_away_is_not_asked_once_more():
    house = EdoHouse()
    with pytest.raises(AwayError), one_of_many(house.outside, house.edo):
        raise AwayError("429")
    assert house.calls() == []


def test_a_service_that_queues_has_all_files_at_once_and_gives_them_to_the_next_run():
    class Queueing(SigningService):
        def sign(self, files, *, now, task=""):
            return super().sign(files, now=now) if task else Signed(task=files[0].key, retry_after_s=5)

    house = of_two(lambda its: Queueing(its, batch_max=1))
    assert (house.send().sent, house.left, house.reasons()) == (0, {"signing_waits": 6}, {})

    assert (house.send("2026-04-02 04:20").sent, house.left) == (6, {})
