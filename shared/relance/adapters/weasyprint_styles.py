"""The cascade of WeasyPrint, done once for elements that no rule tells apart, and kept for the next document.

WeasyPrint asks every selector about every element, and computes seven styles for each (`::marker`, `::note-call` …),
although a table of a hundred lines has a dozen kinds of cells. Here the *kind* of an element is its name, its
attributes, those of the element before it, whether it is the last child, and the kind of its parent: the selectors of
our style sheets see nothing else, so one answer serves the kind. A test holds the style sheets to that (`a + b`, but no
counting). What is computed is WeasyPrint's own: the styles are the same, only fewer, and the PDF has the same bytes.

Imported once WeasyPrint is; measured in docs/decisions/0009.
"""

import re
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from functools import lru_cache
from math import inf
from typing import Any, Final, Self

import weasyprint
from weasyprint import css
from weasyprint.css import (
    INITIAL_NOT_COMPUTED,
    PHYSICAL_FUNCTIONS,
    ComputedStyle,
    StyleFor,
    declaration_precedence,
    find_style_attributes,
    preprocess_declarations,
)
from weasyprint.css.properties import INHERITED, INITIAL_VALUES, TABLE_WRAPPER_BOX_PROPERTIES
from weasyprint.formatting_structure import build
from weasyprint.layout import page

from relance.adapters.weasyprint_places import known, put

_BRANDS: Final = 4  # sheets of as many companies and designs are kept
_KINDS: Final = 4_000  # per company and design; a document has about 150
_LOGICAL: Final = re.compile("inline|block|start|end")
_BY_RULES: Final = frozenset({"float", "display", "position", "page"})  # each depends on another
_VALUES_UNSEEN: Final = frozenset({"src", "alt", "href", "content"})  # selectors ask whether they are there

_Declared = dict[str, tuple[Any, Any]]  # by property: value, weight


class Kind:
    """What all elements of a kind share: the computed style of the element and of its pseudo-elements."""

    __slots__ = ("styles",)

    def __init__(self) -> None:
        self.styles: dict[str | None, Any] = {}


class Kept:
    """The kinds seen so far under one list of style sheets."""

    _by_sheets: OrderedDict[tuple[object, ...], Self] = OrderedDict()  # noqa: RUF012 - one per process, on purpose

    def __init__(self, sheets: Sequence[Any]) -> None:
        self.sheets = sheets  # alive as long as their ids are keys
        self.kinds: dict[tuple[object, ...], Kind] = {}
        self.page_sizes: dict[str, Any] = {"box": None, "area": None}
        self.pages: dict[Any, tuple[Any, dict[str | None, Any]]] = {}  # by type: the root's style, the styles
        asked = [selector[2] for sheet in sheets for _, selectors, _ in sheet.page_rules for selector in selectors]
        self.counts_pages = any(page_type.index is not None for page_type in asked)

    @classmethod
    def under(cls, sheets: Sequence[Any], html: Any, font_config: Any) -> Self:
        """The kinds under these sheets; those written into the page are told apart by their text."""
        written = tuple(style.text for style in html.etree_element.iter("style"))
        key = (written, id(font_config), *(id(sheet) for sheet, origin, _ in sheets if origin != "author"))
        if (kept := cls._by_sheets.pop(key, None)) is None or len(kept.kinds) > _KINDS:
            kept = cls([sheet for sheet, _, _ in sheets])
        cls._by_sheets[key] = kept
        if len(cls._by_sheets) > _BRANDS:
            cls._by_sheets.popitem(last=False)
        return kept


class SharedStyleFor(StyleFor):  # type: ignore[misc]  # WeasyPrint is not typed
    """Answers as `StyleFor` does."""

    def __init__(
        self, html: Any, sheets: Sequence[Any], presentational_hints: bool, font_config: Any, target_collector: Any
    ) -> None:
        self.kept = kept = Kept.under(sheets, html, font_config)
        self._cascaded_styles: dict[tuple[Any, str | None], _Declared] = {}
        self._computed_styles: dict[tuple[Any, str | None], Any] = {}
        self.initial_page_sizes = kept.page_sizes
        self._sheets = sheets
        self.font_config = font_config
        wrappers: dict[Any, Any] = {}
        todo: list[tuple[Any, Any, Kind | None, object, bool]] = [(html.etree_element, None, None, None, True)]
        while todo:
            element, parent, above, before, last = todo.pop()
            key = (above, _seen_of(element), before, last)
            kind = kept.kinds.get(key)
            if kind is None:
                wrappers = wrappers or {each.etree_element: each for each in html.wrapper_element.iter_subtree()}
                kind = self._new_kind(html, wrappers[element], parent, target_collector)
                if not kind.styles[None]["anchor"]:  # the targets of links are told to the collector, each time
                    kept.kinds[key] = kind
            for pseudo, style in kind.styles.items():
                self._computed_styles[element, pseudo] = style
            before = None
            children = [child for child in element if isinstance(child.tag, str)]  # comments are none
            for child in children:
                todo.append((child, element, kind, before, child is children[-1]))
                before = _seen_of(child)
        self._cascaded_styles.clear()  # used again for pages

    def _new_kind(self, html: Any, wrapper: Any, parent: Any, target_collector: Any) -> Kind:
        """What `StyleFor` does for one element and its pseudo-elements."""
        element, kind = wrapper.etree_element, Kind()
        for pseudo, name, value, weight in self._declarations(html, wrapper):
            style = self._cascaded_styles.setdefault((element, pseudo), {})
            if name not in style or style[name][1] <= weight:
                style[name] = value, weight
            kind.styles[pseudo] = None
        shared = {"root": html.etree_element, "base_url": html.base_url, "target_collector": target_collector}
        self.set_computed_styles(element, parent=parent, **shared)
        for pseudo in kind.styles:
            if pseudo is not None:  # it inherits from its element
                self.set_computed_styles(element, pseudo_type=pseudo, parent=element, **shared)
        kind.styles = {pseudo: self._computed_styles[element, pseudo] for pseudo in {None: 0, **kind.styles}}
        return kind

    def _declarations(self, html: Any, wrapper: Any) -> Iterator[tuple[str | None, str, Any, tuple[Any, ...]]]:
        """Every declaration about this element, the earlier ones giving way to later ones of the same weight."""
        for specificity, _, declarations, base_url in find_style_attributes(
            _Alone(wrapper.etree_element), False, html.base_url
        ):
            for name, value, importance in preprocess_declarations(base_url, tuple(declarations)):
                yield None, name, value, (declaration_precedence("author", importance), inf, specificity)
        for sheet, origin, sheet_specificity in self._sheets:
            for own, _, pseudo, (declarations, layer) in sheet.matcher.match(wrapper):
                order = inf if layer is None else sheet.layers.index(layer)
                for name, value, importance in declarations:
                    weight = (declaration_precedence(origin, importance), order, sheet_specificity or own)
                    yield pseudo, name, value, weight


