"""The block that most blocks and cells are: one plain line, all of it on this page, beside nothing that floats.

As `weasyprint_lines`: the same sums in the same order, without looking for what our pages seldom have. Before anything
is decided, nothing is changed, so that WeasyPrint can do it in its own way after all.
"""

from collections.abc import Sequence
from typing import Any

from weasyprint.formatting_structure.boxes import BlockBox, BlockContainerBox, Box, LineBox
from weasyprint.layout import block, percent
from weasyprint.layout import float as floats

from relance.adapters.weasyprint_lines import is_plain, line_of
from relance.adapters.weasyprint_places import known, put


def install() -> None:
    """Let WeasyPrint use it, if it is the version that is known."""
    if not known():
        return
    any_block, any_shapes = block.block_container_layout, floats.avoid_collisions

    def block_container_layout(  # as WeasyPrint calls it
        context: Any,
        box: Any,
        bottom_space: float,
        skip_stack: Any,
        page_is_empty: bool,
        absolute_boxes: list[Any],
        fixed_boxes: list[Any],
        adjoining_margins: list[float] | None,
        first_letter_style: Any,
        first_line_style: Any,
        discard: bool,
        max_lines: int | None,
    ) -> tuple[Any, ...]:
        if (
            len(box.children) == 1
            and type(box.children[0]) is LineBox
            and skip_stack is first_letter_style is first_line_style is max_lines is None
            and not discard
            and not context.footnotes
            and _is_plain(box)
            and (box.establishes_formatting_context() or not context.excluded_shapes)
        ):
            margins = [] if adjoining_margins is None else adjoining_margins
            laid_out = _block(context, box, bottom_space, page_is_empty, margins)
            if laid_out is not None:
                return laid_out, None, {"break": "any", "page": laid_out.style["page"]}, [], False, None
        found: tuple[Any, ...] = any_block(
            context,
            box,
            bottom_space,
            skip_stack,
            page_is_empty,
            absolute_boxes,
            fixed_boxes,
            adjoining_margins,
            first_letter_style,
            first_line_style,
            discard,
            max_lines,
        )
        return found

    def avoid_collisions(
        context: Any, box: Any, containing_block: Any, outer: bool = True
    ) -> tuple[float, float, float]:
        directed = box.style["float"] == "none" and containing_block.style["direction"] == "ltr"
        if context.excluded_shapes or not directed:
            found: tuple[float, float, float] = any_shapes(context, box, containing_block, outer)
            return found
        left = containing_block.content_box_x()
        right = left + containing_block.width
        if outer:
            return left, box.position_y, right - left
        left, right = left + box.margin_left, right - box.margin_right
        return left - box.margin_left, box.border_box_y() - box.margin_top, right - left

    put(block, "block_container_layout", block_container_layout)
    put(block, "collapse_margin", _collapse_margin)
    put(floats, "avoid_collisions", avoid_collisions)
    put(Box, "establishes_formatting_context", _establishes_formatting_context)


def _is_plain(box: Any) -> bool:
    """A block that says nothing unusual about lines and pages: found once per style."""
    if box.first_letter_style or box.first_line_style or box.force_fragmentation or box.is_for_root_element:
        return False
    style = box.style
    if "block" not in style.__dict__:
        style.block = (
            style["position"] != "relative"
            and style["continue"] != "discard"
            and style["box_decoration_break"] != "clone"
            and style["max_lines"] == "none"
        )
    return bool(style.block)


def _block(context: Any, box: Any, bottom_space: float, page_is_empty: bool, margins: list[float]) -> Any | None:
    """None when its line is not plain, or may not stay on this page."""
    linebox, began = box.children[0], box.position_y
    if not is_plain(linebox, box):
        return None
    collapsed = _collapse_margin([*margins, box.margin_top])
    through = box.top_margin_collapses()
    if through:
        position_y = began + collapsed
    else:
        box.position_y += collapsed - box.margin_top
        position_y = box.content_box_y()
    percent.resolve_percentages(linebox, box)
    percent.resolve_one_percentage(linebox, "text_indent", box.width)
    line = line_of(context, linebox, position_y, box)
    if line is None or context.overflows_page(
        bottom_space,
        line.position_y + line.height + (0 if page_is_empty else box.border_bottom_width + box.padding_bottom),
    ):
        box.position_y = began
        return None
    margins.append(box.margin_top)
    line.resume_at = None
    if through:
        box.position_y += collapsed - box.margin_top
    made = box.copy_with_children([line])
    if made.height == "auto":
        made.height = max(0, line.position_y + line.height - made.content_box_y())
    made.height = max(min(made.height, made.max_height), made.min_height)
    return made


def _collapse_margin(margins: Sequence[float]) -> float:
    """The largest and the smallest, which may be negative."""
    if not margins:
        return 0
    return max(0, *margins) + min(0, *margins)


def _establishes_formatting_context(box: Any) -> bool:
    style = box.style
    if box.is_column or style["float"] != "none" or style["position"] in {"absolute", "fixed"}:
        return bool(box.is_column or box.is_floated() or box.is_absolutely_positioned()) or _is_root(box)
    return _is_root(box)


def _is_root(box: Any) -> bool:
    if isinstance(box, BlockBox):
        return box.style["overflow"] != "visible" or "flow-root" in box.style["display"]
    return isinstance(box, BlockContainerBox) or "flow-root" in box.style["display"]
