"""Ways through all boxes of a page, past those that have nothing to tell: no link, no outline, no transformation."""

from collections.abc import Iterator
from typing import Any

from weasyprint import anchors
from weasyprint.draw import border
from weasyprint.formatting_structure.boxes import Box

from relance.adapters.weasyprint_places import known, put


def install() -> None:
    """Let WeasyPrint use it, if it is the version that is known."""
    if not known():
        return
    any_anchors, any_outline = anchors.gather_anchors, border.draw_outline

    def gather_anchors(  # as WeasyPrint calls it
        box: Any,
        found: dict[str, Any],
        links: list[Any],
        bookmarks: list[Any],
        forms: dict[Any, Any],
        parent_matrix: Any = None,
        parent_form: Any = None,
        parent_link: Any = None,
    ) -> None:
        if parent_link is None and box.link is None and box.bookmark_label is None and _is_silent(box):
            for child in box.all_children():
                gather_anchors(child, found, links, bookmarks, forms, parent_matrix, parent_form)
        else:
            any_anchors(box, found, links, bookmarks, forms, parent_matrix, parent_form, parent_link)

    def draw_outline(stream: Any, box: Any) -> None:
        if box.style["outline_width"]:
            any_outline(stream, box)
            return
        for child in box.children:
            if isinstance(child, Box):
                draw_outline(stream, child)

    put(anchors, "gather_anchors", gather_anchors)
    put(border, "draw_outline", draw_outline)
    put(Box, "descendants", _descendants)


def _is_silent(box: Any) -> bool:
    """Neither moved, nor the target of a link, nor part of a form: found once per style and name."""
    style = box.style
    silent = style.__dict__.get("silent")
    if silent is None:
        silent = style.silent = not style["transform"] and not style["anchor"]
    return silent and not box.is_input() and not box.is_form()


def _descendants(box: Any, placeholders: bool = False) -> Iterator[Any]:
    """The box, then what it holds, in the order of the page."""
    waiting = [box]
    while waiting:
        one = waiting.pop()
        if isinstance(one, Box):
            yield one
            waiting.extend(reversed(one.children))
        elif placeholders:
            yield from one.descendants(placeholders)
        else:
            yield one
