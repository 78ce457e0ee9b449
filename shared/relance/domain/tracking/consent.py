"""May we notice that a mail is opened? Asked twice: when the mail is written, and again when its pixel is fetched.

Reading a terminal needs prior, specific consent, for businesses too; withdrawing it also covers mails already sent.
Loi Informatique et Libertés art. 82, CNIL délibération 2026-042 of 12 March 2026, checked 2026-11. [T-01, T-02, T-03]
"""

from dataclasses import replace
from datetime import datetime

from relance.domain.party import Consent, Customer, TrackingConsent


def may_insert(consent: Consent) -> bool:
    """Whether a mail written now may carry a pixel."""
    return consent.tracking is TrackingConsent.CONSENTED


def may_keep(consent: Consent) -> bool:
    """Whether a hit that comes now may be kept, whatever was true when its mail was sent."""
    return consent.tracking is TrackingConsent.CONSENTED


def withdraw(customer: Customer, at: datetime, source: str) -> Customer:
    """The customer with consent withdrawn; the very same one when there is none to withdraw.

    The version of the text once agreed to stays beside the withdrawal: together they prove both.
    """
    if customer.consent.tracking is not TrackingConsent.CONSENTED:
        return customer
    consent = Consent(TrackingConsent.WITHDRAWN, at, source, customer.consent.text_version)
    return replace(customer, rev=customer.rev + 1, updated_at=at, consent=consent)
