"""What we do to WeasyPrint from outside changes how long a page takes, and not one byte of it. [docs/decisions/0009]"""

import gc
import io
import re
import zlib
from base64 import b64encode
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from PIL import Image
from pypdf import PdfReader

from relance.adapters.html_jinja import RESOURCES
from relance.adapters.pdf_weasyprint import VARIANT, Fetcher, WeasyPrintRenderer, html_of, style_of
from relance.domain.content import DocumentContent
from relance.domain.errors import Stop
from relance.domain.look import Design
from relance.domain.party import Branding
from tests.builders import EXEMPT, a_line, a_quote_content, a_sole_trader, an_invoice_content, some_lines
from tests.unit.documents.test_pdf import png

PACKED = "_get_png_data", "data"  # how pixels and streams are packed changes bytes: each has a test of its own
LOGO = b64encode(png()).decode()
DOCUMENTS: dict[str, DocumentContent] = {
    "quote": a_quote_content(),
    "long": a_quote_content(lines=tuple(a_line(f"Fourniture {n}\nposée") for n in range(40))),
    "invoice": an_invoice_content(),
    "franchise": an_invoice_content(company=a_sole_trader(), lines=(a_line(vat=EXEMPT),)),
    "paged": a_quote_content(lines=(*some_lines() * 5, a_line("Condition & « réserve » <b>\r\nsuite"))),
}


@pytest.fixture(scope="module")
def renderer() -> WeasyPrintRenderer:
    made = WeasyPrintRenderer()
    made.pdf_of("<p>")  # WeasyPrint is loaded, with our fonts
    return made


def plain(html: str, design: Design, *but: str) -> bytes:
    """The PDF by WeasyPrint as it comes, but for what is named."""
    import weasyprint  # noqa: PLC0415 - see the fixture
    from weasyprint.text.fonts import FontConfiguration  # noqa: PLC0415

    from relance.adapters.weasyprint_places import as_it_comes  # noqa: PLC0415

    fonts = FontConfiguration()
    with as_it_comes(*but):
        sheet = weasyprint.CSS(string=style_of(design), font_config=fonts)
        page = weasyprint.HTML(string=html, url_fetcher=Fetcher())
        drawn: bytes = page.write_pdf(stylesheets=[sheet], pdf_variant=VARIANT, font_config=fonts)
    return drawn


@pytest.mark.parametrize("design", Design)
@pytest.mark.parametrize("logo", [LOGO, ""], ids=["logo", "no logo"])
def test_a_page_has_the_bytes_that_weasyprint_gives_it(renderer: WeasyPrintRenderer, design: Design, logo: str) -> None:
    """Twice: first with nothing kept, then with all that the first one left."""
    branding = Branding(colour="#5b2a86", logo_png=logo, design=design)
    for name in ("quote", "invoice") if logo else ("franchise",):
        html = html_of(DOCUMENTS[name], branding)
        expected = plain(html, design, *PACKED)
        assert [renderer.pdf_of(html, design) == expected for _ in range(2)] == [True, True], name


def test_what_is_kept_of_a_document_is_of_no_consequence_for_another(renderer: WeasyPrintRenderer) -> None:
    """More pages, other colours, then the first again."""
    first, second = html_of(DOCUMENTS["quote"], Branding()), html_of(DOCUMENTS["long"], Branding(colour="#c2410c"))
    expected = [plain(first, Design.MODERN, *PACKED), plain(second, Design.MODERN, *PACKED)]
    assert [renderer.pdf_of(first), renderer.pdf_of(second), renderer.pdf_of(first)] == [*expected, expected[0]]


