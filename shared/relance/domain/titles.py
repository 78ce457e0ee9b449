"""What a document is called when its author says nothing."""

from typing import Final

from relance.domain.content import QuoteKind

_TITLES: Final = {
    ("fr", QuoteKind.QUOTE): "Devis",
    ("fr", QuoteKind.PROFORMA): "Facture pro forma",
    ("fr", QuoteKind.AMENDMENT): "Avenant",
    ("en", QuoteKind.QUOTE): "Quote",
    ("en", QuoteKind.PROFORMA): "Pro forma invoice",
    ("en", QuoteKind.AMENDMENT): "Amendment",
}


def title_of(kind: QuoteKind, language: str) -> str:
    """The usual title of such a document."""
    return _TITLES[language, kind]


def is_usual(title: str) -> bool:
    """Whether its author left the title as it was, so that it follows the kind of the document."""
    return title in _TITLES.values()
