"""Счёт на оплату: the block of a payment order, the services, the code to pay by."""

from __future__ import annotations

from collections.abc import Mapping

from billing.domain.documents import Invoice, Signer
from billing.domain.payment_qr import NAME_MAX, PURPOSE_MAX, cut, payload
from billing.domain.titles import title
from billing.domain.wording import short_date
from billing.paper import blocks
from billing.paper.fonts import fitted
from billing.paper.qr import Code
from billing.paper.sheet import LEFT, RIGHT, THICK, WIDTH, Sheet, base_line
from billing.paper.signatures import seal, signature

_LEFT, _CAPTION = 104.0, 16.0  # mm: columns of the payment block


def draw_invoice(invoice: Invoice, images: Mapping[str, bytes]) -> Sheet:
    sheet = Sheet(title=title(invoice), author=invoice.seller.party.name, on=invoice.date, foot=title(invoice))
    sheet.paragraph(
        f"Внимание! Оплатить не позднее {short_date(invoice.pay_by)}. Оплата данного счёта означает согласие "
        "с условиями предоставления услуг.",
        size=8,
        lead=4,
        centred=True,
    )
    sheet.y += 2
    _payment_block(sheet, invoice)
    blocks.heading(sheet, title(invoice))
    blocks.captioned(sheet, "Поставщик:", blocks.party_text(invoice.seller.party))
    blocks.captioned(sheet, "Покупатель:", blocks.party_text(invoice.buyer))
    blocks.captioned(sheet, "Основание:", invoice.basis)
    sheet.y += 1.5
    code = Code.of(payload(invoice))

    def end() -> None:
        blocks.totals(sheet, invoice, "Всего к оплате:")
        blocks.in_all(sheet, "Всего наименований", len(invoice.lines), invoice)
        sheet.keep(lambda: _foot(sheet, invoice, code, images))

    blocks.lines_table(sheet, invoice.lines, followed_by=sheet.height_of(end))
    end()
    return sheet


def _payment_block(sheet: Sheet, invoice: Invoice) -> None:
    """The payee's part of a payment order, so that it can be copied field by field; a name as long as banks take."""
    party, bank = invoice.seller.party, invoice.seller.bank
    x, y = LEFT, sheet.y
    name = fitted(sheet.regular, cut(party.name, NAME_MAX), 9, _LEFT - 2)
    bank_name = fitted(sheet.regular, cut(bank.bank, NAME_MAX), 9, _LEFT - 2)
    bank_height, name_height = 8.0 + 4.2 * len(bank_name), 8.0 + 4.2 * len(name)
    right, wide = x + _LEFT + _CAPTION, WIDTH - _LEFT - _CAPTION
    middle = y + bank_height

    def said(at_x: float, at_y: float, text: str, size: float = 9) -> None:
        sheet.text_at(at_x + 1, at_y, text, font=sheet.regular, size=size)

    sheet.frame(x, y, _LEFT, bank_height)
    sheet.frame(x + _LEFT, y, _CAPTION, 6)
    sheet.frame(x + _LEFT, y + 6, _CAPTION, bank_height - 6)
    sheet.frame(right, y, wide, bank_height)
    for n, line in enumerate(bank_name):
        said(x, y + base_line(5, 9) + 4.2 * n, line)
    said(x, middle - 1.2, "Банк получателя", 7)
    said(x + _LEFT, y + base_line(6, 9), "БИК")
    said(right, y + base_line(6, 9), bank.bic)
    said(x + _LEFT, y + 6 + base_line(6, 9), "Сч. №")
    said(right, y + 6 + base_line(6, 9), bank.correspondent)
    sheet.frame(x, middle, _LEFT / 2, 6)
    sheet.frame(x + _LEFT / 2, middle, _LEFT / 2, 6)
    said(x, middle + base_line(6, 9), f"ИНН {party.inn}")
    said(x + _LEFT / 2, middle + base_line(6, 9), f"КПП {party.kpp}" if party.kpp else "КПП")
    sheet.frame(x, middle + 6, _LEFT, name_height)
    sheet.frame(x + _LEFT, middle, _CAPTION, 6 + name_height)
    sheet.frame(right, middle, wide, 6 + name_height)
    said(x + _LEFT, middle + base_line(6, 9), "Сч. №")
    said(right, middle + base_line(6, 9), bank.account)
    for n, line in enumerate(name):
        said(x, middle + 6 + base_line(5, 9) + 4.2 * n, line)
    said(x, middle + 6 + name_height - 1.2, "Получатель", 7)
    sheet.y = middle + 6 + name_height + 5


def _foot(sheet: Sheet, invoice: Invoice, code: Code, images: Mapping[str, bytes]) -> None:
    """Signatures and the purpose at the left, the code at the right."""
    sheet.y += 2
    sheet.rule(LEFT, sheet.y, RIGHT, sheet.y, THICK)
    sheet.y += 3
    top, width = sheet.y, WIDTH - code.side - 8
    code.draw(sheet, x=RIGHT - code.side, y=top)
    below = top + code.side + 2
    sheet.text_around(RIGHT - code.side / 2, below, "Оплата по QR-коду", font=sheet.regular, size=7)
    seal(sheet, LEFT + 70, top, invoice.seller.stamp, images)
    for n, (position, signer) in enumerate(_signers(invoice)):
        y = top + 9 + 11 * n
        sheet.text_at(LEFT, y - 0.6, position, font=sheet.bold, size=9)
        signature(sheet, LEFT + 34, y, width - 34, signer, images)
    sheet.y = top + 28
    sheet.paragraph("Назначение платежа:", width=width, size=7, lead=3.6)
    sheet.paragraph(cut(invoice.purpose, PURPOSE_MAX), width=width, size=8, lead=3.8)
    sheet.y = max(sheet.y, below)


def _signers(invoice: Invoice) -> list[tuple[str, Signer]]:
    """A company's head and accountant; an entrepreneur signs alone."""
    seller = invoice.seller
    if seller.party.is_entrepreneur:
        return [("Предприниматель", seller.director)]
    return [("Руководитель", seller.director), ("Бухгалтер", seller.accountant or seller.director)]
