"""General conditions (CGV) that go with a quote: the company's own, or one file for one quote. [KB-17, Q-04]

The file is kept under its hash, as the company's own; the hash is in the quote's content, so in the evidence of its
acceptance too. The company's conditions are about no customer. What is enclosed with one quote may have been agreed
with him, so it goes with him (`forgetting`). [K-07]
"""

from dataclasses import replace
from datetime import datetime
from typing import Final

from relance.app.context import Caller, Context
from relance.app.journaling import Decision, commit
from relance.app.ports.outside import Documents
from relance.app.quoting.reading import get
from relance.app.settings import require_rev
from relance.domain.content import Enclosure
from relance.domain.errors import Fault, Invalid, NotFound
from relance.domain.general_terms import CURRENT, GeneralTerms
from relance.domain.journal import Head
from relance.domain.quote import Quote, require_draft

MAX_BYTES: Final = 1_000_000
_MAX_NAME: Final = 100


def general_terms(ctx: Context, caller: Caller) -> GeneralTerms | None:
    """The company's general conditions of today, None when it has none."""
    return ctx.store.get(caller.tenant, GeneralTerms, CURRENT)


def keep_general_terms(ctx: Context, caller: Caller, pdf: bytes, name: str, documents: Documents) -> GeneralTerms:
    """Take this PDF for every quote sent from now on; those that were sent keep theirs. Raises Invalid, Retry."""
    enclosure = _stored(caller, pdf, name, documents)

    def decide(_head: Head, at: datetime) -> Decision:
        known = general_terms(ctx, caller)
        kept = GeneralTerms(caller.tenant, CURRENT, known.rev + 1 if known else 1, enclosure, at)
        return Decision(answer=kept, puts=(kept,))

    return commit(ctx, caller, None, GeneralTerms, decide)


def remove_general_terms(ctx: Context, caller: Caller) -> None:
    """Send quotes without general conditions from now on. Raises NotFound."""

    def decide(_head: Head, _at: datetime) -> Decision:
        known = general_terms(ctx, caller)
        if known is None:
            raise NotFound("Aucunes conditions générales n’ont été déposées.")
        return Decision(answer=known, deletes=(known,))

    commit(ctx, caller, None, GeneralTerms, decide)


def enclose(
    ctx: Context, caller: Caller, id: str, pdf: bytes, name: str, documents: Documents, *, expected_rev: int
) -> Quote:
    """Send this draft with these conditions instead of the company's.

    Raises NotFound, Conflict `quote_frozen`, StaleVersion, Invalid, Retry.
    """
    enclosure = _stored(caller, pdf, name, documents)

    def decide(_head: Head, at: datetime) -> Decision:
        quote = get(ctx, caller, id)
        require_draft(quote)
        require_rev(quote.rev, expected_rev)
        draft = replace(quote.draft, general_terms=enclosure)
        wanted = replace(quote, rev=quote.rev + 1, draft=draft, updated_at=at)
        return Decision(answer=wanted, puts=(wanted,))

    return commit(ctx, caller, None, Quote, decide)


def _stored(caller: Caller, pdf: bytes, name: str, documents: Documents) -> Enclosure:
    """The file, in the document store. It is served as a PDF and nothing else, whatever is in it."""
    clean = " ".join(name.split()) or "Conditions générales de vente"
    faults = []
    if len(pdf) > MAX_BYTES:
        faults.append(Fault("", f"{MAX_BYTES // 1000} ko au plus : allégez ce PDF.", "too_large"))
    elif not pdf.startswith(b"%PDF-") or b"%%EOF" not in pdf[-1024:]:
        faults.append(Fault("", "Ce fichier n’est pas un PDF entier.", "not_a_pdf"))
    if len(clean) > _MAX_NAME or not clean.isprintable():
        faults.append(Fault("/name", f"{_MAX_NAME} caractères au plus, sans caractère de contrôle.", "invalid"))
    if faults:
        raise Invalid("Ces conditions générales ne peuvent pas être jointes.", faults=faults)
    return Enclosure(clean, documents.put(pdf, owner=caller.tenant))
