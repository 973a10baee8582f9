"""The same papers as fpdf2's documentation draws them: add_font, cell, multi_cell, header and footer, image."""

from __future__ import annotations

import warnings

import zxingcpp
from fpdf import FPDF
from fpdf.enums import MethodReturnValue
from PIL import Image

from bench.papers_content import Content
from bench.papers_reportlab import FONTS

WIDTH = 183.0


class Pages(FPDF):
    title_text = ""

    def footer(self) -> None:
        self.set_y(-12)
        self.set_font("pt", "", 7)
        self.cell(0, 4, f"{self.title_text}, лист {self.page_no()} из {{nb}}", align="R")


def draw(content: Content) -> bytes:
    pdf = Pages(format="A4")
    pdf.title_text = content.title
    pdf.set_margins(15, 12, 12)
    pdf.set_auto_page_break(True, 13)
    pdf.add_font("pt", "", FONTS / "PT_Sans-Web-Regular.ttf")
    pdf.add_font("pt", "B", FONTS / "PT_Sans-Web-Bold.ttf")
    pdf.add_page()
    if content.payload:
        _payment(pdf, content)
    pdf.set_font("pt", "B", 14)
    pdf.multi_cell(0, 7, content.title, new_x="LMARGIN", new_y="NEXT")
    pdf.line(15, pdf.get_y(), 198, pdf.get_y())
    pdf.ln(3)
    for caption, text in content.parties:
        pdf.set_font("pt", "", 9)
        pdf.cell(27, 4.4, caption)
        pdf.set_font("pt", "B", 9)
        pdf.multi_cell(0, 4.4, text, align="L", new_x="LMARGIN", new_y="NEXT")
        pdf.ln(1.4)
    _table(pdf, content)
    if pdf.will_page_break(content.tail_mm):
        pdf.add_page()
    pdf.set_font("pt", "B", 9)
    for caption, value in content.totals:
        pdf.cell(WIDTH - 30, 4.8, caption, align="R")
        pdf.cell(30, 4.8, value, align="R", new_x="LMARGIN", new_y="NEXT")
    pdf.set_font("pt", "", 9)
    for text in content.notes:
        pdf.multi_cell(0, 4.4, text, align="L", new_x="LMARGIN", new_y="NEXT")
    pdf.line(15, pdf.get_y() + 2, 198, pdf.get_y() + 2)
    _signatures(pdf, content)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return bytes(pdf.output())


def _payment(pdf: Pages, content: Content) -> None:
    pdf.set_font("pt", "", 9)
    for x, y, width, height, text in content.payment:
        pdf.rect(15 + x, 12 + y, width, height)
        pdf.set_xy(15 + x, 12 + y + 0.5)
        pdf.multi_cell(width, 5, text, align="L")
    pdf.set_xy(15, 48)


def _table(pdf: Pages, content: Content) -> None:
    grid = content.grid

    def heading() -> None:
        pdf.set_font("pt", "B", grid.size + 0.5)
        for width, head in zip(grid.widths, grid.heads, strict=True):
            pdf.cell(width, 6, head, border=1, align="C")
        pdf.ln(6)
        pdf.set_font("pt", "", grid.size)

    heading()
    for row in content.rows:
        most = max(
            len(pdf.multi_cell(grid.widths[j], grid.lead, row[j], dry_run=True, output=MethodReturnValue.LINES))
            for j in grid.wrapping
        )
        height = grid.lead * most + 1
        if pdf.will_page_break(height):
            pdf.add_page()
            heading()
        x, y = 15.0, pdf.get_y()
        for j, text in enumerate(row):
            pdf.rect(x, y, grid.widths[j], height)
            pdf.set_xy(x, y + 0.5)
            if j in grid.wrapping:
                pdf.multi_cell(grid.widths[j], grid.lead, text, align="L")
            else:
                pdf.cell(grid.widths[j], grid.lead, text, align="R" if grid.aligns[j] == "end" else "C")
            x += grid.widths[j]
        pdf.set_xy(15, y + height)


def _signatures(pdf: Pages, content: Content) -> None:
    top = pdf.get_y() + 5
    for x, (caption, who, name) in zip((15.0, 109.0), content.signers, strict=False):
        pdf.set_xy(x, top)
        pdf.set_font("pt", "B", 9)
        pdf.cell(88, 4.4, caption, new_x="LEFT", new_y="NEXT")
        pdf.set_font("pt", "", 8)
        pdf.multi_cell(88, 3.8, who, align="L", new_x="LEFT", new_y="NEXT")
        pdf.line(x, top + 17, x + 42, top + 17)
        pdf.set_xy(x + 44, top + 13)
        pdf.cell(40, 4.4, name)
    if content.payload:
        image = zxingcpp.create_barcode(content.payload, zxingcpp.BarcodeFormat.QRCode, ec_level="M").to_image(scale=4)
        height, width = image.shape
        pdf.image(Image.frombytes("L", (width, height), bytes(memoryview(image))), 160, top, 38, 38)
