"""What stands on papers. Sums are literals, worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from billing import paper
from billing.domain.documents import Operation, Party, ReconciliationRow, Signer
from billing.domain.reconciliation_wording import document_name, operation_text
from billing.domain.vat import Vat
from billing.paper.blocks import short_name, together
from tests.paper.reading import letters, text, text_by_another_reader
from tests.paper.samples import (
    GROUND,
    a_line,
    a_party,
    a_reconciliation,
    a_seller,
    an_act,
    an_entrepreneur,
    an_invoice,
    lines,
    reconciliation_rows,
)

WITHOUT_VAT = a_line(title="Право использования программы", vat=Vat.NONE, vat_amount=0)
RECALCULATION = a_line(  # half of December's month given back: 2 750,00, of them 458,33 of VAT at the old 20 %
    title="Перерасчёт за декабрь 2025 г.: Доступ к CRM", quantity="-0.5", amount=-2_750_00, vat=Vat.TWENTY,
    vat_amount=-458_33,
)  # fmt: skip


def test_an_act_says_what_a_primary_document_must():
    """402-ФЗ ст. 9 ч. 2: name, date, who made it, what was done, how much, positions and names of those who sign."""
    said = text(paper.draw(an_act()))

    for part in (
        "Акт № 45 от 1 февраля 2026 г.",
        (
            "Исполнитель: ООО «Закрывашка», ИНН 7736207543, КПП 770401001, 119021, г. Москва, ул. Льва Толстого, "
            "д. 16, тел.: +7 495 000-00-00"
        ),
        "Заказчик: ООО «Ромашка», ИНН 7707083893, КПП 773601001, 117312, г. Москва, ул. Вавилова, д. 19",
        "Основание: Договор № 17 от 01.03.2024",
        "Период услуг: 01.01.2026 – 31.01.2026",
        "№ Наименование работ, услуг Кол-во Ед. Цена Сумма",
        "1 Доступ к CRM 1 мес. 5 500,00 5 500,00",
        "Итого: 5 500,00",
        "В том числе НДС 22%: 991,80",
        "Всего: 5 500,00",
        "Всего оказано услуг 1, на сумму 5 500,00 руб.",
        "Пять тысяч пятьсот рублей 00 копеек",
        (
            "Вышеперечисленные услуги выполнены полностью и в срок. Заказчик претензий по объёму, качеству и срокам "
            "оказания услуг не имеет."
        ),
        "ИСПОЛНИТЕЛЬ",
        "Генеральный директор ООО «Закрывашка»",
        "ЗАКАЗЧИК",
        "Ковалёва А. И.",
        "расшифровка подписи",
        "М. П.",
        "Акт № 45 от 1 февраля 2026 г., лист 1 из 1",
    ):
        assert part in said


def test_an_invoice_says_how_to_pay_it():
    said = text(paper.draw(an_invoice()))

    for part in (
        "Внимание! Оплатить не позднее 11.02.2026.",
        "ПАО СБЕРБАНК г. Москва Банк получателя",
        "БИК 044525225",
        "Сч. № 30101810400000000225",
        "ИНН 7736207543 КПП 770401001",
        "Сч. № 40702810938000000001",
        "ООО «Закрывашка» Получатель",
        "Счёт на оплату № 123 от 1 февраля 2026 г.",
        "Поставщик: ООО «Закрывашка», ИНН 7736207543",
        "Покупатель: ООО «Ромашка», ИНН 7707083893",
        "Основание: Договор № 17 от 01.03.2024",
        "1 Доступ к CRM 1 мес. 5 500,00 5 500,00",
        "Всего к оплате: 5 500,00",
        "Всего наименований 1, на сумму 5 500,00 руб. Пять тысяч пятьсот рублей 00 копеек",
        "Руководитель Ковалёва А. И.",
        "Бухгалтер Щербинина О. Ю.",
    ):
        assert part in said


@pytest.mark.parametrize("count", [1, 10, 100, 600])
def test_every_line_can_be_copied_out_of_the_paper(count):
    printed = lines(count)
    pdf = paper.draw(an_act(printed))

    for said in (letters(text(pdf)), letters(text_by_another_reader(pdf))):
        for n, line in enumerate(printed, 1):
            sum_text = f"{61 * n // 1000}{61 * n % 1000:03}" if 61 * n >= 1000 else f"{61 * n}"
            assert letters(line.title) in said
            assert f"{sum_text},00" in said
        assert f"Всегооказаноуслуг{count}," in said


@pytest.mark.parametrize(
    ("count", "total", "vat"),
    [  # 61 × n(n+1)/2 roubles, 11 × n(n+1)/2 of VAT in them
        pytest.param(10, "3 355,00", "605,00", id="10"),
        pytest.param(100, "308 050,00", "55 550,00", id="100"),
        pytest.param(600, "10 998 300,00", "1 983 300,00", id="600"),
    ],
)
def test_totals_of_many_lines(count, total, vat):
    said = text(paper.draw(an_act(lines(count))))

    assert f"Итого: {total} В том числе НДС 22%: {vat} Всего: {total}" in said


def test_the_same_rate_in_all_lines_needs_no_column():
    assert "Цена Сумма" in text(paper.draw(an_act(lines(3))))


def test_mixed_rates_are_shown_line_by_line_and_added_up_rate_by_rate():
    said = text(paper.draw(an_act([a_line(), WITHOUT_VAT, RECALCULATION], vat_ground=GROUND)))

    assert "№ Наименование работ, услуг Кол-во Ед. Цена НДС Сумма" in said
    assert "1 Доступ к CRM 1 мес. 5 500,00 22% 5 500,00" in said
    assert "2 Право использования программы 1 мес. 5 500,00 без НДС 5 500,00" in said
    assert "Итого: 8 250,00 В том числе НДС 22%: 991,80 В том числе НДС 20%: −458,33 Всего: 8 250,00" in said
    assert "Восемь тысяч двести пятьдесят рублей 00 копеек Без НДС: ст. 346.11 НК РФ" in said


def test_without_vat_the_paper_says_so_and_why():
    said = text(paper.draw(an_act([WITHOUT_VAT], vat_ground=GROUND)))

    assert "Без налога (НДС) –" in said
    assert "Без НДС: ст. 346.11 НК РФ" in said
    assert "В том числе НДС" not in said


def test_a_ground_is_not_printed_where_all_is_taxed():
    assert "346.11" not in text(paper.draw(an_act(vat_ground=GROUND)))


def test_money_given_back_has_a_minus_in_quantity_and_sum():
    said = text(paper.draw(an_act([a_line(), RECALCULATION])))

    assert "2 Перерасчёт за декабрь 2025 г.: Доступ к CRM −0,5 мес. 5 500,00 20% −2 750,00" in said


@pytest.mark.parametrize(
    ("quantity", "printed"),
    [
        pytest.param("1", "1", id="one"),
        pytest.param("0.5", "0,5", id="a half"),
        pytest.param("1250.125", "1 250,125", id="thousands"),
        pytest.param("-1250", "−1 250", id="given back"),
        pytest.param("-0.5", "−0,5", id="less than one given back"),
    ],
)
def test_quantities_are_written_the_russian_way(quantity, printed):
    said = text(paper.draw(an_act([a_line(quantity=quantity)])))

    assert f"1 Доступ к CRM {printed} мес." in said


def test_an_entrepreneur_signs_for_himself():
    own = a_seller(
        party=an_entrepreneur(name="Индивидуальный предприниматель Ковалёва Анна Игоревна"),
        director=Signer(position="Индивидуальный предприниматель", name="Ковалёва А. И."),
        accountant=None,
    )
    act, invoice = text(paper.draw(an_act(seller=own))), text(paper.draw(an_invoice(seller=own)))

    assert "ИСПОЛНИТЕЛЬ Индивидуальный предприниматель Ковалёва Анна Игоревна" in act.replace("ЗАКАЗЧИК ", "")
    assert "Исполнитель: Индивидуальный предприниматель Ковалёва Анна Игоревна, ИНН 500100732259, 143000" in act
    assert "Предприниматель Ковалёва А. И." in invoice
    assert "Руководитель" not in invoice
    assert "Бухгалтер" not in invoice


def test_without_an_accountant_the_head_signs_twice():
    said = text(paper.draw(an_invoice(seller=a_seller(accountant=None))))

    assert "Бухгалтер Ковалёва А. И." in said


def test_a_reconciliation_sets_our_books_against_theirs():
    """Opening 500,00; acts 1 000,00 and 1 000,00; payments 900,00 and 900,00; closing 500 + 2 000 − 1 800 = 700,00."""
    said = text(paper.draw(a_reconciliation(4)))

    for part in (
        "Акт сверки № 7",
        (
            "взаимных расчётов за период: 01.01.2026 – 31.03.2026 между ООО «Закрывашка» и ООО «Ромашка» "
            "по договору № 17 от 01.03.2024"
        ),
        (
            "Мы, нижеподписавшиеся, ООО «Закрывашка», ИНН 7736207543, с одной стороны, и ООО «Ромашка», "
            "ИНН 7707083893, с другой стороны, составили настоящий акт сверки"
        ),
        "По данным ООО «Закрывашка», руб. По данным ООО «Ромашка», руб.",
        "Дата Документ Дебет Кредит Дата Документ Дебет Кредит",
        "Сальдо начальное 500,00 Сальдо начальное 500,00",
        "01.01.26 Продажа (Акт № 1) 1 000,00 01.01.26 Приход (Акт № 1) 1 000,00",
        "02.01.26 Оплата (п/п № 2) 900,00 02.01.26 Оплата (п/п № 2) 900,00",
        "Обороты за период 2 000,00 1 800,00 Обороты за период 1 800,00 2 000,00",
        "Сальдо конечное 700,00 Сальдо конечное 700,00",
        (
            "По данным ООО «Закрывашка» на 31.03.2026 задолженность в пользу ООО «Закрывашка» составляет 700,00 руб. "
            "(Семьсот рублей 00 копеек)."
        ),
        "По данным ООО «Ромашка» на 31.03.2026 задолженность в пользу ООО «Закрывашка» составляет 700,00 руб.",
        "От ООО «Закрывашка»",
        "От ООО «Ромашка»",
        "Генеральный директор",
    ):
        assert part in said


@pytest.mark.parametrize(
    ("opening", "said"),
    [
        pytest.param(500_00, "задолженность в пользу ООО «Закрывашка» составляет 500,00 руб.", id="they owe"),
        pytest.param(0, "на 31.03.2026 задолженность отсутствует.", id="nobody"),
        pytest.param(-4_500_00, "задолженность в пользу ООО «Ромашка» составляет 4 500,00 руб. (Четыре тысячи пятьсот "
                     "рублей 00 копеек)", id="we owe: an advance"),
    ],
)  # fmt: skip
def test_who_owes_whom(opening, said):
    assert said in text(paper.draw(a_reconciliation(0, opening=opening)))


def test_the_other_half_may_be_left_to_be_filled_in():
    said = text(paper.draw(a_reconciliation(4, mirrored=False)))

    assert "01.01.26 Продажа (Акт № 1) 1 000,00 02.01.26 Оплата (п/п № 2) 900,00" in said
    assert "Обороты за период 2 000,00 1 800,00 Обороты за период Сальдо конечное 700,00 Сальдо конечное" in said
    assert "По данным ООО «Ромашка» на" not in said


def test_a_correction_down_is_a_negative_debit():
    rows = (
        ReconciliationRow(date=date(2026, 1, 31), operation=Operation.SALE, number="45", debit=-2_750_00),)

    assert "31.01.26 Продажа (Акт № 45) −2 750,00" in text(paper.draw(a_reconciliation(rows=rows)))


@pytest.mark.parametrize(
    ("not_acted", "said"),
    [
        pytest.param(0, "Все услуги, оказанные по 31.03.2026, закрыты документами.", id="nothing"),
        pytest.param(
            123_45,
            "Оказано услуг, ещё не закрытых документами, на 123,45 руб. С учётом этого на 31.03.2026 задолженность "
            "в пользу ООО «Закрывашка» составляет 723,45 руб.",
            id="served",
        ),
        pytest.param(
            -600_00,
            "Сторнировано услуг, но ещё не исправлено документами, на 600,00 руб. С учётом этого на 31.03.2026 "
            "задолженность отсутствует.",
            id="given back",
        ),
    ],
)
def test_what_no_document_holds_stands_beneath_the_balance_and_the_balance_with_it(not_acted, said):
    """Balance by documents: 500 + 1 000 − 900 = 600."""
    assert said in text(paper.draw(a_reconciliation(2, not_acted=not_acted)))


def test_the_buyers_half_is_in_the_buyers_words_and_a_row_is_one_line():
    said = text(paper.draw(a_reconciliation(2)))

    assert (
        "01.01.26 Продажа (Акт № 1) 1 000,00 01.01.26 Приход (Акт № 1) 1 000,00 "
        "02.01.26 Оплата (п/п № 2) 900,00 02.01.26 Оплата (п/п № 2) 900,00"
    ) in said
    assert "по договору № 17 от 01.03.2024" in said
    assert "Акт сверки № 7 от 1 апреля 2026 г." in said


@pytest.mark.parametrize(
    ("row", "ours", "buyers", "document"),
    [
        (
            {"operation": "sale", "number": "45", "document_date": date(2026, 2, 1)},
            "Продажа (Акт № 45 от 01.02.2026)", "Приход (Акт № 45 от 01.02.2026)", "Акт об оказании услуг",
        ),
        (
            {"operation": "refund", "number": "101", "document_date": date(2026, 1, 12)},
            "Возврат оплаты (п/п № 101 от 12.01.2026)", "Возврат оплаты (п/п № 101 от 12.01.2026)",
            "Платёжное поручение",
        ),
        (
            {"operation": "card_payment", "number": "7-1", "document_date": date(2026, 1, 12), "by_card": True},
            "Оплата картой (№ 7-1 от 12.01.2026)", "Оплата картой (№ 7-1 от 12.01.2026)", "Оплата картой",
        ),
        ({"operation": "chargeback"}, "Отзыв платежа банком", "Отзыв платежа банком", "Отзыв платежа банком"),
    ],
)  # fmt: skip
def test_rows_are_called_by_their_fields(row, ours, buyers, document):
    row = ReconciliationRow(**{**row, "operation": Operation(row["operation"])}, date=date(2026, 1, 27), debit=1)

    assert operation_text(row).replace("\u00a0", " ") == ours
    assert operation_text(row, buyers=True).replace("\u00a0", " ") == buyers
    assert document_name(row) == document


def test_thousands_of_rows_are_all_there():
    pdf = paper.draw(a_reconciliation(3000))
    said = letters(text(pdf))

    assert all(f"№{n})" in said for n in range(1, 3001))
    assert "Оборотызапериод1500000,001350000,00" in said
    assert "Сальдоконечное150500,00" in said


def test_the_mirror_of_a_row_stands_on_the_same_line():
    said = text(paper.draw(a_reconciliation(rows=reconciliation_rows(1))))

    assert "01.01.26 Продажа (Акт № 1) 1 000,00 01.01.26 Приход (Акт № 1) 1 000,00" in said


@pytest.mark.parametrize(
    ("name", "short"),
    [
        pytest.param("Общество с ограниченной ответственностью «Ромашка»", "ООО «Ромашка»", id="ООО"),
        pytest.param("ПУБЛИЧНОЕ АКЦИОНЕРНОЕ ОБЩЕСТВО «Ромашка»", "ПАО «Ромашка»", id="ПАО in capitals"),
        pytest.param("Индивидуальный предприниматель Жук Я. Ю.", "ИП Жук Я. Ю.", id="ИП"),
        pytest.param("АНО «Ромашка»", "АНО «Ромашка»", id="as it is"),
    ],
)
def test_where_room_is_short_so_are_the_forms_of_companies(name, short):
    said = text(paper.draw(a_reconciliation(2, buyer=a_party(name=name))))

    assert f"По данным {short}, руб." in said
    assert f"и {name}, ИНН" in said, "once in full"


def test_a_party_without_address_and_phone_prints_what_there_is():
    bare = Party(name="ООО «Ромашка»", inn="7707083893")

    said = text(paper.draw(an_act(buyer=bare)))

    assert "Заказчик: ООО «Ромашка», ИНН 7707083893 Основание" in said


def test_columns_of_sums_end_on_one_edge():
    """Quantities of one length have other signs in their places: 12,5 is narrower than 1250."""
    quantities = ("1", "12.5", "1250", "0.125", "99999")
    pdf = paper.draw(an_act([a_line(quantity=q) for q in quantities]))

    assert right_edges(pdf, ["1 250", "0,125", "12,5", "99 999"]) == pytest.approx([126.1] * 4, abs=0.05)


def right_edges(pdf: bytes, said: list[str]) -> list[float]:
    """Where each text ends, in mm from the left edge of the first page."""
    import pypdfium2

    with pypdfium2.PdfDocument(pdf) as document:
        text_page = document[0].get_textpage()
        whole = text_page.get_text_range().replace("\u00a0", " ")
        found = []
        for part in said:
            _, _, right, _ = text_page.get_charbox(whole.index(f" {part} ") + len(part), loose=True)
            found.append(right * 25.4 / 72)
        return found


def test_the_snapshot_alone_decides_what_is_printed():
    act = an_act()

    assert paper.draw(act) == paper.draw(replace(act))
    assert paper.draw(act) != paper.draw(replace(act, number="46"))


def test_the_count_of_services_leaves_out_what_is_given_back_and_the_period_begins_with_the_earliest():
    given_back = a_line(quantity="-1", amount=-300_00, price=300_00, vat=Vat.NONE, vat_amount=0)
    said = text(paper.draw(an_act([a_line(vat=Vat.NONE, vat_amount=0), given_back], first_month="2025-12")))

    assert "Всего оказано услуг 1, на сумму 5 200,00 руб." in said
    assert "Период услуг: 01.12.2025 – 31.01.2026" in said


def test_who_signs_for_a_company_writes_the_position_and_an_entrepreneur_has_none():
    """402-ФЗ ст. 9 ч. 2 п. 6: the position of each who signs."""
    assert "должность" in text(paper.draw(an_act()))
    assert "должность" in text(paper.draw(a_reconciliation(2)))
    assert "должность" not in text(paper.draw(an_act(buyer=an_entrepreneur())))


@pytest.mark.parametrize(
    ("name", "length", "short"),
    [
        ("ООО «Ромашка»", 110, "ООО «Ромашка»"),
        ("Общество с ограниченной ответственностью «Ромашка»", 20, "ООО «Ромашка»"),
        ("ООО «Системы управления технологией»", 30, "ООО «Системы управления…»"),
        ("ООО «Системы управления технологией»", 24, "ООО «Системы…»"),
        ("Иванов Иван Иванович", 15, "Иванов Иван…"),
    ],
)
def test_a_long_name_ends_after_a_word_and_closes_its_quotation_mark(name, length, short):
    found = short_name(a_party(name=name), length)

    assert found == short
    assert len(found) <= length


def test_a_number_stays_with_its_inn():
    assert together("с ИНН 7736207543, КПП 770401001, п/п 77") == (
        "с ИНН\u00a07736207543, КПП\u00a0770401001, п/п\u00a077")
