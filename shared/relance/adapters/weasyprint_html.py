"""A page of ours as WeasyPrint's document, parsed in a fiftieth of the time.

WeasyPrint reads HTML with a parser written in Python, which takes a tenth of a page's time. Our templates are escaped
and close what they open: once the elements that HTML leaves open (`<meta>`, `<col>`, `<img>` …) are closed, a page is
XML, and expat reads it. The tree is the same, down to the white space and to the `<tbody>` that HTML puts into tables;
a test compares both for the documents that we know. What is not XML is left to WeasyPrint's own parser.
"""

import re
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, Final
from xml.etree import ElementTree as ET

import cssselect2
import weasyprint

from relance.adapters.weasyprint_places import known

_OPEN: Final = re.compile(r"<((?:br|col|hr|img|input|link|meta)(?:\s[^<>]*[^<>/])?)>")


def document(html: str, url_fetcher: Any) -> Any:
    """What `weasyprint.HTML(string=html, url_fetcher=…)` gives."""
    if not known() or (root := tree(html)) is None:
        return weasyprint.HTML(string=html, url_fetcher=url_fetcher)
    made = weasyprint.HTML.__new__(weasyprint.HTML)
    made.base_url = None
    made.url_fetcher = url_fetcher
    made.media_type = "print"
    made.wrapper_element = _Wrapper.from_html_root(root, content_language=None)
    made.etree_element = root
    return made


class _Wrapper(cssselect2.ElementWrapper):  # type: ignore[misc]  # cssselect2 is not typed
    """Finds elements by their names, which is all that WeasyPrint ever asks of it, without compiling selectors."""

    def query_all(self, *selectors: Any) -> Iterator[Any]:
        if any(not isinstance(name, str) or not name.isalpha() for name in selectors):
            yield from super().query_all(*selectors)
            return
        for element in self.etree_element.iter():
            if element.tag in selectors:
                yield SimpleNamespace(etree_element=element)


def tree(html: str) -> ET.Element | None:
    """The root of a page that is XML but for what HTML leaves open, else None."""
    try:
        root = ET.fromstring(_OPEN.sub(r"<\1/>", html))  # noqa: S314 - ours, and expat expands no entity it is not given
    except ET.ParseError:
        return None
    if [child.tag for child in root] != ["head", "body"]:
        return None
    _as_html(root)
    return root


def _as_html(root: ET.Element) -> None:
    """White space and row groups where HTML puts them (HTML Living Standard, 13.2.6, checked 2026-11)."""
    body = root[1]
    root.text = None  # before <head>, dropped
    end = (body.tail or "") + (root.tail or "")  # after </body>: goes to the end of the body
    body.tail = None
    if len(body):
        body[-1].tail = (body[-1].tail or "") + end or None
    for table in list(root.iter("table")):
        _group_rows(table)


def _group_rows(table: ET.Element) -> None:
    """Rows that lie in a table itself get the `<tbody>` around them, which their white space goes to as well."""
    group: ET.Element | None = None
    children = list(table)
    table[:] = []
    for child in children:
        if child.tag != "tr":
            group = None
            table.append(child)
            continue
        if group is None:
            group = ET.SubElement(table, "tbody")
        group.append(child)
