"""The line that nearly all lines are: one text that fits, from left to right, beside nothing that floats.

WeasyPrint lays it out like any line: it looks for shapes to avoid (three times), first letters, white space, places to
break, footnotes, boxes to align. Here the few sums that are left are done directly, in WeasyPrint's order, since those
of floats depend on it. Any other line goes WeasyPrint's way.
"""

from typing import Any, Final

from weasyprint.formatting_structure.boxes import InlineBox, TextBox
from weasyprint.layout import inline, percent
from weasyprint.text import line_break

from relance.adapters.weasyprint_places import known, put
from relance.adapters.weasyprint_text import Shaped, fitting

_KNOWN: Final = (InlineBox, TextBox)
_DEEPEST: Final = 4
_BIT_MORE: Final = 1 + 1e-9  # as WeasyPrint allows for errors of floats
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
    """A line of one text, perhaps in bold: found once per set of styles."""
    if linebox.is_leader or linebox.first_line_style or containing_block.style["direction"] != "ltr":
        return False
    styles, box = [linebox.style], linebox
    while type(box) is not TextBox:
        if len(box.children) != 1 or type(box.children[0]) not in _KNOWN or len(styles) == _DEEPEST:
            return False
        box = box.children[0]
        styles.append(box.style)
    if not box.text or box.text[0] == " " or box.text[-1] == " ":  # what may have to go
        return False
    style = linebox.style
    kept = style.__dict__.get("plain")
    if kept is None or kept[0] != list(map(id, styles)):
        kept = style.plain = list(map(id, styles)), all(map(_is_bare, styles)), styles
    return bool(kept[1]) and "justify" not in (style["text_align_all"], style["text_align_last"])


def _is_bare(style: Any) -> bool:
    """Neither room nor lines around it, nor another place than beside what it stands with."""
    return (
        all(style[f"{kind}_{side}"] == (0, "px") for kind in ("margin", "padding") for side in _SIDES)
        and not any(style[f"border_{side}_width"] for side in _SIDES)
        and style["direction"] == "ltr"
        and style["position"] == "static"
        and style["float"] == "none"
        and style["vertical_align"] == "baseline"
    )


def line_of(context: Any, linebox: Any, position_y: float, containing_block: Any) -> Any | None:
    """The line, or None when the text does not fit or Pango must look at it: then nothing was changed."""
    left = containing_block.content_box_x()
    available = (left + containing_block.width) - left
    position_x = left + linebox.text_indent
    boxes, max_x = [linebox.children[0]], (left + available) * _BIT_MORE
    while type(boxes[-1]) is not TextBox:
        boxes.append(boxes[-1].children[0])
        max_x *= _BIT_MORE
    box = boxes[-1]
    shape = fitting(box.text, box.style, max_x - position_x)
    if shape is None or box.justification_spacing or position_x + shape.width > (left + available) * _BIT_MORE:
        return None

    for each in boxes:
        percent.resolve_percentages(each, containing_block)
        each.position_x, each.position_y = position_x, position_y
    text = box.copy()
    text.pango_layout = Shaped(shape, max_x - position_x)
    text.width, text.height = shape.width, shape.height
    leading = (inline.strut(box.style)[0] - shape.height) / 2
    text.margin_top = text.margin_bottom = leading
    text.baseline = shape.baseline + leading
    made = [text]
    for each in reversed(boxes[:-1]):
        made.append(_around(each, made[-1], position_x))
    linebox.position_x, linebox.position_y = left, position_y
    line = _around(linebox, made[-1], left)
    linebox.width, linebox.height = line.width, line.height

    top, bottom = -line.baseline, -line.baseline + line.margin_height()
    for each in made:
        each.position_y = 0 - each.baseline
        top, bottom = min(top, each.position_y), max(bottom, each.position_y + each.margin_height())
    line.baseline, line.height = -top, bottom - top
    line.margin_top = line.margin_bottom = 0
    offset_x = inline.text_align(context, line, available, True)
    line.position_x += offset_x
    line.position_y = position_y
    for each in made:
        each.position_x += offset_x
        each.position_y += position_y - top
    return line


def _around(box: Any, child: Any, left: float) -> Any:
    """A line or what is in bold, around its only child, as high as its own letters ask for."""
    made = box.copy_with_children([child])
    made.width = child.position_x + child.width - left
    line_height, made.baseline = inline.strut(made.style)
    made.height = made.style["font_size"]
    made.margin_top = made.margin_bottom = (line_height - made.height) / 2
    return made