class _Alone:
    """One element where a tree is expected."""

    def __init__(self, element: Any) -> None:
        self._element = element

    def iter(self) -> Iterator[Any]:
        yield self._element


def _seen_of(element: Any) -> tuple[object, ...]:
    """The element by itself: its name and its attributes."""
    return element.tag, *(name if name in _VALUES_UNSEEN else (name, value) for name, value in element.attrib.items())


def install() -> None:
    """Let WeasyPrint use it. Another version than the one that this was made for keeps its own cascade."""
    if not known():
        return
    put(css, "StyleFor", SharedStyleFor)
    new_page_styles, wrap, any_sheets = page.set_page_type_computed_styles, build.wrap_table, css.find_stylesheets

    def set_page_type_computed_styles(page_type: Any, html: Any, style_for: Any) -> None:
        """The styles of a page and of its margins depend on the root's, and on what `@page` may ask."""
        kept, styles = style_for.kept, style_for.get_computed_styles()
        root = styles[html.etree_element, None]
        kind = page_type if kept.counts_pages else page_type._replace(index=min(page_type.index, 1))
        if kept.pages.get(kind, (None,))[0] is not root:
            new_page_styles(page_type, html, style_for)
            kept.pages[kind] = root, {pseudo: style for (of, pseudo), style in styles.items() if of == page_type}
        styles.update({(page_type, pseudo): style for pseudo, style in kept.pages[kind][1].items()})

    def wrap_table(box: Any, children: Any) -> Any:
        """A table gets a box around it; both get changed copies of its style, equal for each table of its kind."""
        for name in TABLE_WRAPPER_BOX_PROPERTIES:
            box.style[name]  # found once, not by each copy
        wrapper = wrap(box, children)
        table = wrapper.get_wrapped_table()
        wrapper.style, table.style = box.style.__dict__.setdefault("wrapped", (wrapper.style, table.style))
        return wrapper

    def find_stylesheets(wrapper_element: Any, *context: Any) -> Iterator[Any]:
        """What a page says of its company's colours is parsed once per company."""
        held = [each for each in wrapper_element.etree_element.iter() if each.tag in {"style", "link"}]
        if all(each.tag == "style" and not each.attrib and not len(each) and "@" not in each.text for each in held):
            yield from (_rules(each.text, *context[:4]) for each in held)
        else:
            yield from any_sheets(wrapper_element, *context)

    by_rules = ComputedStyle.__missing__

    def missing(style: Any, name: str) -> Any:
        """What no rule says: inherited, or as it is at first. Nine of ten properties that are asked for."""
        if name in style.cascaded or name in _BY_RULES or name[:2] == "__" or name[:16] == "text_decoration_":
            return by_rules(style, name)
        if name in PHYSICAL_FUNCTIONS and _is_logical(style):
            return by_rules(style, name)
        if name in INHERITED and style.parent_style is not None:
            value = style[name] = style.parent_style[name]
            return value
        if name in INITIAL_NOT_COMPUTED:
            return by_rules(style, name)
        value = style[name] = INITIAL_VALUES[name]
        return value

    put(ComputedStyle, "__missing__", missing)
    put(page, "set_page_type_computed_styles", set_page_type_computed_styles)
    put(build, "wrap_table", wrap_table)
    put(css, "find_stylesheets", find_stylesheets)


def _is_logical(style: Any) -> bool:
    """Whether its rules name sides as lines run (`margin-inline-start`) instead of as pages lie: found once."""
    if "logical" not in style.__dict__:
        style.logical = any(_LOGICAL.search(name) for name in style.cascaded)
    return bool(style.logical)


@lru_cache(maxsize=_BRANDS)
def _rules(text: str, media: str, fetcher: Any, base_url: str | None, font_config: Any) -> Any:
    """Rules without `@`: they add nothing to fonts, counters, pages, layers or colours."""
    return weasyprint.CSS(
        string=text, base_url=base_url, url_fetcher=fetcher, media_type=media, font_config=font_config
    )
