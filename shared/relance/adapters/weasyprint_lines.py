"""The line that nearly all lines are: one text that fits, from left to right, beside nothing that floats.

WeasyPrint lays it out like any line: it looks for shapes to avoid (three times), first letters, white space, places to
break, footnotes, boxes to align. Here the few sums that are left are done directly, in WeasyPrint's order, since those
of floats depend on it. Any other line goes WeasyPrint's way.
"""

from typing import Any, Final

from weasyprint.formatting_structure.boxes import TextBox
from weasyprint.layout import inline, percent
from weasyprint.text import line_break

from relance.adapters.weasyprint_places import known, put
from relance.adapters.weasyprint_text import Shaped, fitting

_SIDES: Final = ("left", "right", "top", "bottom")


def install() -> None:
    """Let WeasyPrint use it, if it is the version that is known."""
    if not known():
        return
    any_line, any_strut = inline.get_next_linebox, line_break.strut

    def get_next_linebox(
        context: Any,
        linebox: Any,
        position_y: float,
        bottom_space: float,
        skip_stack: Any,
        containing_block: Any,
        absolute_boxes: list[Any],
        fixed_boxes: list[Any],
        first_letter_style: Any,
        first_line_style: Any,
    ) -> tuple[Any, Any]:
        if (
            skip_stack is None
            and first_letter_style is None
            and first_line_style is None
            and not context.excluded_shapes
            and is_plain(linebox, containing_block)
            and (line := line_of(context, linebox, position_y, containing_block)) is not None
        ):
            return line, None
        found: tuple[Any, Any] = any_line(
            context,
            linebox,
            position_y,
            bottom_space,
            skip_stack,
            containing_block,
            absolute_boxes,
            fixed_boxes,
            first_letter_style,
            first_line_style,
        )
        return found

    def strut(style: Any) -> tuple[float, float]:
        kept: tuple[float, float] | None = style.__dict__.get("strut")
        if kept is None:
            kept = style.strut = any_strut(style)
        return kept

    put(inline, "get_next_linebox", get_next_linebox)
    put(line_break, "strut", strut)


def is_plain(linebox: Any, containing_block: Any) -> bool:
    """A line and a text of nothing but text: found once per pair of styles."""
    if len(linebox.children) != 1 or type(linebox.children[0]) is not TextBox:
        return False
    text = linebox.children[0]
    if linebox.is_leader or linebox.first_line_style or containing_block.style["direction"] != "ltr":
        return False
    if text.text[0] == " " or text.text[-1] == " ":  # may have to go
        return False
    style: Any = linebox.style
    kept = style.__dict__.get("plain")
    if kept is None or kept[0] is not text.style:
        kept = style.plain = text.style, _are_plain(style, text.style)
    return bool(kept[1])


def _are_plain(line: Any, text: Any) -> bool:
    bare = all(
        style[f"{kind}_{side}"] == (0, "px")
        for style in (line, text)
        for kind in ("margin", "padding")
        for side in _SIDES
    ) and not any(style[f"border_{side}_width"] for style in (line, text) for side in _SIDES)
    return (
        bare
        and line["direction"] == text["direction"] == "ltr"
        and line["position"] == text["position"] == "static"
        and line["float"] == text["float"] == "none"
        and text["vertical_align"] == "baseline"
        and "justify" not in (line["text_align_all"], line["text_align_last"])
    )


def line_of(context: Any, linebox: Any, position_y: float, containing_block: Any) -> Any | None:
    """None when the text does not fit, or Pango must look at it."""
    box, left = linebox.children[0], containing_block.content_box_x()
    available = (left + containing_block.width) - left
    max_x = (left + available) * (1 + 1e-9)
    position_x = left + linebox.text_indent
    shape = fitting(box.text, box.style, max_x - position_x)
    if shape is None or box.justification_spacing:
        return None
    width = shape.width
    if position_x + width > max_x:
        return None

    percent.resolve_percentages(box, containing_block)
    box.position_x, box.position_y = position_x, position_y
    text = box.copy()
    text.pango_layout = Shaped(shape, max_x - position_x)
    text.width, text.height = width, shape.height
    leading = (inline.strut(box.style)[0] - shape.height) / 2
    text.margin_top = text.margin_bottom = leading
    text.baseline = shape.baseline + leading

    linebox.position_x, linebox.position_y = left, position_y
    line = linebox.copy_with_children([text])
    line.width = position_x + width - left
    size = line.style["font_size"]
    line_height, baseline = inline.strut(line.style)
    leading = (line_height - size) / 2
    linebox.width, linebox.height = line.width, size

    text.position_y = 0 - text.baseline
    top = min(text.position_y, 0 - baseline)
    bottom = max(text.position_y + text.margin_height(), 0 - baseline + (size + leading + leading))
    line.baseline, line.height = -top, bottom - top
    line.margin_top = line.margin_bottom = 0
    offset_x = inline.text_align(context, line, available, True)
    line.position_x += offset_x
    line.position_y = position_y
    text.position_x += offset_x
    text.position_y += position_y - top
    return line
