from __future__ import annotations

from dataclasses import replace

import pytest
from PIL import Image, ImageChops

from billing import paper
from billing.domain.errors import InvalidInputError, NotFoundError
from tests.paper.reading import pages, picture, text
from tests.paper.samples import a_png, a_reconciliation, a_seller, an_act, an_invoice, lines

FACSIMILE, SEAL = "f" * 64, "5" * 64
IMAGES = {FACSIMILE: a_png(), SEAL: a_png(90, 90, alpha=False)}


def signed(seller=None):
    seller = seller or a_seller()
    return replace(seller, director=replace(seller.director, facsimile=FACSIMILE), stamp=SEAL)


PAPERS = [
    pytest.param(an_act, id="act"),
    pytest.param(an_invoice, id="invoice"),
    pytest.param(lambda **over: a_reconciliation(4, **over), id="reconciliation"),
]


def blue(pdf: bytes, page: int = 0) -> Image.Image:
    """White where the page is blue, at two dots a point."""
    red, _, blue = picture(pdf, page, scale=2).convert("RGB").split()
    return ImageChops.subtract(blue, red).point(lambda difference: 255 * (difference > 60))


def blue_dots(pdf: bytes, page: int = 0) -> int:
    return blue(pdf, page).histogram()[255]


@pytest.mark.parametrize("document", PAPERS)
def test_a_facsimile_and_a_seal_are_drawn(document):
    without, with_them = paper.draw(document()), paper.draw(document(seller=signed()), IMAGES)

    assert blue_dots(without) == 0
    assert blue_dots(with_them) > 500
    assert text(with_them) == text(without), "the two differ by pictures only"


@pytest.mark.parametrize("document", PAPERS)
def test_pictures_are_the_same_bytes_again(document):
    assert paper.draw(document(seller=signed()), IMAGES) == paper.draw(document(seller=signed()), dict(IMAGES))


def test_pictures_stand_once_on_the_last_page():
    pdf = paper.draw(an_act(lines(60), seller=signed()), IMAGES)

    assert blue_dots(pdf, page=0) == 0
    assert blue_dots(pdf, page=1) > 500


@pytest.mark.parametrize("missing", [FACSIMILE, SEAL])
def test_a_picture_that_was_not_given_is_an_error(missing):
    given = {name: png for name, png in IMAGES.items() if name != missing}

    with pytest.raises(NotFoundError, match=missing[:12]):
        paper.draw(an_act(seller=signed()), given)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"<svg xmlns='http://www.w3.org/2000/svg'/>", id="an SVG"),
        pytest.param(b"\xff\xd8\xff\xe0 a JPEG", id="a JPEG"),
        pytest.param(a_png()[:40], id="a torn PNG"),
        pytest.param(a_png()[:16] + (60_000).to_bytes(4, "big") * 2, id="a PNG that would take gigabytes"),
    ],
)
def test_a_picture_that_is_no_png_is_an_error(body):
    with pytest.raises(InvalidInputError, match="PNG"):
        paper.draw(an_act(seller=signed()), {**IMAGES, FACSIMILE: body})


@pytest.mark.parametrize("count", range(20, 32))
@pytest.mark.parametrize("document", [an_act, an_invoice])
def test_a_seal_never_hangs_below_the_sheet(document, count):
    """Its room is kept with the signatures, in whatever place the lines end."""
    pdf = paper.draw(document(lines(count), seller=signed()), IMAGES)
    _, _, _, bottom = blue(pdf, page=len(pages(pdf)) - 1).getbbox()

    assert bottom / 2 * 25.4 / 72 <= 285
