from __future__ import annotations

from dataclasses import replace

import pytest

from billing.domain.payment_qr import NoPaymentCodeError, cut, payload
from tests.paper.samples import a_line, a_party, a_seller, an_entrepreneur, an_invoice


def test_a_payment_code_is_these_very_bytes():
    """The example of the reference with the names of the samples: header, mandatory block in its order, the rest."""
    assert (
        payload(an_invoice())
        == (
            "ST00012|Name=ООО «Закрывашка»|PersonalAcc=40702810938000000001|BankName=ПАО СБЕРБАНК г. Москва"
            "|BIC=044525225|CorrespAcc=30101810400000000225|Sum=550000"
            "|Purpose=Оплата по счёту № 123 от 01.02.2026, договор № 17 от 01.03.2024. В т.ч. НДС 22% – 991,80 руб."
            "|PayeeINN=7736207543|KPP=770401001|PayerINN=7707083893"
        ).encode()
    )


@pytest.mark.parametrize(
    ("purpose", "separator"),
    [
        pytest.param("Оплата", "|", id="the customary one"),
        pytest.param("Оплата | CRM", "#", id="taken in a value"),
        pytest.param("Оплата |#;: CRM", "^", id="four taken"),
    ],
)
def test_the_separator_is_the_first_that_occurs_in_no_value(purpose, separator):
    code = payload(an_invoice(purpose=purpose)).decode()

    fields = dict(field.split("=", 1) for field in code[8:].split(separator))

    assert code[:8] == f"ST00012{separator}"
    assert fields["Purpose"] == purpose
    assert fields["PayeeINN"] == "7736207543"


def test_without_a_free_separator_there_is_no_code():
    with pytest.raises(NoPaymentCodeError, match="разделители"):
        payload(an_invoice(purpose="|#;:^_~{}!$%&()*+,/@"))


def test_an_equals_sign_in_a_value_stays():
    assert b"|Purpose=a=b|" in payload(an_invoice(purpose="a=b"))


def test_an_entrepreneur_has_no_kpp_in_the_code():
    code = payload(an_invoice(seller=a_seller(party=an_entrepreneur(kpp="770401001"))))

    assert b"KPP=" not in code
    assert b"|PayeeINN=500100732259|" in code


def test_a_bank_without_a_correspondent_account_has_a_zero():
    seller = a_seller()
    code = payload(an_invoice(seller=replace(seller, bank=replace(seller.bank, correspondent=""))))

    assert b"|CorrespAcc=0|" in code


def test_line_breaks_and_tabs_become_single_spaces():
    assert "|Purpose=Оплата по счёту № 1|".encode() in payload(an_invoice(purpose=" Оплата\r\n по\tсчёту №\u00a01 "))


def test_long_values_are_cut_between_words():
    seller = a_seller(party=a_party(name="Общество взаимного страхования " * 9))
    seller = replace(seller, bank=replace(seller.bank, bank="СЕВЕРО-ЗАПАДНЫЙ БАНК ПАО СБЕРБАНК г. Санкт-Петербург"))

    code = payload(an_invoice(seller=seller, purpose="слово " * 50)).decode()
    fields = dict(field.split("=", 1) for field in code[8:].split("|"))

    assert fields["Name"] == "Общество взаимного страхования " * 4 + "Общество взаимного страхования"
    assert fields["BankName"] == "СЕВЕРО-ЗАПАДНЫЙ БАНК ПАО СБЕРБАНК г."
    assert fields["Purpose"] == "слово " * 34 + "слово"


@pytest.mark.parametrize(
    ("text", "length", "expected"),
    [
        pytest.param("один два", 8, "один два", id="it fits"),
        pytest.param("один два", 7, "один", id="the second word does not"),
        pytest.param("один два", 4, "один", id="cut right at the space"),
        pytest.param("одиндва", 4, "один", id="one word is cut within"),
    ],
)
def test_cut(text, length, expected):
    assert cut(text, length) == expected


@pytest.mark.parametrize(
    ("over", "field"),
    [
        pytest.param({"account": "4070281093800000000"}, "PersonalAcc", id="19 digits of the account"),
        pytest.param({"bic": "04452522"}, "BIC", id="8 digits of the BIC"),
        pytest.param({"bic": ""}, "BIC", id="no BIC"),
    ],
)
def test_requisites_that_a_bank_would_refuse_make_no_code(over, field):
    seller = a_seller()

    with pytest.raises(NoPaymentCodeError, match=field):
        payload(an_invoice(seller=replace(seller, bank=replace(seller.bank, **over))))


def test_nothing_to_pay_makes_no_code():
    with pytest.raises(NoPaymentCodeError, match="Sum"):
        payload(an_invoice([a_line(price=0, amount=0, vat_amount=0)]))
