"""Lengths of a box that hold for every box of its style: found once per style, then set at one stroke.

WeasyPrint resolves fifteen lengths of each box one by one, though nearly none of ours is a percentage. Boxes of a kind
share their style (`weasyprint_styles`), and a style is not changed once its boxes are laid out, so what it says is kept
with it. Whatever depends on more (percentages, `calc()`, collapsed borders, `box-sizing`) goes WeasyPrint's way.
"""

from typing import Any, Final

from weasyprint.css.functions import check_math
from weasyprint.formatting_structure.boxes import Box, PageBox
from weasyprint.layout import percent

from relance.adapters.weasyprint_places import known, put

_SIDES: Final = ("top", "right", "bottom", "left")
_SHARP: Final = {
    f"border_{corner}_radius": (0, 0) for corner in ("top_left", "top_right", "bottom_right", "bottom_left")
}
_FLOATED: Final = frozenset({"left", "right", "inline-start", "inline-end"})
_AWAY: Final = frozenset({"running()", "note()"})


class Lengths:
    """What a style says of its boxes: `same` attributes and values, `width` a share of what is around the box."""

    __slots__ = ("same", "sharp", "width")

    def __init__(self, same: dict[str, Any] | None, width: float | None, sharp: bool) -> None:
        self.same = same
        self.width = width
        self.sharp = sharp


def install() -> None:
    """Let WeasyPrint use it, if it is the version that is known."""
    if not known():
        return
    by_one, radii_by_one = percent.resolve_percentages, percent.resolve_radii_percentages

    def resolve_percentages(box: Any, containing_block: Any) -> None:
        lengths = box.style.__dict__.get("lengths") or _lengths(box.style)
        if lengths.same is None or isinstance(box, PageBox):
            by_one(box, containing_block)
            return
        box.__dict__.update(lengths.same)
        if lengths.width is not None:
            around = containing_block.width if isinstance(containing_block, Box) else containing_block[0]
            box.width = around * lengths.width / 100

    def resolve_radii_percentages(box: Any) -> None:
        lengths = box.style.__dict__.get("lengths") or _lengths(box.style)
        if lengths.sharp:
            box.__dict__.update(_SHARP)
        else:
            radii_by_one(box)

    put(percent, "resolve_percentages", resolve_percentages)
    put(percent, "resolve_radii_percentages", resolve_radii_percentages)
    put(Box, "is_floated", lambda box: box.style["float"] in _FLOATED)
    put(Box, "is_in_normal_flow", _is_in_normal_flow)


def _is_in_normal_flow(box: Any) -> bool:
    position, floated = box.style["position"], box.style["float"]
    if floated == "none" and (position == "static" or position == "relative"):  # noqa: PLR1714 - twice as fast
        return True
    return not (
        floated in _FLOATED or floated == "footnote" or position in ("absolute", "fixed") or position[0] in _AWAY
    )


def _lengths(style: Any) -> Lengths:
    """Found once, and kept with the style."""
    found = Lengths(*_same(style), all((0, "px") in style[radius] for radius in _SHARP))
    style.lengths = found
    return found


def _same(style: Any) -> tuple[dict[str, Any] | None, float | None]:
    if style["border_collapse"] == "collapse":
        return None, None
    same: dict[str, Any] = {f"border_{side}_width": style[f"border_{side}_width"] for side in _SIDES}
    names = [f"{kind}_{side}" for kind in ("margin", "padding") for side in _SIDES]
    for name in (*names, "width", "height", "min_width", "max_width", "min_height", "max_height"):
        value = style[name]
        if name == "width" and getattr(value, "unit", None) == "%":
            continue
        if value != "auto" and (check_math(value) or getattr(value, "unit", None) != "px"):
            return None, None
        same[name] = (0 if name.startswith("min_") else "auto") if value == "auto" else value.value
    if style["box_sizing"] != "content-box" and any(same[name] for name in (*names[4:], *list(same)[:4])):
        return None, None
    share = style["width"]
    return same, share.value if getattr(share, "unit", None) == "%" else None
