"""What a person types to sign, cleaned and judged."""

import pytest

from relance.domain.errors import Invalid
from relance.domain.signature import is_mention, one_line, require_signed, several_lines


@pytest.mark.parametrize(
    "typed",
    ["Bon pour accord", "bon  pour\u00a0accord", " BON POUR ACCORD. ", "« Bon pour accord »", '"bon pour accord"'],
)
def test_the_mention_is_read_as_a_person_would(typed: str) -> None:
    assert is_mention(typed)


@pytest.mark.parametrize("typed", ["", "bonpouraccord", "bon pour desaccord", "Bon pour accord et paiement", "accord"])
def test_anything_else_is_not_the_mention(typed: str) -> None:
    assert not is_mention(typed)


def test_a_signature_is_kept_as_it_was_typed_once_cleaned() -> None:
    assert require_signed("  Nadia\tPerrin ", "« bon pour accord »") == ("Nadia Perrin", "« bon pour accord »")


@pytest.mark.parametrize(
    ("name", "mention", "pointers"),
    [
        ("", "Bon pour accord", ["/name"]),
        ("12", "Bon pour accord", ["/name"]),
        ("N" * 101, "oui", ["/name", "/mention"]),
        ("Nadia", "", ["/mention"]),
    ],
)
def test_every_fault_of_a_signature_is_told_at_once(name: str, mention: str, pointers: list[str]) -> None:
    with pytest.raises(Invalid) as refused:
        require_signed(name, mention)
    assert [fault.pointer for fault in refused.value.faults] == pointers


def test_marks_that_hide_or_reorder_text_do_not_survive() -> None:
    assert one_line("Na\u202edia\u200b\x00\r\n\u2028 Le\u0301a") == "Nadia Léa"


def test_lines_stay_lines_up_to_a_limit() -> None:
    assert several_lines(" a \r\n\n b\u200b ", "/text") == "a\n\nb"
    with pytest.raises(Invalid):
        several_lines("x" * 2001, "/text")
