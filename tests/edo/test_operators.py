"""What our own people see of the exchange and say about it: over the routes, and on their page."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date

import pytest

from billing import wiring
from billing.domain.edo_fate import Stage
from billing.domain.edo_reasons import Reason
from billing.usecases.edo.attention import want_person
from billing.usecases.edo.tracking.statuses import moved_writes
from tests.api.asking import TOKENS, Browser, a_token
from tests.edo.house import EdoHouse
from tests.edo.quarter import ACTS, QuarterHouse, a_quarter
from tests.edo.test_invitations import campaign, paying
from tests.edo.test_preflight import SECOND, InMarch, with_power
from tests.page.reading import Read, read_source
from tests.usecases.house import ACCOUNT, ROMASHKA, VASILYOK, a_card


def an_operator(house: EdoHouse, **headers: str) -> Browser:
    return Browser(house, token=a_token(house, role="operator", sub="u-9", account=None), headers=headers)


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[EdoHouse], Browser]]:
    """Our own person before the API of a house."""
    monkeypatch.setenv("POWERTOOLS_TRACE_DISABLED", "true")

    def open_house(house: EdoHouse) -> Browser:
        wiring.install(house.outside, TOKENS)
        return an_operator(house)

    yield open_house
    wiring.install(None)


def test_the_preflight_is_told_with_reasons_in_words(opened):
    house = InMarch(a_card(), *a_quarter(), *SECOND)
    house.partner()
    house.client(VASILYOK)
    operator = opened(house)
    assert operator.get("/edo/preflight").status == 404

    house.send("2026-03-25 04:00")
    said = an_operator(house).get("/edo/preflight").json

    assert (said["window"], said["day"], said["done"], said["ready"], said["not_ready"]) == (
        "2026-Q1", "2026-03-25", True, 2, 2,
    )  # fmt: skip
    assert said["counts"] == [
        {"reason": "not_partners", "said": "обмен не установлен", "remedy": "", "documents": 2},
    ]
    assert {line["who"] for line in said["lines"]} == {"АО «Василёк»: акт № 2", "АО «Василёк»: акт № 4"}


def test_a_window_is_told_as_it_stands(opened):
    house = QuarterHouse(a_card(), *a_quarter(), *SECOND)
    house.partner()
    house.client(VASILYOK)
    house.send("2026-04-02 04:00")
    house.track(minutes=5)

    said = opened(house).get("/edo/windows/2026-Q1").json

    assert (said["stages"], said["left"]) == ({"delivered": 3}, 3)
    assert [(line["account"], line["said"]) for line in said["lines"]] == [("c-000002", "обмен не установлен")] * 3


@pytest.mark.parametrize("window", ["2026-Q5", "2026-13", "Q1", "2026-Q1x"])
def test_a_window_that_is_none_is_not_found(opened, window):
    assert opened(EdoHouse(a_card())).get(f"/edo/windows/{window}").status == 404


@pytest.mark.parametrize("ask", ["documents/2026-03.act.9999003014.0/explanation", "payments/explanation?key=bank:1"])
def test_an_explanation_tells_where_its_acts_are_in_the_exchange(opened, ask):
    house = QuarterHouse(a_card(), *a_quarter(key="bank:1"))
    house.partner()
    house.send("2026-04-02 04:00")
    house.track(minutes=5)
    path, _, query = ask.partition("?")

    said = opened(house).get(f"/accounts/c-000001/{path}", query=query).json

    evidence = said["evidence"] if "evidence" in said else said["acts"][-1]
    assert evidence["id"] == "2026-03.act.9999003014.0"
    assert evidence["edo"]["stage"] == "delivered"
    assert (evidence["edo"]["said"], evidence["edo"]["since"][:10]) == (
        "ЭДО: доставлен, ждёт вашей подписи", "2026-04-02",  # in the words that the client reads
    )  # fmt: skip


# --- what a person decides ---------------------------------------------------------------------------------------

PAYER = {"kpp": ROMASHKA["kpp"]}
PATH = f"/edo/payers/{ROMASHKA['inn']}"


def several_boxes() -> tuple[EdoHouse, str]:
    """A payer with two boxes waits for a person; the second box."""
    house = EdoHouse(*paying(ROMASHKA))
    _, second = house.twins()
    campaign(house)
    return house, second


def test_a_decision_about_a_payer_takes_his_line_off_the_list(opened):
    house, second = several_boxes()
    operator = opened(house)
    (line,) = operator.get("/edo/people").json["people"]
    assert (line["inn"], line["kpp"], line["reason"]) == (ROMASHKA["inn"], ROMASHKA["kpp"], "several_boxes")

    answered = operator.post(f"/edo/payers/{line['inn']}", json_body={"kpp": line["kpp"], "box": second})

    assert (answered.status, answered.json["box"], answered.json["roaming_request"]) == (200, second, "none")
    assert operator.get("/edo/people").json["people"] == []
    assert house.counterparty().box_said == second


def test_the_log_does_not_name_whoever_has_decided(opened, monkeypatch):
    house, second = several_boxes()
    opened(house)
    log = io.StringIO()
    monkeypatch.setattr(wiring.log.registered_handler, "stream", log)
    token = a_token(house, role="operator", sub="boris@crm.example", account=None)
    browser = Browser(house, headers={"Accept": "text/html"}).enters(token)
    csrf = read_source(browser.get("/").body).all("//input[@name='csrf']/@value")[0]
    said = {**PAYER, "box": second}

    by_program = Browser(house, token=token).post(PATH, json_body=said)
    form = {**said, "csrf": csrf, "inn": ROMASHKA["inn"], "said": "", "roaming_request": "none"}
    by_form = browser.post("/page/edo/payers", form=form)

    assert (by_program.status, by_form.status) == (200, 303)
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    assert len({line["user"] for line in lines if line["message"] == "a payer is decided about"}) == 1
    assert "boris" not in log.getvalue()


def test_a_line_of_a_document_names_no_payer_to_decide_about(opened):
    house, _ = several_boxes()
    operator = opened(house)
    want_person("document.c-000001.2026-01.act", Reason.NOT_SIGNED, house.outside, inn=ROMASHKA["inn"])

    lines = operator.get("/edo/people").json["people"]

    assert [(line["inn"], line["kpp"]) for line in lines] == [
        (ROMASHKA["inn"], None),
        (ROMASHKA["inn"], ROMASHKA["kpp"]),
    ]


@pytest.mark.parametrize(
    ("path", "said", "status"),
    [
        (PATH, {}, 400),
        (PATH, {**PAYER, "box": "b1"}, 400),
        (PATH, {**PAYER, "said": "maybe"}, 400),
        (PATH, {**PAYER, "roaming_request": "lost"}, 400),
        (PATH, {**PAYER, "standing": "partners"}, 400),
        ("/edo/payers/1", {**PAYER, "said": "leave"}, 400),
        (f"/edo/payers/{VASILYOK['inn']}", {"kpp": VASILYOK["kpp"], "said": "leave"}, 404),
    ],
)
def test_a_decision_that_says_nothing_true_changes_nothing(opened, path, said, status):
    house, _ = several_boxes()
    before = house.counterparty()

    assert opened(house).post(path, json_body=said).status == status
    assert house.counterparty() == before


def an_end() -> QuarterHouse:
    """The client has refused the first act."""
    house = QuarterHouse(a_card(), *a_quarter())
    house.partner()
    house.send("2026-04-02 04:00")
    house.track(minutes=5)
    fate = house.edo_state(ACTS[0]).fate
    house.diadoc.recipient_rejects(message_id=fate.message, entity_id=fate.entity, text="Не та сумма")
    house.track(minutes=5)
    return house


def test_an_end_that_is_seen_is_off_the_list(opened):
    house = an_end()
    operator = opened(house)
    (line,) = operator.get("/edo/people").json["people"]
    named = {"account": line["account"], "document": line["document"]}

    answered = operator.post("/edo/documents/seen", json_body=named)

    assert answered.json == {"reason": "refused", "text": "контрагент отказал в подписи"}
    assert operator.get("/edo/people").json["people"] == []
    for document, status in ((ACTS[1], 409), ("2026-01.act.1.0", 404), ("\x00", 404), ("x" * 121, 400)):
        assert operator.post("/edo/documents/seen", json_body={**named, "document": document}).status == status


# --- the page ----------------------------------------------------------------------------------------------------


def at_the_page(house: EdoHouse) -> Browser:
    """A person of ours with a session."""
    token = a_token(house, role="operator", sub="u-9", account=None)
    return Browser(house, headers={"Accept": "text/html"}).enters(token)


def cells(page: Read, section: str) -> list[str]:
    return [" ".join(e.text_content().split()) for e in page.all(f"//section[@aria-labelledby='{section}']//tbody//th")]


def test_the_page_shows_what_waits_for_a_person_and_takes_the_decision(opened):
    house, second = several_boxes()
    opened(house)
    browser = at_the_page(house)
    page = read_source(browser.get("/").body)
    (form,) = page.all("//form[@action='/page/edo/payers']")
    sent = {e.get("name"): e.get("value") for e in form.xpath(".//input")}
    (line,) = cells(page, "people")
    assert line.startswith("у организации несколько ящиков")
    assert second in line
    assert (sent["inn"], sent["kpp"], sent["box"]) == (ROMASHKA["inn"], ROMASHKA["kpp"], "")

    answered = browser.post(
        "/page/edo/payers", form={**sent, "box": second.upper(), "said": "", "roaming_request": "none"}
    )

    assert (answered.status, answered.headers["location"]) == (303, "/?done=payer_decided")
    after = browser.get("/", query="done=payer_decided").body
    assert "Записано" in after
    assert cells(read_source(after), "people") == []
    assert house.counterparty().box_said == second


def test_an_end_is_seen_by_a_button_beside_its_line(opened):
    house = an_end()
    opened(house)
    browser = at_the_page(house)
    (form,) = read_source(browser.get("/").body).all("//form[@action='/page/edo/documents']")
    sent = {e.get("name"): e.get("value") for e in form.xpath(".//input")}

    answered = browser.post("/page/edo/documents", form=sent)
    another = browser.post("/page/edo/documents", form={**sent, "document": ACTS[1]})

    assert (answered.status, answered.headers["location"]) == (303, "/?done=end_seen")
    after = browser.get("/", query="done=end_seen").body
    assert "Отмечено" in after
    assert cells(read_source(after), "people") == []
    assert (another.status, "Не\u00a0отмечено" in another.body) == (400, True)


def test_a_document_that_has_failed_is_signed_anew_by_a_button_beside_its_line(opened):
    house = QuarterHouse(a_card(), *a_quarter())
    house.partner()
    house.send("2026-04-02 04:00")
    stored = house.store.get("documents", ACCOUNT, ACTS[0])
    state = house.edo_state(ACTS[0])
    failed = replace(state, fate=replace(state.fate, stage=Stage.SIGNATURE_INVALID, text="certificate valid: False"))
    house.store.tx(moved_writes(stored, state, failed, house.outside))
    house.at("2026-04-17 12:00")
    opened(house)
    browser = at_the_page(house)
    page = read_source(browser.get("/").body)
    (line,) = cells(page, "people")
    (form,) = page.all("//form[@action='/page/edo/documents']")
    (button,) = form.xpath(".//button")
    sent = {e.get("name"): e.get("value") for e in form.xpath(".//input")}

    answered = browser.post("/page/edo/documents", form={**sent, "do": button.get("value")})
    another = browser.post("/page/edo/documents", form={**sent, "document": ACTS[1], "do": "again"})

    assert line == "наша подпись не прошла проверку дословно: «certificate valid: False» акт № 1"
    assert "ООО «Ромашка»" in page.all("//section[@aria-labelledby='people']//td")[0].text_content()
    assert button.text_content() == "Подписать заново акт №\u00a01"
    assert (answered.status, answered.headers["location"]) == (303, "/?done=goes_again")
    assert another.status == 400
    assert house.for_people() == {}
    assert house.send("2026-04-17 12:15", go_on=True).sent == 1
    assert house.edo_state(ACTS[0]).fate.attempt == 2


def test_a_document_that_has_not_failed_does_not_go_again(opened):
    house = an_end()
    operator = opened(house)
    named = {"account": ACCOUNT, "document": ACTS[0]}

    assert operator.post("/edo/documents/again", json_body=named).status == 409
    assert operator.post("/edo/documents/again", json_body={**named, "document": "2026-01.act.1.0"}).status == 404


@pytest.mark.parametrize("spoiled", [{"box": "b1"}, {"said": "maybe"}, {"inn": "1"}, {"inn": VASILYOK["inn"]}])
def test_a_wrong_decision_is_not_noted_and_the_page_says_so(opened, spoiled):
    house, second = several_boxes()
    opened(house)
    browser = at_the_page(house)
    csrf = read_source(browser.get("/").body).all("//input[@name='csrf']/@value")[0]
    before = house.counterparty()
    form = {"csrf": csrf, "inn": ROMASHKA["inn"], **PAYER, "box": second, "said": "", "roaming_request": "none"}

    answered = browser.post("/page/edo/payers", form={**form, **spoiled})

    assert answered.status == 400
    assert "Не\u00a0записано" in answered.body
    assert house.counterparty() == before


def test_a_decision_that_is_not_signed_is_not_taken(opened):
    house, second = several_boxes()
    opened(house)

    answered = at_the_page(house).post("/page/edo/payers", form={"inn": ROMASHKA["inn"], **PAYER, "box": second})

    assert answered.status == 403
    assert house.counterparty().box_said == ""


def test_the_page_shows_the_windows_the_parked_and_the_messages_not_taken(opened):
    house = QuarterHouse(a_card(), *a_quarter(), *SECOND)
    house.partner()
    house.client(VASILYOK)
    house.send("2026-04-02 04:00")
    house.track(minutes=5)
    house.tell('{"kind": "nonsense", "account": "c-000001"}')
    parked = {"c-000002": ({"reason": "слишком много строк", "at": "2026-04-02T00:00:00Z"}, 1)}
    house.store.tables["control"]["parked.2026-03"] = parked
    opened(house)

    page = read_source(at_the_page(house).get("/").body)

    assert cells(page, "window") == [
        "доставлены, ждут подписи клиента",
        "обмен не установлен",
        "АО «Василёк»: акт № 2",
        "АО «Василёк»: акт № 4",
        "АО «Василёк»: акт № 6",
    ]
    assert cells(page, "set-aside") == ["c-000002"]
    assert len(cells(page, "untaken")) == 1
    links = page.all("//section[@aria-labelledby='set-aside']//a/@href")
    assert links == ["/page/accounts/c-000002/invoices"]


def test_the_page_shows_who_is_not_ready_and_what_is_in_the_way_on_our_side(opened):
    house = InMarch(a_card(), *a_quarter(), *SECOND, policy=with_power(date(2026, 4, 3)))
    house.partner()
    house.client(VASILYOK)
    house.send("2026-03-25 04:00")
    opened(house)

    page = read_source(at_the_page(house).get("/").body)

    said = page.one("//section[@aria-labelledby='preflight']/p").text_content().replace("\u00a0", " ")
    assert said == "Окно 2026-Q1, проверено 25.03.2026. Готовы: 2, не готовы: 2."
    assert cells(page, "preflight") == [
        "доверенность подписанта истекла к началу отправки 2026-04-03",
        "счета-фактуры уходят раз в квартал, а срок — пять дней 2026-Q1",
        "обмен не установлен",
        "АО «Василёк»: акт № 2",
        "АО «Василёк»: акт № 4",
    ]
