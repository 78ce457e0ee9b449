"""What is refused because no bundled font draws it, or because it would fill pages without end."""

import pytest

from relance.domain.printable import MAX_CHARACTERS, printing_faults, unprintable
from tests.builders import a_customer, a_line, a_quote_content


@pytest.mark.parametrize(
    "text", ["Zoë Çelik, œuvre à 1 234,50 €", "Œ½™ ✓ ☎ →", "Łódź, Αθήνα, Київ, שלום", "e\u0301", "a\r\nb\tc"]
)
def test_european_texts_can_be_printed(text: str) -> None:
    assert unprintable(text) == ""


@pytest.mark.parametrize(("text", "odd"), [("北京", "北京"), ("x\x07y\x00", "\x07\x00"), ("😀 et 😀", "😀")])
def test_other_characters_are_named_each_once(text: str, odd: str) -> None:
    assert unprintable(text) == odd


def test_every_unprintable_text_is_a_fault_with_its_place() -> None:
    content = a_quote_content(customer=a_customer(name="王 SARL"), lines=(a_line("Pose"), a_line("Pose 😀")))
    faults = {fault.pointer: fault.message for fault in printing_faults(content)}
    assert faults.keys() == {"/buyer/name", "/lines/1/description"}
    assert "« 王 » (U+738B)" in faults["/buyer/name"]


def test_a_character_without_a_shape_is_named_by_its_number() -> None:
    (fault,) = printing_faults(a_quote_content(subject="Parquet\x07"))
    assert fault.message == "Ces caractères ne peuvent pas être imprimés : U+0007. Retirez-les."


def test_a_document_of_endless_text_is_refused() -> None:
    assert [f.code for f in printing_faults(a_quote_content(message="a" * (MAX_CHARACTERS + 1)))] == ["too_long"]
    assert printing_faults(a_quote_content()) == []
