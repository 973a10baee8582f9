"""How a paper becomes bytes: fpdf2's own writer, with our fonts put in ready-made and PDF/A-3U said in fixed words."""

from __future__ import annotations

import zlib
from datetime import datetime
from functools import cache
from typing import Any

from fpdf.output import OutputProducer, PDFICCProfile
from fpdf.syntax import PDFObject
from fpdf.util import builtin_srgb2014_bytes
from markupsafe import escape

from billing.paper.fonts import Font

PAGE_DEFLATE = 6  # said here, for a paper's bytes must not hang on a default of anybody's
_REGISTRY = "/CIDSystemInfo <</Registry (Adobe) /Ordering (Identity) /Supplement 0>>"


class _Ready(PDFObject):  # type: ignore[misc]  # fpdf2's class is untyped
    """An object of the file whose body is written already."""

    def __init__(self) -> None:
        super().__init__()
        self.body = b""

    def serialize(self, obj_dict: Any = None, _security_handler: Any = None) -> bytes:
        return b"%d 0 obj\n%b\nendobj" % (self.id, self.body)


class PaperOutput(OutputProducer):  # type: ignore[misc]  # fpdf2's class is untyped
    """fpdf2's writer but for pages and fonts. fpdf2 is pinned: its internals may move with any version."""

    def _add_pages(self, _slice: slice = slice(None)) -> list[Any]:
        pages = list(self._iter_pages_in_order())[_slice]
        for page in pages:
            if self.fpdf.allow_images_transparency:
                page.group = "<</Type /Group /S /Transparency /CS /DeviceRGB>>"
            self._add_pdf_obj(page, "pages")
            contents = _Ready()
            contents.body = _stream("/Filter /FlateDecode", zlib.compress(page.contents, PAGE_DEFLATE))
            self._add_pdf_obj(contents, "pages")
            page.contents = contents
        return pages

    def _add_xmp_metadata(self) -> PDFObject:
        metadata = _Ready()
        packet = (
            f'<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n{self.fpdf.xmp_metadata}\n<?xpacket end="w"?>'
        )
        metadata.body = _stream("/Type /Metadata /Subtype /XML", packet.encode())
        self._add_pdf_obj(metadata)
        return metadata

    def _add_fonts(self, images: Any, graphics: Any, patterns: Any) -> dict[int, PDFObject]:
        return {font.i: self._font(font) for font in self.fpdf.fonts.values()}

    def _font(self, font: Font) -> PDFObject:
        program = font.program(self.fpdf.used_glyphs(font))
        name = f"{program.tag}+{font.name}"
        top, descendant, descriptor, file, to_unicode = (_Ready() for _ in range(5))
        for part in (top, descendant, descriptor, file, to_unicode):
            self._add_pdf_obj(part, "fonts")
        top.body = (
            f"<</Type /Font /Subtype /Type0 /BaseFont /{name} /Encoding /Identity-H "
            f"/DescendantFonts [{descendant.id} 0 R] /ToUnicode {to_unicode.id} 0 R>>"
        ).encode()
        descendant.body = (
            f"<</Type /Font /Subtype /CIDFontType2 /BaseFont /{name} {_REGISTRY} "
            f"/CIDToGIDMap /Identity /DW 500 /W [{program.widths}] "
            f"/FontDescriptor {descriptor.id} 0 R>>"
        ).encode()
        descriptor.body = font.file.descriptor(name, file.id).encode()
        file.body = _stream(f"/Filter /FlateDecode /Length1 {program.file_length}", program.file)
        to_unicode.body = _stream("/Filter /FlateDecode", program.to_unicode)
        return top


def _stream(head: str, body: bytes) -> bytes:
    return b"<<%b /Length %d>>\nstream\n%b\nendstream" % (head.encode(), len(body), body)


class _Profile(PDFICCProfile):  # type: ignore[misc]  # fpdf2's class is untyped
    """A colour profile that is put together once."""

    def __init__(self) -> None:
        contents = builtin_srgb2014_bytes()
        super().__init__(contents=contents, n=3, alternate="DeviceRGB")
        head = "/Filter /FlateDecode /N 3 /Alternate /DeviceRGB"
        self._body = _stream(head, zlib.compress(contents, 9))

    def serialize(self, obj_dict: Any = None, _security_handler: Any = None) -> bytes:
        return b"%d 0 obj\n%b\nendobj" % (self.id, self._body)


@cache
def colour_profile() -> PDFICCProfile:
    """One for all documents: fpdf2 would read and deflate it anew for each."""
    return _Profile()


def xmp(*, title: str, author: str, at: datetime) -> str:
    """What the file says of itself. fpdf2's own words would hold the present moment."""
    moment = at.isoformat(timespec="seconds")
    return (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/" '
        f'xmp:CreateDate="{moment}" xmp:ModifyDate="{moment}" xmp:MetadataDate="{moment}">'
        "<pdfaid:part>3</pdfaid:part><pdfaid:conformance>U</pdfaid:conformance>"
        f'<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{escape(title)}</rdf:li></rdf:Alt></dc:title>'
        f"<dc:creator><rdf:Seq><rdf:li>{escape(author)}</rdf:li></rdf:Seq></dc:creator>"
        "</rdf:Description></rdf:RDF></x:xmpmeta>"
    )