# What our documents hold little or nothing of, so that each way back to WeasyPrint's own code is taken.
ODD = """<html><head></head><body style="overflow-wrap: anywhere">
<p>AVATAR To fi fl Éà € → ½ <b>gras</b>, <i>italique</i> et H<sub>2</sub>O, suivis de quelques mots pour faire une ligne
de plus que la largeur de la page n’en admet, sans quoi rien ne serait coupé.</p>
<p style="width: 60mm; text-align: justify">Une phrase justifiée, assez longue pour tenir sur plusieurs lignes.</p>
<p style="text-decoration: underline">souligné</p><p style="word-spacing: 3px">un deux trois</p>
<p style="letter-spacing: .1em">Espacé</p><p style="letter-spacing: .1em">E</p><p style="text-indent: 9mm">rentré</p>
<p style="white-space: pre-line">deux
lignes</p><p style="white-space: pre"> une	tabulation </p><p dir="rtl">de droite à gauche</p>
<p style="width: 20mm; overflow: hidden; text-overflow: ellipsis; white-space: nowrap">coupé à la fin de la ligne</p>
<p style="width: 9mm">anticonstitutionnellement</p><p style="font-size: 0">rien</p><p style="visibility: hidden">non</p>
<p style="float: right; width: 40%">à droite</p><p>à gauche de ce qui flotte</p>
<p style="clear: both; border: 1px solid red; border-left-style: dashed">bords</p><p style="border: 2px solid">tous</p>
<p style="border-top: 2px solid #00f8; border-radius: 3px">rond</p><p style="border-left: 3px double">double</p>
<p style="background: #eee; padding: 5%; max-width: 50%">fond</p><p style="box-sizing: border-box; width: 9mm">b</p>
<table style="border-collapse: collapse"><tr><td style="border: 1px solid">a</td><td>b</td></tr></table>
<table><tr><td>a</td><td style="vertical-align: middle; height: 9mm">b</td></tr></table>
</body></html>"""


STRANGE = """<html><head><style>@page :nth(2) { margin: 40mm } @media print { h2 { color: red } }</style></head><body>
<div style="display: flex"><div>un</div><div style="flex: 1">deux mots</div><p style="width: 9mm">trois</p></div>
<div style="display: grid; grid-template-columns: 1fr 2fr"><p>a</p><p>b b</p><p style="min-height: 9mm">c</p></div>
<ul><li>un</li><li>deux <b>gras</b></li></ul><div style="columns: 2">Deux colonnes de quelques mots chacune.</div>
<p><b style="padding: 2px">large</b></p><p><b style="position: relative; top: 2px">bas</b></p><p><b> espace </b></p>
<p style="font-size: 2em"><b style="font-size: 6px">petit</b></p><p><b style="vertical-align: super">haut</b></p>
<p><b><i>imbriqué</i></b></p><p style="line-height: 3; text-align: right"><b style="line-height: 1">droite</b></p>
<div style="margin: 9mm 0"><p style="margin: 5mm 0">a</p><p style="margin: -3mm 0">b</p></div><p></p><p><b></b></p>
<p style="max-height: 2mm">haut</p><div style="position: relative"><p style="position: absolute; right: 0">ici</p></div>
<p style="margin-inline-start: 9mm; border-inline-end: 2px solid; border-start-start-radius: 4px">logique</p>
<p style="--x: 3mm; margin-left: var(--x); width: calc(50% - 1mm)">calculé</p><p style="outline: 1px solid">cerné</p>
<p style="transform: rotate(9deg); opacity: .5">tourné</p><p style="border-bottom: 2px solid rgba(0, 0, 0, 0)">rien</p>
<h2 id="x">titre</h2><p><a href="#x">lien</a> <a href="https://example.com">dehors</a></p>
<table><thead><tr><th>t</th><th>u</th></tr></thead><tr><td rowspan="2">x</td><td>y</td></tr>
<tr><td style="vertical-align: bottom">z<br>w</td></tr></table><p style="height: 150mm"></p><p>a</p><p>b</p><p>c</p>
</body></html>"""


def test_a_page_that_we_would_not_write_is_drawn_as_weasyprint_draws_it(renderer: WeasyPrintRenderer) -> None:
    expected = plain(STRANGE, Design.MODERN, *PACKED)
    assert len(PdfReader(io.BytesIO(expected)).pages) > 1
    assert [renderer.pdf_of(STRANGE) == expected for _ in range(2)] == [True, True]


@pytest.mark.parametrize("design", Design)
def test_what_we_do_not_know_is_drawn_as_weasyprint_draws_it(renderer: WeasyPrintRenderer, design: Design) -> None:
    expected = plain(ODD, design, *PACKED)
    assert [renderer.pdf_of(ODD, design) == expected for _ in range(2)] == [True, True]


