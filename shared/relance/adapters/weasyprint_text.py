"""A text is shaped once: measured, then drawn from what was measured, and kept for the next document that says it.

WeasyPrint makes a Pango layout for each text to measure it, throws it away, and makes it again to draw it. A text that
fits into its line looks the same wherever it stands, so a `Shape` holds for a text in a *typeface* (all that a style
says of letters): its size, and its glyphs as the PDF names them. What a company prints on each document is shaped once
per process. Anything else – lines that must be broken, justified or cut, letters that go right to left, underlined
text, more than one font in a text, colour fonts, characters without a glyph – is left to WeasyPrint.

The numbers are those that WeasyPrint computes, in the same order of operations: the PDF has the same bytes.
"""

import struct
from typing import Any, Final

from weasyprint.draw import text as drawing
from weasyprint.text import line_break
from weasyprint.text.ffi import FROM_UNITS, TO_UNITS, ffi, pango
from weasyprint.text.fonts import get_pango_font_key
from weasyprint.text.line_break import Layout

from relance.adapters.weasyprint_places import known, put

MAX_SHAPES: Final = 6_000  # about 5 MB; then all are forgotten

_GLYPH: Final = struct.Struct("IiiiI")  # PangoGlyphInfo: glyph, width, x_offset, y_offset, a bit
_SPECIAL: Final = frozenset("\n\t\r\f\v\0\x1c\x1d\x1e\x85\u2028\u2029\u00ad")
_LETTERS: Final = (
    *("direction", "font_language_override", "lang", "font_family", "font_style", "font_stretch", "font_weight"),
    *("font_size", "font_kerning", "font_variant_ligatures", "font_variant_position", "font_variant_caps"),
    *("font_variant_numeric", "font_variant_alternates", "font_variant_east_asian", "font_feature_settings"),
    *("font_variation_settings", "letter_spacing"),
)
_ENDLESS: Final = 2**21  # WeasyPrint gives Pango no wider line
_WRAPPED: Final = frozenset({"normal", "pre-wrap", "pre-line"})


class Shape:
    """A text in a typeface, on one line; all lengths are in CSS pixels, `units` is the width in those of Pango."""

    __slots__ = ("baseline", "font", "glyphs", "height", "length", "runs", "size", "string", "text", "units", "width")

    text: str
    length: int  # bytes of UTF-8
    units: int
    width: float
    height: float
    baseline: float
    font: int  # WeasyPrint's key
    size: float
    runs: tuple[bytes, ...]  # as Pango places the glyphs
    string: str  # what the PDF shows, if its font says of each glyph what `glyphs` says
    glyphs: tuple[tuple[int, int, str], ...]  # number, width in thousandths, characters


class Typeface:
    """What styles have in common that draw the same letters."""

    def __init__(self, style: Any) -> None:
        self.shapes: dict[str, Shape | None] = {}
        self._style = style
        self._spaced = style["letter_spacing"] != "normal"
        self._layout = Layout(style)

    def shape(self, text: str) -> Shape | None:
        """None when WeasyPrint must do it."""
        if _SPECIAL.isdisjoint(text):
            if self._spaced:  # by the byte: the last text must leave nothing
                self._layout.setup(self._style)
                self._layout.set_text(text)
            else:
                pango.pango_layout_set_text(self._layout.layout, text.encode(), -1)
            return _measured(self._layout, text, self._style)
        return None


class Shapes:
    """All that one configuration of fonts has shaped."""

    def __init__(self) -> None:
        self.typefaces: dict[tuple[object, ...], Typeface] = {}
        self.count = 0

    def of(self, text: str, style: Any) -> Shape | None:
        """What is kept, else what is found now. None when WeasyPrint must do it."""
        if "typeface" not in style.__dict__:
            style.typeface = self._typeface(style)
        typeface: Typeface | None = style.typeface
        if typeface is None:
            return None
        if text not in typeface.shapes:
            if self.count >= MAX_SHAPES:
                self._forget()
            self.count += 1
            typeface.shapes[text] = typeface.shape(text)
        return typeface.shapes[text]

    def _typeface(self, style: Any) -> Typeface | None:
        if not style["font_size"] or style["word_spacing"] or style["text_decoration_line"] != "none":
            return None
        key = tuple(map(_hashable, map(style.__getitem__, _LETTERS)))
        if key not in self.typefaces:
            self.typefaces[key] = Typeface(style)
        return self.typefaces[key]

    def _forget(self) -> None:
        self.count = 0
        for typeface in self.typefaces.values():
            typeface.shapes = {}


class Shaped(Layout):  # type: ignore[misc]  # WeasyPrint is not typed
    """What WeasyPrint keeps of a text that was measured. Becomes a layout of Pango only if asked to."""

    justification_spacing = 0
    first_line_direction = 0
    ascent = underline_position = strikethrough_position = None

    def __init__(self, shape: Shape, max_width: float | None) -> None:
        self.shape = shape
        self.text = shape.text
        self.max_width = max_width


