"""The life of invoices on the platforms, on the wire. [E-05]"""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from relance.contracts.fields import Terms, Text, Word, amount_text, several_lines
from relance.contracts.parse import Body
from relance.domain.einvoice import ElectronicAddress, Receiver
from relance.domain.invoice import Invoice
from relance.domain.platform_status import Source, StatusCode, StatusEntry, pause_of


class StatusBody(Body, frozen=True, kw_only=True):
    """A status of an invoice: its code (200 to 213), when it was set, and why where the code wants a reason.

    `id` is the platform's: the same one twice is kept once. Without it, each request is a status of its own.
    """

    code: StatusCode
    at: datetime
    reason: Terms = ""
    id: Word = ""


class CollectBody(Body, frozen=True):
    """Where the last call ended; "" from the start."""

    cursor: Text = ""


class ReceiverView(msgspec.Struct, frozen=True):
    """Where an invoice is addressed to (`scheme:id`, 0225 is the French directory), the addresses that the directory
    has for this customer, whether that one is among them, and in French what to do about it.
    """

    address: str
    listed: tuple[str, ...]
    is_listed: bool
    text: str


class StatusEntryView(msgspec.Struct, frozen=True, kw_only=True):
    """One status. `mandatory`: the tax administration must be told. `amount` came in, with 212."""

    id: str
    code: StatusCode
    label: str
    mandatory: bool
    at: datetime
    recorded_at: datetime
    source: Source
    reason: str
    amount: str


class StatusList(msgspec.Struct, frozen=True):
    """Every status of an invoice as they were recorded; `paused_by` is the one that makes reminders wait, or null."""

    rev: int
    items: tuple[StatusEntryView, ...]
    paused_by: StatusCode | None


class RefusedView(msgspec.Struct, frozen=True):
    """Something a platform told that could not be kept, and why."""

    name: str
    why: str


class CollectedView(msgspec.Struct, frozen=True):
    """How many statuses were new, what could not be kept, and the `cursor` of the next call."""

    recorded: int
    refused: tuple[RefusedView, ...]
    cursor: str


def to_status(body: StatusBody, *, id: str, now: datetime) -> StatusEntry:
    """The domain's status; `id` when the body has none."""
    source = Source.PLATFORM if body.id else Source.SELLER
    return StatusEntry(body.id or id, body.code, body.at, now, source, several_lines(body.reason))


def status_list(invoice: Invoice) -> StatusList:
    """The statuses of an invoice."""
    paused = pause_of(invoice.statuses)
    items = tuple(_view(entry) for entry in invoice.statuses)
    return StatusList(invoice.rev, items, StatusCode(paused) if paused else None)


def collected_view(recorded: int, refused: Iterable[tuple[str, str]], cursor: str) -> CollectedView:
    """What was read of a platform."""
    return CollectedView(recorded, tuple(RefusedView(name, why) for name, why in refused), cursor)


def _view(entry: StatusEntry) -> StatusEntryView:
    return StatusEntryView(
        id=entry.id,
        code=entry.code,
        label=entry.code.label,
        mandatory=entry.code.is_mandatory,
        at=entry.at,
        recorded_at=entry.recorded_at,
        source=entry.source,
        reason=entry.reason,
        amount=amount_text(entry.amount),
    )


def receiver_view(receiver: Receiver) -> ReceiverView:
    """Where an invoice goes."""
    listed = tuple(map(_address, receiver.listed))
    return ReceiverView(_address(receiver.address), listed, receiver.is_listed, _advice(receiver, listed))


def _address(address: ElectronicAddress) -> str:
    return f"{address.scheme}:{address.id}" if address.id else ""


def _advice(receiver: Receiver, listed: tuple[str, ...]) -> str:
    if not receiver.address.id:
        return "Ce client n’a pas de SIREN : complétez sa fiche, une facture électronique s’adresse par lui."
    if receiver.is_listed:
        return "L’annuaire confirme cette adresse."
    if not listed:
        return (
            "La plateforme ne connaît pas ce client dans l’annuaire : vérifiez auprès de lui où il reçoit ses factures."
        )
    return (
        f"D’après l’annuaire, ce client reçoit ses factures à {' ou à '.join(listed)} : mettez l’une de ces adresses "
        "dans sa fiche (« electronic_address »). Une facture déjà émise garde la sienne."
    )