def test_texts_are_forgotten_before_they_fill_the_memory(
    renderer: WeasyPrintRenderer, monkeypatch: pytest.MonkeyPatch
) -> None:
    from relance.adapters import weasyprint_text  # noqa: PLC0415 - see the fixture

    monkeypatch.setattr(weasyprint_text, "MAX_SHAPES", 7)
    html = html_of(a_quote_content(lines=(a_line("Jamais dit avant"), a_line("Ni cela"))), Branding())
    assert renderer.pdf_of(html) == plain(html, Design.MODERN, *PACKED)
    assert renderer._engine is not None
    shapes = vars(renderer._engine._shared["font_config"])["shapes"]
    assert 0 < shapes.count <= 7
    assert sum(len(typeface.shapes) for typeface in shapes.typefaces.values()) == shapes.count


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "P"])
def test_a_logo_keeps_its_pixels_and_takes_no_more_room(renderer: WeasyPrintRenderer, mode: str) -> None:
    picture = Image.linear_gradient("L").resize((90, 40)).convert(mode)
    if mode == "RGBA":
        picture.putalpha(Image.radial_gradient("L").resize((90, 40)))
    file = io.BytesIO()
    picture.save(file, "PNG")
    logo = b64encode(file.getvalue()).decode()
    html = html_of(DOCUMENTS["quote"], Branding(logo_png=logo))
    packed = renderer.pdf_of(html)
    expected = plain(html, Design.MODERN, "data")
    assert pixels(packed) == pixels(expected)
    assert len(packed) <= len(expected)


def test_streams_hold_what_they_held_and_take_hardly_more_room(renderer: WeasyPrintRenderer) -> None:
    html = html_of(DOCUMENTS["quote"], Branding())
    drawn, expected = renderer.pdf_of(html), plain(html, Design.MODERN)
    assert streams(drawn) == streams(expected)
    assert len(streams(drawn)) >= 7
    assert len(drawn) < 1.01 * len(expected)


@pytest.mark.parametrize("content", DOCUMENTS.values(), ids=DOCUMENTS)
def test_a_page_is_read_as_html_is(renderer: WeasyPrintRenderer, content: DocumentContent) -> None:
    from relance.adapters import weasyprint_html  # noqa: PLC0415 - see the fixture

    html = html_of(content, Branding(logo_png=LOGO))
    assert weasyprint_html.tree(html) is not None
    assert flat(weasyprint_html.document(html, Fetcher()).etree_element) == flat(slowly(html))


@pytest.mark.parametrize(
    "html",
    ["<p>un<p>deux", "<title>t</title>", "<html><head></head><body>&eacute;</body></html>", "<html><body/></html>", ""],
)
def test_what_is_no_xml_of_ours_is_left_to_the_parser_of_weasyprint(renderer: WeasyPrintRenderer, html: str) -> None:
    from relance.adapters import weasyprint_html  # noqa: PLC0415 - see the fixture

    assert weasyprint_html.tree(html) is None
    assert flat(weasyprint_html.document(html, Fetcher()).etree_element) == flat(slowly(html))


def test_another_version_is_left_as_it_comes(renderer: WeasyPrintRenderer, monkeypatch: pytest.MonkeyPatch) -> None:
    import weasyprint  # noqa: PLC0415 - see the fixture

    from relance.adapters import pdf_weasyprint, weasyprint_html, weasyprint_places  # noqa: PLC0415

    html = html_of(DOCUMENTS["quote"], Branding())
    taken = dict(weasyprint_places.TAKEN)
    assert len(taken) > 20
    with weasyprint_places.as_it_comes():
        monkeypatch.setattr(weasyprint_places, "TAKEN", {})
        monkeypatch.setattr(weasyprint, "__version__", "70.1")
        pdf_weasyprint.install_helps()
        assert weasyprint_places.TAKEN == {}
        assert [vars(owner)[name] for owner, name in taken] == [theirs for theirs, _ in taken.values()]
        assert flat(weasyprint_html.document(html, Fetcher()).etree_element) == flat(slowly(html))


