"""The table of late rates on the wire: `GET` and `PUT /v1/settings/late-rates`. [P-02, P-07]"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Annotated

import msgspec

from relance.contracts.fields import Percent, RequiredText, one_line, percent_text, to_basis_points
from relance.contracts.parse import Body
from relance.domain.errors import Fault
from relance.domain.ids import TenantId
from relance.domain.late_payment import Imputation, LateRate, LateRates, RateBasis
from relance.domain.late_terms import MAX_ENTRIES, LateTerms


class LateRateBody(Body, frozen=True):
    """The yearly rate from `valid_from` on, until the next one begins; `source` says where it was read.

    `basis`: the contract's, which has a legal minimum, or the law's where contracts are silent (ECB plus ten points).
    """

    valid_from: date
    rate: Percent
    source: RequiredText
    basis: RateBasis = RateBasis.CONTRACT


class LateTermsBody(Body, frozen=True):
    """The whole table, and what a payment that does not cover everything pays first."""

    rates: Annotated[tuple[LateRateBody, ...], msgspec.Meta(max_length=MAX_ENTRIES)]
    imputation: Imputation = Imputation.PRINCIPAL_FIRST

    def faults(self) -> Iterable[Fault]:
        """What cannot be said in ten-thousandths; the rest is for the domain."""
        for index, row in enumerate(self.rates):
            if to_basis_points(row.rate) is None:
                yield Fault(f"/rates/{index}/rate", "Deux décimales au plus.", "too_many_decimals")


class LateTermsView(msgspec.Struct, frozen=True, kw_only=True):
    """The table, oldest rate first; `rev` 0 while none was entered, which is what `If-Match` then wants (`"0"`)."""

    rates: tuple[LateRateBody, ...]
    imputation: Imputation
    rev: int
    updated_at: datetime | None


def to_late_terms(body: LateTermsBody) -> LateTerms:
    """The domain's, in the order given; tenant, rev and instant are the use case's to fill."""
    return LateTerms(TenantId(""), 0, rates=LateRates(tuple(map(_entry, body.rates))), imputation=body.imputation)


def late_terms_view(terms: LateTerms) -> LateTermsView:
    """The table as it is told."""
    rates = tuple(
        LateRateBody(row.valid_from, percent_text(row.rate_bp), row.source, row.basis) for row in terms.rates.entries
    )
    return LateTermsView(rates=rates, imputation=terms.imputation, rev=terms.rev, updated_at=terms.updated_at)


def _entry(row: LateRateBody) -> LateRate:
    return LateRate(row.valid_from, to_basis_points(row.rate) or 0, one_line(row.source), row.basis)
