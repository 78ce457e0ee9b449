"""Every fact that is chained has a French name wherever people meet it: notice, verifiers, printed proof. [AF-07]"""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

from relance.app.archiving.proof_papers import WORDS
from relance.resources import verify_archive

RESOURCES = Path(verify_archive.__file__).parent
NOTICE = (RESOURCES / "LISEZMOI.txt").read_text(encoding="utf-8-sig")
PAGE = (RESOURCES / "verifier.html").read_text(encoding="utf-8")


def chained() -> Iterator[str]:
    """The types that the product gives to facts, where it writes them out."""
    for path in (RESOURCES.parent).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(func=ast.Name(id="Fact"), args=[ast.Constant(value=str(type)), *_]):
                    yield type


def of_the_page() -> dict[str, str]:
    table = re.search(r"const WORDS = \{(.*?)\n\};", PAGE, re.DOTALL)
    assert table is not None
    return dict(re.findall(r'"([a-z_.]+)": "([^"]+)"', table[1]))


def of_the_notice() -> set[str]:
    table = re.search(r"Types d'événements :\n\n(.*?)\n\n", NOTICE, re.DOTALL)
    assert table is not None
    return set(re.findall(r"^([a-z_]+\.[a-z_]+) +\S", table[1], re.MULTILINE))


def test_every_fact_has_a_name_in_french_in_each_place() -> None:
    known = set(verify_archive.FACTS)
    assert len(set(chained())) > 15
    assert set(chained()) <= known
    assert of_the_notice() == known
    assert set(of_the_page()) == known
    assert set(WORDS) == known


def test_both_verifiers_call_a_fact_by_the_same_name() -> None:
    """But for a capital and for the apostrophe of a typesetter."""
    for type, words in of_the_page().items():
        assert words.replace("’", "'").lower() == verify_archive.FACTS[type].lower(), type


def test_the_notice_can_be_printed_and_opened_by_a_double_click() -> None:
    """At most 82 characters a line, and a mark by which every editor knows that it is UTF-8."""
    assert (RESOURCES / "LISEZMOI.txt").read_bytes().startswith(b"\xef\xbb\xbf")
    assert max(map(len, NOTICE.splitlines())) <= 82
    assert "\t" not in NOTICE


def test_the_notice_explains_every_word_of_a_fault_and_every_kind_of_file() -> None:
    words = (
        "ALTERED",
        "MISSING",
        "EXTRA",
        "REORDERED",
        "TRUNCATED",
        "UNKNOWN_VERSION",
        "BAD_SIGNATURE",
        "CONTRADICTED",
    )
    for word in (getattr(verify_archive, name) for name in words):
        assert re.search(rf"^{word}  ", NOTICE, re.MULTILINE), word
    for name in ("log.json", "seg/", "ckpt/", "key/", "doc/", "close/", "start.json", "SHA256SUMS", "verifier.html"):
        assert re.search(rf"^{re.escape(name)}\S*  ", NOTICE, re.MULTILINE), name


def test_both_verifiers_name_modes_of_payment_alike() -> None:
    table = re.search(r"const MODES = (\{.*?\});", PAGE)
    assert table is not None
    assert json.loads(re.sub(r"(\w+):", r'"\1":', table[1])) == verify_archive.MODES


def test_no_line_of_the_page_begins_with_what_ends_a_sentence() -> None:
    """French sets a space before « : » and « ; », which must not break on a small screen."""
    written = PAGE[PAGE.index("<body>") : PAGE.index("<script>")]
    assert re.findall(r".{10} [:;»!?]|« .{10}", written) == []
