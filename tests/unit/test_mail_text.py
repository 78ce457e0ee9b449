"""Texts with shortcodes: what is wrong is said when they are saved, and nothing is ever sent with a hole in it."""

from typing import Final

import pytest

from relance.domain.errors import Invalid
from relance.domain.mail_text import (
    COMMON,
    MAX_BODY,
    MAX_SUBJECT,
    MailText,
    fill,
    shortcodes,
    text_faults,
    version_of,
)
from relance.domain.reminder.scenario import DocumentKind
from tests.builders import TENANT
from tests.doubles.outside import START

INVOICE: Final = DocumentKind.INVOICE
QUOTE: Final = DocumentKind.QUOTE


def faults(subject: str = "Rappel", body: str = "Bonjour", kind: DocumentKind = INVOICE) -> list[tuple[str, str]]:
    return [(fault.pointer, fault.code) for fault in text_faults(kind, subject, body)]


def said(body: str, kind: DocumentKind = INVOICE) -> list[str]:
    return [fault.message for fault in text_faults(kind, "Rappel", body)]


@pytest.mark.parametrize("kind", list(DocumentKind))
def test_every_shortcode_of_a_kind_is_accepted_with_or_without_spaces(kind: DocumentKind) -> None:
    assert COMMON.keys() < shortcodes(kind).keys()
    for code in shortcodes(kind):
        assert faults(f"{{{{{code}}}}}", f"{{{{ {code} }}}}", kind) == []


@pytest.mark.parametrize(
    ("subject", "body", "expected"),
    [
        (" ", "Bonjour", [("/subject", "empty")]),
        ("Rappel", "\n", [("/body", "empty")]),
        ("R" * (MAX_SUBJECT + 1), "Bonjour", [("/subject", "too_long")]),
        ("Rappel", "R" * (MAX_BODY + 1), [("/body", "too_long")]),
        ("{{zut}}", "{{zut}} {{zut}}", [("/subject", "shortcode"), ("/body", "shortcode")]),
    ],
)
def test_each_mistake_has_its_place(subject: str, body: str, expected: list[tuple[str, str]]) -> None:
    assert faults(subject, body) == expected


def test_an_unknown_shortcode_is_answered_with_the_nearest_ones() -> None:
    assert said("{{reste_dû}}") == ["{{reste_dû}} n’existe pas : vouliez-vous dire {{reste_du}} ?"]
    (listed,) = said("{{xyzzy}}")
    assert "codes permis : client, contact" in listed


def test_a_shortcode_of_the_other_kind_says_which_it_is_for() -> None:
    assert said("{{validite}}") == ["{{validite}} n’existe que dans un courriel sur un devis."]
    assert said("{{iban}}", QUOTE) == ["{{iban}} n’existe que dans un courriel sur une facture."]


@pytest.mark.parametrize("stray", ["{{", "}}", "{%", "%}"])
def test_braces_that_are_no_shortcode_are_refused(stray: str) -> None:
    (message,) = said(f"Bonjour {stray} à vous")
    assert message.startswith(f"« {stray} » n’est pas fermé")


def test_values_are_put_in_as_they_are_and_never_read_again() -> None:
    filled = fill("Pour {{ client }} : {{numero}}", {"client": "{{iban}} & Fils", "numero": "F-1"})
    assert filled == "Pour {{iban}} & Fils : F-1"


@pytest.mark.parametrize("values", [{}, {"contact": ""}])
def test_a_value_that_is_missing_stops_the_mail_DR_13(values: dict[str, str]) -> None:
    with pytest.raises(Invalid, match="contact") as refused:
        fill("Bonjour {{contact}},", values)
    assert refused.value.code == "mail_incomplete"


def test_a_version_is_named_after_its_text_and_its_number() -> None:
    text = MailText(TENANT, "txt_1", 3, START, START, QUOTE, "Mot", "Devis {{numero}}", "Bonjour")
    kept = version_of(text)
    assert (kept.id, kept.rev, kept.subject, kept.kind) == ("txt_1@3", 1, "Devis {{numero}}", QUOTE)
    assert text.template == "text:txt_1@3"
