from __future__ import annotations

from datetime import date

import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import given
from hypothesis import strategies as st

from billing.domain.parties import Administrator, PayerRequisites, mail_address, masked, payer_on, recipients

ANNA = Administrator(user="u-1", name="Анна", emails=("anna@romashka.example", "Accounts@Romashka.example"))
OLEG = Administrator(user="u-2", name="Олег", emails=("oleg@romashka.example",))


def test_copies_go_to_all_addresses_of_every_administrator_and_to_the_added() -> None:
    to = recipients([ANNA, OLEG], ["audit@outside.example"])

    assert to.valid == (
        "anna@romashka.example",
        "Accounts@Romashka.example",
        "oleg@romashka.example",
        "audit@outside.example",
    )
    assert to.invalid == ()


def test_address_that_differs_by_case_or_spaces_gets_one_letter() -> None:
    to = recipients([ANNA], [" ANNA@ROMASHKA.EXAMPLE ", "accounts@romashka.example\n", "\u00a0"])

    assert to.valid == ("anna@romashka.example", "Accounts@Romashka.example")
    assert to.invalid == ()


def test_cyrillic_domain_is_the_same_however_it_is_written() -> None:
    to = recipients([], ["buh@пример.рф", "buh@ПРИМЕР.РФ", "buh@xn--e1afmkfd.xn--p1ai"])

    assert to.valid == ("buh@xn--e1afmkfd.xn--p1ai",)


def test_what_is_no_address_is_told_apart_and_stops_nobody() -> None:
    to = recipients([ANNA], ["нет почты", "нет почты", "a@b", "ok@outside.example"])

    assert to.valid == ("anna@romashka.example", "Accounts@Romashka.example", "ok@outside.example")
    assert to.invalid == ("нет почты", "a@b")


def test_nobody_gets_letters_where_there_are_no_addresses() -> None:
    assert recipients([], []).valid == ()


@pytest.mark.parametrize(
    ("text", "address"),
    [
        pytest.param("a@b.ru", "a@b.ru", id="shortest"),
        pytest.param("o'brien+crm_1@sub-1.example.travel", "o'brien+crm_1@sub-1.example.travel", id="marks"),
        pytest.param("a@пример.рф", "a@xn--e1afmkfd.xn--p1ai", id="Cyrillic domain"),
        pytest.param("a" * 64 + "@b.ru", "a" * 64 + "@b.ru", id="longest name"),
        pytest.param("a" * 65 + "@b.ru", None, id="too long a name"),
        pytest.param("a@" + "b" * 63 + ".ru", "a@" + "b" * 63 + ".ru", id="longest label"),
        pytest.param("a@" + "b" * 64 + ".ru", None, id="too long a label"),
        pytest.param("a@" + "b." * 125 + "ru", "a@" + "b." * 125 + "ru", id="254 characters"),
        pytest.param("ab@" + "b." * 125 + "ru", None, id="255 characters"),
        pytest.param("a@" + "п" * 10_000 + ".рф", None, id="endless domain"),
        pytest.param("", None, id="empty"),
        pytest.param("a", None, id="no at"),
        pytest.param("a@b@c.ru", None, id="two ats"),
        pytest.param("@b.ru", None, id="no name"),
        pytest.param("a@", None, id="no domain"),
        pytest.param("a@b", None, id="bare host"),
        pytest.param("a@b..ru", None, id="empty label"),
        pytest.param("a@b.ru.", None, id="dot at the end"),
        pytest.param("a@.ru", None, id="dot at the start"),
        pytest.param(".a@b.ru", None, id="name begins with a dot"),
        pytest.param("a..a@b.ru", None, id="two dots in the name"),
        pytest.param("a@-b.ru", None, id="hyphen at the start of a label"),
        pytest.param("a@127.0.0.1", None, id="numbers"),
        pytest.param("a@[127.0.0.1]", None, id="literal"),
        pytest.param('"a b"@c.ru', None, id="quoted name"),
        pytest.param("Анна <a@b.ru>", None, id="name beside the address"),
        pytest.param("a@b.ru, c@d.ru", None, id="two addresses"),
        pytest.param("a b@c.ru", None, id="space"),
        pytest.param("a@b.ru\n", None, id="line break"),
        pytest.param("a@b.ru\r\nBcc: all@c.ru", None, id="one header more"),
        pytest.param("a\x00@b.ru", None, id="control character"),
        pytest.param("анна@b.ru", None, id="Cyrillic name"),
        pytest.param("a@b\u202e.рф", None, id="turned around"),
    ],
)
def test_mail_address(text: str, address: str | None) -> None:
    assert mail_address(text) == address


@given(text=st.one_of(st.text(max_size=40), st.from_regex(r"\A[a-zA-Z0-9.+\-_@п]{0,12}@[a-zп\-.0-9]{0,12}\.(ru|рф)\Z")))
def test_address_that_we_take_is_one_for_another_program(text: str) -> None:
    address = mail_address(text)

    if address is not None:
        assert address.isascii()
        assert address.isprintable()
        try:
            validate_email(address, check_deliverability=False, test_environment=True)
        except EmailNotValidError as refusal:
            pytest.fail(f"{address}: {refusal}")


def test_masked_address_is_recognised_only_by_those_who_know_it() -> None:
    assert masked("ivanov@mail.ru") == "i***@mail.ru"
    assert masked("i***@mail.ru") == "i***@mail.ru"
    assert masked("ivanov") == "***"


@pytest.mark.parametrize(
    ("day", "kpp"),
    [
        pytest.param(date(2019, 12, 31), None, id="before the first"),
        pytest.param(date(2020, 1, 1), "773601001", id="first day"),
        pytest.param(date(2026, 1, 14), "773601001", id="last day of the old"),
        pytest.param(date(2026, 1, 15), "770801001", id="first day of the new"),
    ],
)
def test_requisites_are_those_of_the_day(day: date, kpp: str | None) -> None:
    new = PayerRequisites(valid_from=date(2026, 1, 15), name="ООО «Ромашка»", inn="7707083893", kpp="770801001")
    old = PayerRequisites(valid_from=date(2020, 1, 1), name="ООО «Ромашка»", inn="7707083893", kpp="773601001")

    found = payer_on((new, old), day)

    assert (found.kpp if found else None) == kpp
