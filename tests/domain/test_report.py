"""The run's report as it is counted: whole sums, and no more lines than a row holds."""

from __future__ import annotations

import json

from billing.domain.account_result import DocumentFact, Result, closed_result, open_result
from billing.domain.audit import Reading
from billing.domain.closing import PeriodSummary
from billing.domain.periods import Month
from billing.domain.report import Tally
from billing.domain.trouble_wording import trouble
from billing.domain.troubles import Cause
from billing.domain.vat import Vat
from tests.builders import OTHER_PAYER, PAYER, Story, a_charge, a_payment, rub

ROW_MAX = 400_000  # bytes of a row; Source: DynamoDB, limits of an item

PERIOD = PeriodSummary(
    month=Month(2026, 1), opening=0, closing=0, turnover=(), funded=(), carried=(), acted=0, last_seq=1
)


def blocked(n: int) -> DocumentFact:
    return DocumentFact(
        id=f"2026-01.act.{7_700_000_000 + n}.0",
        kind="act",
        status="blocked",
        series="act.2026",
        number="",
        total=1,
        letter="",
        problems=(trouble(Cause.ADDRESS_MISSING),),
    )


def of_blocked(n: int) -> Result:
    letters = [("bounced", "b***@a-rather-long-domain.example")]
    return closed_result(PERIOD, [blocked(n)], letters, Reading(seq=1), {}, {})


def test_a_night_in_which_everything_is_wrong_fits_a_row() -> None:
    tally = Tally()
    for n in range(100_000):
        tally.add(f"c-{n:06}", of_blocked(n))

    assert len(json.dumps(tally.figures, ensure_ascii=False).encode()) < ROW_MAX // 4
    assert (tally.counts["blocked"], tally.counts["undelivered"]) == (100_000, 100_000)
    assert tally.lines["blocked"][0][0] == "c-000000"
    assert tally.complete


def test_a_run_is_complete_when_each_account_is_closed_or_set_aside() -> None:
    tally = Tally()
    tally.add("c-1", closed_result(PERIOD, [], [], Reading(seq=1), {}, {}))
    tally.add("c-2", open_result("слишком много", {}))
    assert tally.complete

    tally.add("c-3", open_result(None, {}))

    assert not tally.complete


# --- two readings ------------------------------------------------------------------------------------------------


def january(story: Story) -> tuple[PeriodSummary, list[DocumentFact], Reading]:
    """Close the month of a story. Return its summary, its documents, and the second reading of its journal."""
    closing = story.close()
    acts = [
        DocumentFact(
            id=draft.id, kind="act", status="ready", series="act.2026", number="1", total=draft.content.total,
            letter="", payer=draft.payer, by_class=draft.content.by_class,
        )  # type: ignore[union-attr]
        for draft in closing.drafts
        if draft.content.kind == "act"
    ]  # fmt: skip
    return closing.period, acts, Reading().read(story.journal)


def result_of(period: PeriodSummary, acts: list[DocumentFact], reading: Reading) -> Result:
    acted: dict[str, int] = {}
    for act in acts:
        acted[act.payer] = acted.get(act.payer, 0) + act.total
    return closed_result(period, acts, [], reading, acted, {"crm": Vat.TWENTY_TWO})


def a_story() -> Story:
    return Story(a_payment(amount=rub(4_000)), a_charge(amount=rub(5_500)))


def said(result: Result) -> list[str]:
    return [text.replace("\u00a0", " ") for name, text, _ in result.lines if name == "wrong"]


def test_two_readings_of_a_month_agree_and_say_what_nobody_has_paid() -> None:
    result = result_of(*january(a_story()))

    assert said(result) == []
    assert {name: result.sums[name] for name in ("journal.charged", "journal.funded.BANK", "journal.unpaid_after")} == {
        "journal.charged": rub(5_500),
        "journal.funded.BANK": rub(4_000),
        "journal.unpaid_after": rub(1_500),
    }


def test_an_act_that_was_lost_is_named_with_its_payer() -> None:
    period, _, reading = january(Story(a_payment(), a_charge(amount=rub(5_500))))

    result = result_of(period, [], reading)

    assert said(result) == [
        f"ИНН {PAYER}: с начала учёта в актах 0,00 ₽, по журналу должно быть 5 500,00 ₽",
        "январь 2026 г.: акты не сходятся с журналом по виду денег BANK: 5 500,00 ₽",
    ]
    assert result.sums["difference"] == 2 * rub(5_500)


def test_a_lost_line_of_an_act_is_a_difference() -> None:
    period, (act,), reading = january(Story(a_payment(), a_charge(amount=rub(5_500)), a_charge(amount=rub(500))))

    short = DocumentFact(
        id=act.id, kind="act", status="ready", series="act.2026", number="1", total=act.total - rub(500), letter="",
        payer=PAYER, by_class=(("BANK", act.total - rub(500)),),
    )  # fmt: skip

    assert said(result_of(period, [short], reading))[0] == (
        f"ИНН {PAYER}: с начала учёта в актах 5 500,00 ₽, по журналу должно быть 6 000,00 ₽"
    )


def test_an_act_of_another_payer_is_named_for_both() -> None:
    period, (act,), reading = january(Story(a_payment(), a_charge(amount=rub(5_500))))
    wrong = DocumentFact(
        id=act.id, kind="act", status="ready", series="act.2026", number="1", total=act.total, letter="",
        payer=OTHER_PAYER, by_class=act.by_class,
    )  # fmt: skip

    assert [line.split(":")[0] for line in said(result_of(period, [wrong], reading))] == [
        f"ИНН {PAYER}", f"ИНН {OTHER_PAYER}"
    ]  # fmt: skip


def test_an_entry_that_is_not_there_is_missed() -> None:
    story = a_story()
    period, acts, _ = january(story)

    result = result_of(period, acts, Reading().read([*story.journal[:1], *story.journal[2:]]))

    assert "январь 2026 г.: в журнале не хватает записей: 1" in said(result)


def test_a_parked_account_says_what_was_charged_and_paid() -> None:
    result = open_result("слишком много", {"charge": -rub(6_000), "payment.BANK": rub(6_000), "reversal": 0})

    assert (result.sums["parked_charged"], result.sums["parked_paid"]) == (rub(6_000), rub(6_000))
    assert result.lines[0][2].replace("\u00a0", " ") == "списано 6 000,00 ₽, поступило 6 000,00 ₽"
