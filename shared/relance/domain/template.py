"""Templates of quotes: what is the same at each request, kept to be started from. [KX-01, KX-03, KB-13, PF-07]"""

from dataclasses import dataclass
from datetime import datetime

from relance.domain.ids import TemplateId, TenantId
from relance.domain.party import LegalKind


@dataclass(frozen=True, slots=True)
class QuoteTemplate:
    """A quote without its customer, under a name.

    `form` is the JSON of a quote's draft as its author would write it: what a later release adds to drafts is then
    simply absent from it. Only `contracts` reads it. `suits` is the kind of company that a ready-made one is for;
    of the tenant's own it is None.
    """

    tenant: TenantId
    id: TemplateId
    rev: int
    created_at: datetime
    updated_at: datetime
    name: str
    form: str
    summary: str = ""
    suits: LegalKind | None = None
