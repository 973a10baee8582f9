"""The look ahead of a window: who is ready, who is not and why, and what is in the way on our side."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from billing.adapters.diadoc.settings import KindSettings
from billing.adapters.diadoc.titles.preparing import DiadocTitles
from billing.domain.edo_signer import Power, PowerWay
from billing.ports import ABSENT, Write
from billing.ports_edo import Signed, StopTheRunError
from billing.usecases.edo.views import exchange_now, preflight_of, window_of
from tests.edo.house import POLICY, SIGNER
from tests.edo.quarter import FEBRUARY, QuarterHouse, SigningService, a_quarter
from tests.usecases.house import VASILYOK, House, a_card

AHEAD = "2026-03-25 04:00"
FIVE_DAYS = "five_days_broken"  # the company of these tests charges VAT and has said that it sends by quarters
SECOND = (
    a_card("c-000002", payers=[VASILYOK]),
    *a_quarter("c-000002", payer={"inn": VASILYOK["inn"], "kpp": VASILYOK["kpp"]}),
)


class InMarch(QuarterHouse):
    """On 25 March: January and February are closed, the window is a week off."""

    def __init__(self, *told, **more):
        super().__init__(*told, until=FEBRUARY, **more)


def with_power(until: date):
    return replace(POLICY, signer=replace(SIGNER, power=Power(way=PowerWay.NUMBER, number="1", until=until)))


def findings(house):
    shown = preflight_of(house.outside)
    assert shown
    return {f.reason: (f.severity, f.detail) for f in shown.findings if f.reason != FIVE_DAYS}


def test_a_week_ahead_it_says_who_is_ready_and_who_is_not():
    house = InMarch(a_card(), *a_quarter(), *SECOND)
    house.partner()
    house.client(VASILYOK)

    run = house.send(AHEAD)

    assert (run.window, run.sent, run.checked) == ("", 0, True)
    shown = preflight_of(house.outside)
    assert shown
    assert (shown.window, shown.day, shown.ready, shown.not_ready) == ("2026-Q1", date(2026, 3, 25), 2, 2)
    assert [(c.reason, c.documents) for c in shown.counts] == [("not_partners", 2)]
    assert {line.who for line in shown.lines} == {"АО «Василёк»: акт № 2", "АО «Василёк»: акт № 4"}
    assert findings(house) == {}


def test_it_writes_nothing_of_the_payers_and_sends_nothing():
    house = InMarch(a_card(), *a_quarter())
    house.partner()
    before = house.everything()

    house.send(AHEAD)

    after = house.everything()
    assert {name: rows for name, rows in after.items() if name not in ("deliveries", "work")} == {
        name: rows for name, rows in before.items() if name not in ("deliveries", "work")
    }
    assert house.store.query("control", "edo.counterparties").rows == ()
    assert house.at_the_operator() == []


@pytest.mark.parametrize("day", ["2026-03-24 04:00", "2026-03-26 04:00", "2026-02-25 04:00"])
def test_on_other_days_there_is_none(day):
    house = InMarch(a_card(), *a_quarter())

    assert not house.send(day).checked
    assert house.calls() == []


def test_it_is_made_once_a_day_and_goes_on_where_it_was_cut_off():
    house = InMarch(a_card(), *a_quarter(), *SECOND)
    house.partner()
    house.partner(VASILYOK)

    house.fail("too_many_requests", "V2/GetOrganizationsByInnList", skip=1, times=9, retry_after_s=60)
    first = house.send("2026-03-25 04:00")
    house.diadoc.forget_faults()
    house.diadoc.forget_calls()
    second = house.send("2026-03-25 06:00")

    assert (first.checked, bool(first.waits), second.checked) == (False, True, True)
    assert preflight_of(house.outside).ready == 4
    assert len(house.calls("V2/GetOrganizationsByInnList")) == 1
    house.send("2026-03-25 20:00")
    assert len(house.calls("V2/GetOrganizationsByInnList")) == 1


def test_a_document_that_breaks_the_look_is_said_and_the_others_are_looked_at():
    class Breaking(DiadocTitles):
        broken = False

        def problems(self, document, *, policy):
            if not self.broken:
                self.broken = True
                raise KeyError("nobody has thought of that")
            return super().problems(document, policy=policy)

    house = InMarch(a_card(), *a_quarter(), *SECOND)
    house.partner()
    house.partner(VASILYOK)
    house.titles = Breaking(KindSettings())

    assert house.send("2026-03-25 04:00").checked

    seen = preflight_of(house.outside)
    assert seen
    assert (seen.ready, seen.not_ready, [line.reason for line in seen.lines]) == (3, 1, ["account_fails"])


def test_what_the_format_cannot_say_is_known_beforehand():
    house = InMarch(a_card(), *a_quarter(), policy=replace(POLICY, signer=replace(SIGNER, first_name="П.")))
    house.partner()

    house.send(AHEAD)

    (line, _) = preflight_of(house.outside).lines
    assert (line.reason, line.detail) == ("not_sayable", "у подписанта нужны фамилия и имя полностью")


def test_the_accountant_is_told_once_what_is_new():
    house = InMarch(a_card(), *a_quarter())
    house.client()
    house.mailer.letters.clear()

    house.send(AHEAD)
    house.work()

    (letter,) = house.letters(house.outside.settings.accountant_address)
    assert letter.subject.startswith("Готовность к отправке в Диадок")
    assert "ООО «Ромашка»: акт № 1" in letter.text
    assert "обмен не установлен" in letter.text
    house.send("2026-03-25 12:00")
    house.work()
    assert len(house.letters(house.outside.settings.accountant_address)) == 1


# --- our own side ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("until", "found"),
    [
        pytest.param(date(2026, 12, 31), {}, id="for long"),
        pytest.param(date(2026, 4, 20), {"power_lapses": ("warn", "2026-04-20")}, id="lapses soon after"),
        pytest.param(date(2026, 4, 3), {"power_lapsed": ("stop", "2026-04-03")}, id="lapses in the window"),
    ],
)
def test_the_power_of_attorney_lapses(until, found):
    house = InMarch(a_card(), *a_quarter(), policy=with_power(until))

    house.send(AHEAD)

    assert findings(house) == found


def test_the_certificate_of_the_last_signature_lapses():
    house = InMarch(a_card(), *a_quarter())
    row = {"thumbprint": "A1", "serial": "1", "until": "2026-04-20", "at": ""}
    house.store.tx([Write("control", "edo.signer", "certificate", row, ABSENT)])

    house.send(AHEAD)

    assert findings(house) == {"certificate_lapses": ("warn", "2026-04-20")}


def test_what_a_signature_says_of_its_certificate_is_kept():
    house = QuarterHouse(a_card(), *a_quarter(), signer=SigningService)
    house.partner()

    house.send()

    stored = house.store.get("control", "edo.signer", "certificate")
    assert stored
    assert stored.row["until"] > "2026-04-02"


def test_without_a_signer_nothing_can_go():
    class Nobody:
        @property
        def batch_max(self):
            raise StopTheRunError("no signer is configured")

        def sign(self, files, *, now, task=""):
            return Signed()

    house = InMarch(a_card(), *a_quarter(), signer=lambda _: Nobody())

    house.send(AHEAD)

    assert findings(house) == {"no_signer": ("stop", "")}


def test_a_power_that_has_lapsed_stops_the_window_and_one_that_lapses_tomorrow_does_not():
    house = QuarterHouse(a_card(), *a_quarter(), policy=with_power(date(2026, 4, 2)))
    house.partner()

    assert house.send("2026-04-03 04:00").stopped == "доверенность подписанта истекла к началу отправки: 2026-04-02"
    assert house.sent == []
    house.set_policy(with_power(date(2026, 4, 3)))
    assert house.send("2026-04-03 06:00").sent == 3


def test_a_format_that_the_operator_takes_no_more_stops_the_window(monkeypatch):
    house = QuarterHouse(a_card(), *a_quarter())
    house.partner()
    kinds = [k for k in house.a_client().kinds() if k.kind.function != "ДОП"]
    monkeypatch.setattr(type(house.edo.edo), "kinds", lambda self: kinds)

    run = house.send()

    assert "оператор больше не принимает этот формат" in run.stopped
    assert "UniversalTransferDocument/ДОП/utd970_05_03_01" in run.stopped
    assert findings(house)["format_not_actual"][0] == "stop"


def test_in_the_window_the_month_that_is_not_closed_is_said():
    house = InMarch(a_card(), *a_quarter())
    house.partner()

    house.send("2026-04-02 12:00")
    assert findings(house) == {}
    house.send("2026-04-03 04:00")

    assert findings(house) == {"month_not_closed": ("warn", "2026-03")}


# --- the window --------------------------------------------------------------------------------------------------


def accountants(house):
    house.work()
    return [
        letter for letter in house.letters(house.outside.settings.accountant_address) if "Отправка" in letter.subject
    ]


def test_the_accountant_is_told_in_the_evening_what_has_gone_and_what_has_not():
    house = QuarterHouse(a_card(), *a_quarter(), *SECOND)
    house.partner()
    house.client(VASILYOK)
    house.mailer.letters.clear()

    house.send("2026-04-02 04:00")
    assert accountants(house) == []
    house.send("2026-04-02 18:00")
    (letter,) = accountants(house)
    house.send("2026-04-02 20:00")
    house.send("2026-04-03 20:00")

    assert len(accountants(house)) == 1
    assert "Отправлены: 3" in letter.text
    assert "Осталось: 3" in letter.text
    assert "АО «Василёк»: акт № " in letter.text


def test_when_nothing_is_left_it_is_told_at_once():
    house = QuarterHouse(a_card(), *a_quarter())
    house.partner()
    house.mailer.letters.clear()

    house.send("2026-04-02 04:00")

    assert len(accountants(house)) == 1


def test_on_the_last_day_too_new_signatures_are_told_once_in_the_evening():
    house = QuarterHouse(a_card(), *a_quarter())
    house.partner()
    house.mailer.letters.clear()
    house.send("2026-04-05 04:00")

    for hour, document in zip((6, 17, 20), house.at_the_operator(), strict=True):
        house.at(f"2026-04-05 {hour:02}:00").diadoc.advance(seconds=0)
        house.diadoc.recipient_signs(message_id=document["message_id"], entity_id=document["entity_id"])
        house.track(minutes=5)
        house.send(f"2026-04-05 {hour + 1:02}:00")

    first, evening = accountants(house)
    assert "Отправлены: 3" in first.text
    assert "Подписаны: 2" in evening.text


def test_what_went_out_after_the_evenings_report_is_told_at_once():
    house = QuarterHouse(a_card(), *a_quarter())
    box = house.client()
    house.mailer.letters.clear()
    house.send("2026-04-05 18:00")
    house.diadoc.make_partners(box=house.us.box_id, partner=box)

    house.send("2026-04-05 20:00")

    assert ["Осталось: 3" in letter.text for letter in accountants(house)] == [True, False]


def test_the_window_is_shown_as_it_stands():
    house = QuarterHouse(a_card(), *a_quarter(), *SECOND)
    house.partner()
    house.client(VASILYOK)
    house.send("2026-04-02 04:00")
    house.track(minutes=5)

    shown = window_of("2026-Q1", house.outside)

    assert (shown.stages, shown.left) == ({"delivered": 3}, 3)
    assert [line.account for line in shown.lines] == ["c-000002"] * 3


def test_a_run_s_report_tells_how_the_last_window_went():
    house = QuarterHouse(a_card(), *a_quarter(), *SECOND)
    house.partner()
    house.client(VASILYOK)
    house.send("2026-04-02 04:00")
    house.track(minutes=5)

    assert exchange_now(house.outside) == {"window": "2026-Q1", "states": {"delivered": 3}, "people": 0}


def test_a_company_that_exchanges_nothing_is_told_nothing_of_it():
    assert exchange_now(House(a_card()).outside) == {}
