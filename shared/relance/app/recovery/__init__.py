"""From the archive back into the entities: what each type of event says of the documents that it is about. [K-01, N-02]

`HANDLERS` and `NO_ENTITY` hold every type of fact of the product (a test walks the sources): a new one is decided on
before it is released.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from relance.app.recovery import besides, invoices, mails, persons, quotes
from relance.app.recovery.desk import Desk
from relance.domain.chain.event import Event
from relance.domain.errors import Corrupted
from relance.domain.invoice import Invoice
from relance.domain.quote import Quote

Handler = Callable[[Desk, Event], None]


def _sealed(desk: Desk, event: Event) -> None:
    (quotes.sealed if event.ref.kind == "quote" else invoices.sealed)(desk, event)


HANDLERS: Final[Mapping[str, Handler]] = {
    "accounts.changed": besides.accounts,
    "archive.integrity_failed": besides.alarmed,
    "credit_note.issued": invoices.issued,
    "document.duplicated": invoices.duplicated,
    "document.sealed": _sealed,
    "document.sent": mails.delivered,
    "history.imported": besides.imported,
    "invoice.issued": invoices.issued,
    "invoice.status": invoices.told,
    "journal.purged": besides.purged,
    "key.rotated": besides.key_rotated,
    "letter.dispatched": besides.dispatched,
    "payment.recorded": invoices.paid,
    "payment.refunded": invoices.paid,
    "penalty.claimed": besides.penalties,
    "penalty.paid": besides.penalties,
    "penalty.waived": besides.penalties,
    "period.closed": besides.closed,
    "prospect.erased": persons.erased,
    "quote.accepted": quotes.accepted,
    "quote.cancelled": quotes.cancelled,
    "quote.extended": quotes.extended,
    "quote.not_retained": quotes.not_retained,
    "quote.received": quotes.received,
    "quote.refused": quotes.refused,
    "quote.sent": quotes.sent,
    "quote.withdrawn": quotes.withdrawn,
    "rights.granted": persons.right,
    "rights.revoked": persons.right,
    "settings.changed": besides.settings,
    "software.changed": besides.software,
}
# An export that is lost is asked for again: its file expires anyway. The others are told by their event alone.
NO_ENTITY: Final = frozenset({"archive.exported", "archive.export_failed", "journal.rebuilt"})


def carry(desk: Desk, event: Event) -> None:
    """Carry an event into the entities on the desk; what they say already is left as it is.

    What this version cannot read keeps nothing else from coming back: it is told, and its document waits until a person
    looked. Raises what the store raises.
    """
    if (handler := HANDLERS.get(event.type)) is not None:
        try:
            handler(desk, event)
        except (Corrupted, ArithmeticError, KeyError, TypeError, ValueError):  # written by another version
            _not_read(desk, event)
    elif event.type not in NO_ENTITY:
        _not_read(desk, event)


def _not_read(desk: Desk, event: Event) -> None:
    desk.misses(event, (f"Cette version ne sait pas reprendre « {event.type} » : relisez-le dans l’archive.",))
    told = desk.losses[event.ref.kind, event.ref.id].missing
    quote = desk.get(Quote, event.ref.id) if event.ref.kind == "quote" else None
    invoice = desk.get(Invoice, event.ref.id) if event.ref.kind == "invoice" else None
    if quote is not None and quote.to_review != told:
        desk.put(replace(quote, to_review=told))
    if invoice is not None and invoice.to_review != told:
        desk.put(replace(invoice, to_review=told))
