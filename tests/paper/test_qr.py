from __future__ import annotations

from dataclasses import replace

import pytest
import zxingcpp

from billing import paper
from billing.domain.payment_qr import payload
from billing.paper.qr import Code
from tests.paper.reading import picture, text
from tests.paper.samples import a_seller, an_invoice, lines


def code_on(pdf: bytes, page: int = 0) -> zxingcpp.Barcode:
    """The only code that a phone finds on the page."""
    (found,) = zxingcpp.read_barcodes(picture(pdf, page))
    return found


@pytest.mark.parametrize(
    "invoice",
    [
        pytest.param(an_invoice(), id="as usual"),
        pytest.param(an_invoice(purpose="Оплата | CRM"), id="another separator"),
        pytest.param(
            an_invoice(
                seller=replace(a_seller(), party=replace(a_seller().party, name="Очень длинное имя " * 20)),
                purpose="Очень длинное назначение платежа " * 20,
            ),
            id="the longest",
        ),
    ],
)
def test_a_phone_reads_from_the_paper_the_very_bytes_of_the_standard(invoice):
    found = code_on(paper.draw(invoice))

    assert found.bytes == payload(invoice)
    assert found.format == zxingcpp.BarcodeFormat.QRCode
    assert found.ec_level == "M"
    assert found.symbology_identifier == "]Q1", "no ECI: apps of banks do not expect one"


def test_the_code_stands_on_the_page_of_the_signatures():
    pdf = paper.draw(an_invoice(lines(60)))

    assert code_on(pdf, page=1).bytes.startswith(b"ST00012|")


def test_modules_are_never_smaller_than_a_phone_can_read():
    code = Code.of("Ж".encode() * 400)

    assert code.side / (code.modules + 8) >= 0.4
    assert Code.of(b"ST00012|").side == 38


def test_the_code_has_its_caption_and_the_purpose_to_copy():
    said = text(paper.draw(an_invoice()))

    assert "Оплата по QR-коду" in said
    assert (
        "Назначение платежа: Оплата по счёту № 123 от 01.02.2026, договор № 17 от 01.03.2024. "
        "В т.ч. НДС 22% – 991,80 руб."
    ) in said