def install() -> None:
    """Let WeasyPrint use it, if it is the version that is known, with a Pango that tells the size of a font."""
    if not known() or pango.pango_version() < 14802 or ffi.sizeof("PangoGlyphInfo") != _GLYPH.size:
        return
    split, draw = line_break.split_first_line, drawing.draw_text

    def split_first_line(
        text: str,
        style: Any,
        context: Any,
        max_width: float | None,
        justification_spacing: float,
        is_line_start: bool = True,
        minimum: bool = False,
    ) -> tuple[Any, ...]:
        if not justification_spacing and (shape := fitting(text, style, max_width)) is not None:
            return Shaped(shape, max_width), shape.length, None, shape.width, shape.height, shape.baseline
        result: tuple[Any, ...] = split(text, style, context, max_width, justification_spacing, is_line_start, minimum)
        return result

    def draw_text(stream: Any, textbox: Any, offset_x: float, text_overflow: str, block_ellipsis: str) -> None:
        layout, style = textbox.pango_layout, textbox.style
        if text_overflow == "clip" and block_ellipsis == "none" and not layout.justification_spacing:
            shape = layout.shape if type(layout) is Shaped else shape_of(layout.text, style)
            if shape is not None and style["visibility"] == "visible" and textbox.text.strip():
                font = stream._fonts.get(shape.font)
                if font is not None and not (font.bitmap or font.png or font.svg or font.colr):
                    _show(stream, textbox, font, shape)
                    return
        draw(stream, textbox, offset_x, text_overflow, block_ellipsis)

    put(line_break, "split_first_line", split_first_line)
    put(drawing, "draw_text", draw_text)


def fitting(text: str, style: Any, room: float | None) -> Shape | None:
    """The shape of a text that may stand on a line of this width, or need not fit."""
    shape = shape_of(text, style)
    if shape is None or room is None or style["white_space"] not in _WRAPPED:
        return shape
    if shape.width <= room and (room >= _ENDLESS or shape.units <= int(room * TO_UNITS)):
        return shape
    return None


def shape_of(text: str, style: Any) -> Shape | None:
    """The shape of a text in a style; None when WeasyPrint must do it."""
    fonts = style.font_config
    shapes: Shapes | None = fonts.__dict__.get("shapes")
    if shapes is None:
        shapes = fonts.shapes = Shapes()
    return shapes.of(text, style)


def _show(stream: Any, textbox: Any, font: Any, shape: Shape) -> None:
    widths, to_unicode, known_so = font.widths, font.to_unicode, True
    for glyph, width, characters in shape.glyphs:
        known_so &= widths.setdefault(glyph, width) == width  # may come from another size, rounded to something else
        to_unicode.setdefault(glyph, characters)
    stream.set_color(textbox.style["color"])
    stream.begin_text()
    stream.set_text_matrix(1, 0, 0, -1, textbox.position_x, textbox.position_y + textbox.baseline)
    stream.set_font_size(font.hash, shape.size)
    stream.show_text(shape.string if known_so else _told(shape.runs, shape.size, widths))
    stream.end_text()


def _hashable(value: Any) -> object:
    return tuple(value) if isinstance(value, list) else value


_extents: Final = ffi.new("PangoRectangle *")


def _measured(layout: Any, text: str, style: Any) -> Shape | None:
    """As `first_line_metrics` and `draw_first_line` do, once."""
    line, second = layout.get_first_line()
    if second is not None or layout.first_line_direction or line.runs == ffi.NULL:
        return None
    shape = Shape()
    pango.pango_layout_line_get_extents(line, ffi.NULL, _extents)
    shape.text, shape.length, shape.units = text, line.length, _extents.width
    shape.width, shape.height = _extents.width * FROM_UNITS, _extents.height * FROM_UNITS
    if style["letter_spacing"] != "normal":
        shape.width += style["letter_spacing"]
    shape.baseline = pango.pango_layout_get_baseline(layout.layout) * FROM_UNITS
    return shape if shape.length and _drawn(shape, line) else None


def _drawn(shape: Shape, line: Any) -> bool:
    """Fill in what draws it. False for what `draw_first_line` does more about."""
    encoded, run, font = shape.text.encode(), line.runs, None
    glyphs: dict[int, tuple[int, int, str]] = {}
    runs = []
    while run != ffi.NULL:
        item, placed = run.data.item, run.data.glyphs
        if item.analysis.level % 2 or (font is not None and item.analysis.font != font):
            return False
        if font is None:
            font = item.analysis.font
            shape.font, _, shape.size = get_pango_font_key(font)
        count = placed.num_glyphs
        runs.append(bytes(ffi.buffer(placed.glyphs, count * _GLYPH.size)))
        starts = [*ffi.unpack(placed.log_clusters, count), item.length]
        for index, (glyph, _, _, y_offset, _) in enumerate(_GLYPH.iter_unpack(runs[-1])):
            if y_offset or glyph >= pango.PANGO_GLYPH_EMPTY:  # raised, empty, or none in our fonts
                return False
            if glyph not in glyphs:
                begin, end = item.offset + starts[index], item.offset + starts[index + 1]
                pango.pango_font_get_glyph_extents(font, glyph, ffi.NULL, _extents)
                width = round(_extents.width * 1000 * FROM_UNITS / shape.size)
                glyphs[glyph] = glyph, width, encoded[begin:end].decode()
        run = run.next
    shape.runs, shape.glyphs = tuple(runs), tuple(glyphs.values())
    shape.string = _told(shape.runs, shape.size, {glyph: width for glyph, width, _ in shape.glyphs})
    return True


def _told(runs: tuple[bytes, ...], size: float, widths: dict[int, int]) -> str:
    """The glyphs as the PDF shows them, and by how much they stand apart from their widths."""
    string = ""
    for run in runs:
        string += "<"
        for glyph, width, x_offset, _, _ in _GLYPH.iter_unpack(run):
            offset = x_offset / size
            if offset:
                string += f">{-offset}<"
            string += f"{glyph:04x}"
            kerning = widths[glyph] + offset - width * 1000 * FROM_UNITS / size
            if kerning:
                string += f">{int(kerning)}<"
        string = string[:-1] if string[-1] == "<" else string + ">"
    return string
