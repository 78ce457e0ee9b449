"""T-01, T-02: which mails carry a pixel, what it may ever tell, and the choice of that moment beside the mail."""

from dataclasses import replace

import pytest

from relance.app.sending import Outcome
from relance.domain.invoice import Invoice
from relance.domain.links import Pixel, pixel_id
from relance.domain.party import Consent, TrackingConsent
from relance.domain.quote import Quote
from relance.domain.reminder.claim import Claim, claim_id
from relance.domain.reminder.scenario import ACCEPTED_COPY, DELIVERY
from relance.domain.tracking.consent import Scope
from tests.builders import TENANT, a_customer
from tests.doubles.office import LINK_KEY, Office

T = TrackingConsent


def an_office(tracking: T) -> Office:
    office = Office()
    customer = a_customer()
    office.put(replace(customer, rev=2, consent=Consent(tracking, customer.updated_at, "x", "2026-04")))
    return office


def pixel_in_last_mail(office: Office) -> Pixel | None:
    """The pixel that the last mail shows, as it is stored."""
    html = office.mailer.delivered[-1].html
    _, found, rest = html.partition("/o/")
    if not found:
        return None
    token = rest.partition(".gif")[0]
    return office.store.find_pixel(pixel_id(LINK_KEY, token) or "")


def delivered(office: Office, document: Quote | Invoice) -> Pixel | None:
    assert (DELIVERY, Outcome.SENT) in office.wake(document).done
    return pixel_in_last_mail(office)


@pytest.mark.parametrize(
    ("tracking", "of_a_quote", "of_an_invoice"),
    [
        (T.NONE, None, None),
        (T.DELIVERABILITY, None, Scope.LAST_DAY),
        (T.CONSENTED, Scope.EVENTS, Scope.EVENTS),
        (T.REFUSED, None, None),
        (T.WITHDRAWN, None, None),
    ],
)
def test_the_pixel_of_a_mail_promises_what_its_reader_allows(
    tracking: T, of_a_quote: Scope | None, of_an_invoice: Scope | None
) -> None:
    for is_invoice, expected in ((False, of_a_quote), (True, of_an_invoice)):
        office = an_office(tracking)
        document = office.invoice() if is_invoice else office.quote()
        pixel = delivered(office, document)
        assert (Scope(pixel.scope) if pixel else None) is expected
        claim = office.store.get(TENANT, Claim, claim_id(document.id, DELIVERY))
        assert claim is not None
        assert claim.consent is tracking, "the snapshot of that moment [T-01]"


def test_a_mail_of_an_accepted_order_may_tell_that_it_arrived_T_02() -> None:
    office = an_office(T.DELIVERABILITY)
    quote = office.quote()
    assert delivered(office, quote) is None, "an offer is no service that was asked for"
    office.accept(quote)
    assert ACCEPTED_COPY in [step for step, _ in office.wake(quote).done]
    mails = [mail for mail in office.mailer.delivered if mail.recipient == a_customer().email]
    assert "/o/" in mails[-1].html


def test_a_reminder_of_an_invoice_is_no_service_T_02() -> None:
    office = an_office(T.DELIVERABILITY)
    invoice = office.invoice()
    assert delivered(office, invoice) is not None
    for _ in range(60):
        office.clock.move_to(max(office.run_of(invoice).next_at, office.clock.now()))
        office.wake(invoice)
        if len(office.mailer.delivered) > 1:
            break
    assert len(office.mailer.delivered) > 1, "it was reminded of"
    assert pixel_in_last_mail(office) is None
