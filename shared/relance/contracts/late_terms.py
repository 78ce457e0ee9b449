"""The table of late rates on the wire: `GET` and `PUT /v1/settings/late-rates`. [P-02, P-07]"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Annotated

import msgspec

from relance.contracts.fields import Percent, RequiredText, one_line, percent_text, to_basis_points
from relance.contracts.parse import Body
from relance.domain.errors import Fault
from relance.domain.ids import TenantId
from relance.domain.late_payment import Imputation, LateRate, LateRates
from relance.domain.late_terms import MAX_ENTRIES, LateTerms, rate_faults


class LateRateBody(Body, frozen=True):
    """The yearly rate from `valid_from` on, until the next one begins; `source` says where it was read."""

    valid_from: date
    rate: Percent
    source: RequiredText


class LateTermsBody(Body, frozen=True):
    """The whole table, and what a payment that does not cover everything pays first."""

    rates: Annotated[tuple[LateRateBody, ...], msgspec.Meta(max_length=MAX_ENTRIES)]
    imputation: Imputation = Imputation.PRINCIPAL_FIRST

    def faults(self) -> Iterable[Fault]:
        """What the entries say together."""
        too_fine = [n for n, row in enumerate(self.rates) if to_basis_points(row.rate) is None]
        if too_fine:
            message = "Deux décimales au plus."
            yield from (Fault(f"/rates/{index}/rate", message, "too_many_decimals") for index in too_fine)
            return
        for fault in rate_faults(_entry(row) for row in self.rates):
            yield Fault(f"/rates{fault.pointer}", fault.message, fault.code)


class LateTermsView(msgspec.Struct, frozen=True, kw_only=True):
    """The table, oldest rate first; `rev` 0 while none was entered, which is what `If-Match` then wants (`"0"`)."""

    rates: tuple[LateRateBody, ...]
    imputation: Imputation
    rev: int
    updated_at: datetime | None


def to_late_terms(body: LateTermsBody) -> LateTerms:
    """The domain's, oldest rate first; tenant, rev and instant are the use case's to fill."""
    entries = sorted((_entry(row) for row in body.rates), key=lambda entry: entry.valid_from)
    return LateTerms(TenantId(""), 0, rates=LateRates(tuple(entries)), imputation=body.imputation)


def late_terms_view(terms: LateTerms) -> LateTermsView:
    """The table as it is told."""
    rates = (LateRateBody(row.valid_from, percent_text(row.rate_bp), row.source) for row in terms.rates.entries)
    return LateTermsView(rates=tuple(rates), imputation=terms.imputation, rev=terms.rev, updated_at=terms.updated_at)


def _entry(row: LateRateBody) -> LateRate:
    return LateRate(row.valid_from, to_basis_points(row.rate) or 0, one_line(row.source))
