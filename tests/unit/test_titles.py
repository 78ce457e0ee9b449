"""A title follows the kind of the document until its author writes one."""

import pytest

from relance.domain.content import QuoteKind
from relance.domain.titles import is_usual, title_of


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("kind", QuoteKind)
def test_each_kind_has_a_title_of_its_own_that_is_known_as_usual(kind: QuoteKind, language: str) -> None:
    assert is_usual(title_of(kind, language))
    assert title_of(kind, language) not in {title_of(other, language) for other in QuoteKind if other is not kind}


@pytest.mark.parametrize("title", ["", "devis", "Devis de rénovation"])
def test_what_its_author_wrote_is_not_usual(title: str) -> None:
    assert not is_usual(title)
