"""The published schema is that of the code, the samples pass it, and what is malformed is told in one plain line."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from billing.domain.errors import InvalidInputError
from billing.messages import body_sha, parse, schema
from local.company import company
from local.demo_input import read_folder

EVENTS = Path(__file__).parent.parent / "events"
NOW = datetime(2026, 3, 1, tzinfo=UTC)
INN, KPP = "7707083893", "773601001"
SAMPLES = [
    pytest.param(line, id=f"{file.stem}-{n}")
    for file in sorted((EVENTS / "messages").glob("*.jsonl"))
    for n, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
]


def a_payment(**over: Any) -> dict[str, Any]:
    return {
        "kind": "payment",
        "key": "p-1",
        "account": "c-000001",
        "at": "2026-01-12T12:00:00+03:00",
        "class": "BANK",
        "amount": 1_000_000,
        "payer": {"inn": INN, "kpp": KPP},
        **over,
    }


def a_charge(**over: Any) -> dict[str, Any]:
    return {
        "kind": "charge",
        "key": "ch-1",
        "account": "c-000001",
        "at": "2026-01-31T12:00:00+03:00",
        "service": "crm",
        "title": "Доступ к CRM",
        "amount": 550_000,
        **over,
    }


def a_card(**over: Any) -> dict[str, Any]:
    return {
        "kind": "customer",
        "key": "cu-1",
        "account": "c-000001",
        "at": "2026-01-01T12:00:00+03:00",
        "title": "ООО «Ромашка»",
        **over,
    }


def refusal(message: Any, *, now: datetime = NOW) -> str:
    body = message if isinstance(message, str) else json.dumps(message, ensure_ascii=False)
    with pytest.raises(InvalidInputError) as caught:
        commanded(body, now)
    return str(caught.value)


def commanded(body: str, now: datetime) -> None:
    message = parse(body, now=now)
    if hasattr(message, "command"):
        message.command(None)


def test_the_published_schema_is_that_of_the_code():
    published = json.loads((EVENTS / "crm-inbox.schema.json").read_text(encoding="utf-8"))

    assert published == schema(), "write events/crm-inbox.schema.json anew from billing.messages.schema()"


@pytest.mark.parametrize("line", SAMPLES)
def test_samples_pass_the_schema_and_the_code(line):
    message = json.loads(line)

    jsonschema.Draft202012Validator(schema()).validate(message)

    assert parse(line, now=NOW).kind == message["kind"]


def test_there_is_a_sample_of_every_kind():
    kinds = {json.loads(sample.values[0])["kind"] for sample in SAMPLES}

    assert kinds == {"customer", "seller", "payment", "charge", "refund", "reversal", "chargeback", "reclassification"}


def test_the_demo_company_says_only_what_the_schema_takes_but_for_its_wrong_messages():
    validator = jsonschema.Draft202012Validator(schema())

    refused = [told.body for told in company()[1] if isinstance(told.body, str) or not validator.is_valid(told.body)]

    assert len(refused) == 5  # the rest of what is wrong only a reader of dates, INNs and accounts can see


def test_the_samples_are_a_ledger_that_the_demo_plays():
    play = read_folder(EVENTS / "messages")

    assert (str(play.first), str(play.last), play.problems, play.remarks) == ("2026-01", "2026-02", [], [])


@pytest.mark.parametrize(
    ("message", "said"),
    [
        pytest.param("{", "message: Invalid JSON", id="not JSON"),
        pytest.param("[]", "message: Input should be an object", id="a list"),
        pytest.param("null", "message: Input should be an object", id="null"),
        pytest.param(a_payment(kind="promise"), "kind: none of ours", id="unknown kind"),
        pytest.param({"key": "k-1"}, "kind: none of ours", id="no kind"),
        pytest.param(a_payment(amount=0), "amount: Input should be greater than 0", id="zero"),
        pytest.param(a_payment(amount=-1), "amount: Input should be greater than 0", id="negative"),
        pytest.param(a_payment(amount=10.5), "amount: Input should be a valid integer", id="fractional"),
        pytest.param(a_payment(amount=10.0), "amount: Input should be a valid integer", id="a float that is whole"),
        pytest.param(a_payment(amount="1000"), "amount: Input should be a valid integer", id="text"),
        pytest.param(a_payment(amount=True), "amount: Input should be a valid integer", id="true"),
        pytest.param(a_payment(amount=10**14), "amount: Input should be less than or equal to", id="a billion roubles"),
        pytest.param(a_payment(payer={"inn": "7707083894"}), "payer.inn", id="INN with a typo"),
        pytest.param(a_payment(payer={"inn": INN, "kpp": "12"}), "payer.kpp", id="KPP too short"),
        pytest.param(a_payment(payer=None), "payer: a BANK payment names its payer", id="bank without a payer"),
        pytest.param(
            a_payment(**{"class": "CARD_IND"}), "payer: a CARD_IND payment has no payer", id="a person's payer"
        ),
        pytest.param(a_payment(**{"class": "CASH"}), "class:", id="unknown class"),
        pytest.param(a_payment(at="2026-01-12T12:00:00"), "at: Input should have timezone info", id="naive"),
        pytest.param(a_payment(at="12.01.2026"), "at: Input should be a valid datetime", id="a date of people"),
        pytest.param(a_payment(at="2026-03-03T00:00:00+03:00"), "at: more than a day in the future", id="future"),
        pytest.param(a_payment(at="2022-01-01T00:00:00+03:00"), "at: more than three years ago", id="very old"),
        pytest.param(a_payment(at="0001-01-01T00:00:00Z"), "at: more than three years ago", id="the year one"),
        pytest.param(a_payment(at="9999-12-31T23:59:59-12:00"), "at: more than a day in the future", id="the last day"),
        pytest.param(a_payment(account="c 1"), "account:", id="a space in the account"),
        pytest.param(a_payment(account="c-1\n"), "account:", id="a line break in the account"),
        pytest.param(a_payment(account="../etc"), "account:", id="a path as the account"),
        pytest.param(a_payment(key=""), "key:", id="no key"),
        pytest.param(a_payment(key="ключ"), "key:", id="Cyrillic in the key"),
        pytest.param(a_payment(key="k" * 201), "key:", id="a long key"),
        pytest.param(a_payment(ammount=1), "ammount: Extra inputs are not permitted", id="unknown field"),
        pytest.param(a_charge(quantity="0", vat="none"), "quantity: greater than zero", id="no quantity"),
        pytest.param(a_charge(quantity="-1"), "quantity:", id="negative quantity"),
        pytest.param(a_charge(quantity=1), "quantity: Input should be a valid string", id="quantity as a number"),
        pytest.param(a_charge(vat="20"), "vat:", id="a rate that depends on the day"),
        pytest.param(a_charge(), "vat: neither the charge nor the seller's settings say it", id="nobody says the VAT"),
        pytest.param(
            a_charge(title="а\x07б"), "title: a character that cannot be printed: U+0007", id="bell"
        ),
        pytest.param(a_charge(title="я" * 256), "title: String should have at most 255", id="a long title"),
        pytest.param(a_charge(title="\n"), "title:", id="a title of white space"),
        pytest.param(a_card(title="я" * 10_000), "title: String should have at most 1000", id="10 000 characters"),
        pytest.param(a_card(title="\u200b"), "title:", id="a title of what cannot be seen"),
        pytest.param(a_card(title="\ud800"), "message: Invalid JSON", id="half a character"),
        pytest.param(a_card(policy="free"), "policy:", id="unknown policy"),
    ],
)
def test_what_is_wrong_is_told_with_its_field(message, said):
    if isinstance(message, dict) and message.get("title") == "\ud800":
        message = json.dumps(message)  # as JSON can say it: \ud800

    assert refusal(message).startswith(said)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        pytest.param(json.dumps(a_payment(at="1767600000")), "at: a moment as", id="seconds as a text"),
        pytest.param(json.dumps(a_payment())[:-1] + ', "amount": 5000}', "stands twice", id="two amounts"),
        pytest.param(json.dumps(a_payment(account="seller")), "the company's own", id="a payment of the company"),
    ],
)
def test_what_could_be_meant_in_two_ways_is_refused(body, said):
    with pytest.raises(InvalidInputError, match=said):
        parse(body, now=datetime(2026, 2, 1, tzinfo=UTC))


def test_a_body_too_long_is_refused_before_it_is_read():
    assert refusal("[" * 200_001) == "a message longer than 200 000 bytes"


def test_a_deep_body_is_refused_in_one_line():
    assert refusal("[" * 100_000).startswith("message: ")


def test_a_refusal_never_repeats_the_value():
    assert "secret" not in refusal(a_payment(payer={"inn": "secret-inn"}, email="secret@mail.example" * 50))
    assert "secret" not in refusal(a_payment(kind="secret"))


def test_what_is_wrong_in_many_places_is_cut():
    said = refusal(a_card(payers=[{"inn": 1}] * 50))

    assert len(said) <= 500


def test_white_space_of_names_is_put_in_order_and_line_breaks_become_spaces():
    card = parse(json.dumps(a_card(title=" ООО\r\n«Ромашка»\t и \u00a0Ко\u200b ")), now=NOW)

    assert card.title == "ООО «Ромашка» и Ко"


def test_html_in_a_name_is_kept_as_it_was_typed():
    card = parse(json.dumps(a_card(title="<script>alert(1)</script>")), now=NOW)

    assert card.title == "<script>alert(1)</script>"


def test_bad_requisites_of_a_card_do_not_refuse_the_card():
    """They block the documents, with the reason; the administrators' addresses are needed all the same."""
    payer = {"valid_from": "2025-01-01", "name": "", "inn": "123", "kpp": "x", "ogrn": "1", "address": ""}

    card = parse(json.dumps(a_card(payers=[payer], administrators=[{"user": "u", "emails": ["no address"]}])), now=NOW)

    assert (card.payers[0].inn, card.administrators[0].emails) == ("123", ["no address"])


def test_a_moment_up_to_a_day_ahead_is_taken():
    """Clocks differ, and queues are quick."""
    assert parse(json.dumps(a_payment(at=(NOW + timedelta(hours=23)).isoformat())), now=NOW).amount == 1_000_000


def test_the_day_is_that_of_moscow():
    message = parse(json.dumps(a_payment(at="2026-01-31T21:30:00Z")), now=NOW)

    assert str(message.day) == "2026-02-01"


def test_the_content_is_the_same_whatever_the_order_and_the_spaces():
    assert body_sha('{"a": 1, "b": "я"}') == body_sha('{"b":"\\u044f",\n"a":1}')
    assert body_sha('{"a": 1}') != body_sha('{"a": 2}')
