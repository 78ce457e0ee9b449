"""Borders and backgrounds of boxes that have none, or plain ones: straight to the lines of the PDF.

WeasyPrint looks at each box as if it had rounded, dashed, translucent borders and images behind it, and compares
colours by the text that describes them. Whether a style has any of that is found once per style. What is drawn is
written with the same numbers in the same order, so the PDF has the same bytes; anything else is left to WeasyPrint.
"""

from typing import Any, Final

import pydyf
from weasyprint.draw import border
from weasyprint.draw.color import get_color
from weasyprint.formatting_structure.boxes import Box, ParentBox
from weasyprint.layout import background, percent
from weasyprint.pdf.stream import Stream

from relance.adapters.weasyprint_places import known, put

_SIDES: Final = ("top", "right", "bottom", "left")
_ACROSS: Final = (0, 2)
_LEFT: Final = 3
_RGB: Final = frozenset({"srgb", "hsl", "hwb"})


class Edges:
    """What a style says of its borders and background: `plain`, no more than solid straight lines; `bare`, nothing
    behind; the colour of each side.
    """

    __slots__ = ("bare", "colors", "plain")

    def __init__(self, style: Any) -> None:
        self.colors = [get_color(style, f"border_{side}_color") for side in _SIDES]
        self.plain = (
            style["visibility"] == "visible"
            and style["column_width"] == style["column_count"] == "auto"
            and style["border_image_source"][0] == "none"
        )
        self.bare = (
            style["border_image_source"][0] == style["mask_border_source"][0] == "none"
            and style["visibility"] != "hidden"
            and all(value is None for _, value in style["background_image"])
            and get_color(style, "background_color").alpha == 0
            and not style["box_shadow"]
        )


def install() -> None:
    """Let WeasyPrint use it, if it is the version that is known."""
    if not known():
        return
    any_border, any_background, any_color = border.draw_border, background.layout_box_backgrounds, Stream.set_color

    def draw_border(stream: Any, box: Any) -> None:
        if _edges(box.style).plain:
            around = box.border_top_width, box.border_right_width, box.border_bottom_width, box.border_left_width
            if not any(around):
                return
            if 0 in around and _is_solid(box, around):
                _draw_sides(stream, box, around)
                return
        any_border(stream, box)

    def layout_box_backgrounds(
        page: Any, box: Any, get_image_from_uri: Any, layout_children: bool = True, style: Any = None
    ) -> None:
        if style is None and box is not page and _edges(box.style).bare:
            percent.resolve_radii_percentages(box)
            if layout_children and (isinstance(box, ParentBox) or not isinstance(box, Box)):  # or stands for one
                for child in box.all_children():
                    layout_box_backgrounds(page, child, get_image_from_uri)
            box.background = None
        else:
            any_background(page, box, get_image_from_uri, layout_children, style)

    def set_color(stream: Any, color: Any, stroke: bool = False) -> None:
        if color.space not in _RGB:
            any_color(stream, color, stroke)
            return
        told = color.__dict__.get("told")
        if told is None:
            told = color.told = (color.space, *color.coordinates), color.to("srgb").coordinates
        stream.set_alpha(color.alpha, stroke)
        current = "_current_color_stroke" if stroke else "_current_color"
        if stream.__dict__[current] != told[0]:
            stream.__dict__[current] = told[0]
            stream.set_color_rgb(*told[1], stroke)

    def stacked(stream: Any) -> _Stacked:
        return _Stacked(stream)

    def artifact(stream: Any) -> _Stacked:
        return _Artifact(stream)

    def marked(stream: Any, box: Any, tag: str) -> _Stacked:
        return _Marked(stream, box, tag)

    put(border, "draw_border", draw_border)
    put(background, "layout_box_backgrounds", layout_box_backgrounds)
    put(Stream, "set_color", set_color)
    put(Stream, "stacked", stacked)
    put(Stream, "artifact", artifact)
    put(Stream, "marked", marked)


class _Stacked:
    """`with stream.stacked()`, as the class that a generator would be made into."""

    __slots__ = ("_stream",)

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def __enter__(self) -> None:
        self._stream.push_state()

    def __exit__(self, *raised: object) -> None:
        self._stream.pop_state()


class _Artifact(_Stacked):
    """`with stream.artifact()`: what says nothing to a reader."""

    __slots__ = ()

    def __enter__(self) -> None:
        if self._stream._tags is not None:
            self._stream.begin_marked_content("Artifact")

    def __exit__(self, *raised: object) -> None:
        if self._stream._tags is not None:
            self._stream.end_marked_content()


class _Marked(_Artifact):
    """`with stream.marked(box, tag)`: what a reader hears."""

    __slots__ = ("_box", "_tag")

    def __init__(self, stream: Any, box: Any, tag: str) -> None:
        super().__init__(stream)
        self._box = box
        self._tag = tag

    def __enter__(self) -> None:
        tags = self._stream._tags
        if tags is not None:
            if self._box in tags:
                raise AssertionError("a box is drawn once")
            number = len(tags)
            tags[self._box] = {"tag": self._tag, "mcid": number}
            self._stream.begin_marked_content(self._tag, pydyf.Dictionary({"MCID": number}))


def _edges(style: Any) -> Edges:
    """Found once, and kept with the style."""
    edges: Edges | None = style.__dict__.get("edges")
    if edges is None:
        edges = style.edges = Edges(style)
    return edges


def _is_solid(box: Any, around: tuple[float, ...]) -> bool:
    """Whether each side that has a width is a line without a break, and no corner is round."""
    style = box.style
    colors = _edges(style).colors
    return bool(style.__dict__["lengths"].sharp) and all(
        not width or (style[f"border_{side}_style"] == "solid" and color.alpha)
        for side, width, color in zip(_SIDES, around, colors, strict=True)
    )


def _draw_sides(stream: Any, box: Any, around: tuple[float, float, float, float]) -> None:
    """One after the other, as `draw_border` and `clip_border_segment` do."""
    top, right, bottom, left = around
    x, y, width, height = box.border_box_x(), box.border_box_y(), box.border_width(), box.border_height()
    inner = x + left, y + top, width - left - right, height - top - bottom
    colors = _edges(box.style).colors
    for index in (2, 3, 1, 0):
        if not around[index]:
            continue
        if index in _ACROSS:
            edge, inwards = (y, top) if index == 0 else (y + height, -bottom)
            path = (x + width, edge), (x, edge), (x + left, edge + inwards), (x + width + -right, edge + inwards)
        else:
            edge, inwards = (x, left) if index == _LEFT else (x + width, -right)
            path = (edge, y + height), (edge, y), (edge + inwards, y + top), (edge + inwards, y + height + -bottom)
        with stream.artifact(), stream.stacked():
            stream.move_to(*path[0])
            for point in path[1:]:
                stream.line_to(*point)
            stream.clip(even_odd=True)
            stream.end()
            stream.set_color(colors[index])
            stream.rectangle(*inner)
            stream.rectangle(x, y, width, height)
            stream.fill(even_odd=True)