def test_the_version_that_is_known_is_the_one_that_is_locked(renderer: WeasyPrintRenderer) -> None:
    import pydyf  # noqa: PLC0415 - see the fixture
    import weasyprint  # noqa: PLC0415

    from relance.adapters import weasyprint_places, weasyprint_writing  # noqa: PLC0415

    assert (weasyprint.__version__, pydyf.VERSION) == (weasyprint_places.MADE_FOR, weasyprint_writing.PYDYF)
    assert weasyprint_places.known()


# What a kind of weasyprint_styles does not tell apart: earlier siblings than the last, counting, what is inside, and
# values that differ from page to page. WeasyPrint changes the styles of first letters and lines, which are kept.
UNSEEN = re.compile(
    r"~(?!=)|\+.*\+|:(nth-|only-|first-of|first-l|last-of|has\(|empty|not\()|\[(src|alt|href|content)\s*[~|^$*]?="
)
FORMS = re.compile(r"\b(input|select|textarea|option|iframe|details|summary)\b")


@pytest.mark.parametrize("design", Design)
def test_no_style_sheet_of_ours_asks_what_a_kind_does_not_know(design: Design) -> None:
    """If you need one of these, give the cells a class in the template, or teach `weasyprint_styles` to see it."""
    assert [selector for selector in selectors(style_of(design)) if UNSEEN.search(selector)] == []


def test_nor_does_a_template() -> None:
    found = {path.name: path.read_text(encoding="utf-8") for path in (RESOURCES / "templates").glob("*.j2")}
    inside = [css for text in found.values() for css in re.findall(r"<style>(.*?)</style>", text, re.DOTALL)]
    sheets = [*inside, *(text for name, text in found.items() if name.endswith(".css.j2"))]
    rules = [rule for css in sheets for rule in selectors(re.sub(r"{[{%#].*?[}%#]}", "x", css, flags=re.DOTALL))]
    assert len(rules) > 30
    assert [rule for rule in rules if UNSEEN.search(rule)] == []


def test_nor_does_the_style_sheet_of_weasyprint_about_what_our_pages_hold(renderer: WeasyPrintRenderer) -> None:
    import weasyprint  # noqa: PLC0415 - see the fixture

    sheet = (Path(weasyprint.__file__).parent / "css" / "html5_ua.css").read_text(encoding="utf-8")
    asked = [selector for selector in selectors(sheet) if UNSEEN.search(selector) and not FORMS.search(selector)]
    assert asked == []
    held = " ".join(html_of(content, Branding()) for content in DOCUMENTS.values())
    assert FORMS.search(" ".join(re.findall(r"<(\w+)", held))) is None


def test_the_collector_works_again_after_a_page_and_after_a_failure(renderer: WeasyPrintRenderer) -> None:
    renderer.pdf_of("<p>")
    assert gc.isenabled()
    with pytest.raises(Stop):
        renderer.pdf_of('<img src="https://example.com/logo.png">')
    assert gc.isenabled()


def pixels(pdf: bytes) -> list[tuple[str, bytes]]:
    """Every picture of a PDF, with its transparency."""
    drawn = [image.image for page in PdfReader(io.BytesIO(pdf)).pages for image in page.images]
    return [(image.mode, image.tobytes()) for image in drawn if image is not None]


def streams(pdf: bytes) -> list[bytes]:
    """All that is packed in a PDF but the table of where things lie, unpacked."""
    found = re.findall(rb"/FlateDecode[^>]*>>\nstream\n(.*?)\nendstream", pdf, re.DOTALL)
    return [zlib.decompress(packed) for packed in found[:-1]]


def selectors(css: str) -> list[str]:
    import tinycss2  # noqa: PLC0415 - comes with WeasyPrint

    rules = tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True)
    return [tinycss2.serialize(rule.prelude) for rule in rules if rule.type == "qualified-rule"]


def slowly(html: str) -> ET.Element:
    import weasyprint  # noqa: PLC0415 - see the fixture

    root: ET.Element = weasyprint.HTML(string=html).etree_element
    return root


def flat(root: ET.Element) -> list[tuple[Any, ...]]:
    """Every element, in order, with its attributes and the text around it."""
    return [(one.tag, sorted(one.attrib.items()), one.text or "", one.tail or "", len(one)) for one in root.iter()]
