"""The platforms through which businesses exchange invoices (plateformes agréées): deposit, statuses, directory. [E-07]

Whoever implements this keeps three promises: handing over the same thing twice is handing it over once, nothing is lost
once a call returned, and nobody is shown what belongs to another seller.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from relance.domain.content import InvoiceContent
from relance.domain.einvoice import ElectronicAddress
from relance.domain.ids import TenantId
from relance.domain.platform_status import StatusCode, StatusEntry


@dataclass(frozen=True, slots=True)
class Envelope:
    """What goes with a deposited invoice: who addresses whom, in which frame. `sha256` is the XML's (hex)."""

    tenant: TenantId
    invoice_id: str
    number: str
    type_code: str
    issue_date: date
    sender: ElectronicAddress
    receiver: ElectronicAddress
    framework: str
    processing: str
    sha256: str


@dataclass(frozen=True, slots=True)
class ToldStatus:
    """A status that a platform tells of one of our invoices; `id` is its own and never used twice."""

    id: str
    invoice_id: str
    code: StatusCode
    at: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Something a platform left for us that says nothing we understand: its name, and why."""

    name: str
    why: str


@dataclass(frozen=True, slots=True)
class News:
    """What was told since a cursor, oldest first; `cursor` is where to go on, the same when there was nothing."""

    statuses: tuple[ToldStatus, ...]
    unreadable: tuple[Unreadable, ...]
    cursor: str


class EInvoiceWriter(Protocol):
    """Writes an invoice as the XML that platforms exchange (CII, profile EN 16931 with the French rules)."""

    def __call__(self, content: InvoiceContent) -> bytes: ...


class Platform(Protocol):
    """One seller's access to the network of platforms."""

    def deposit(self, envelope: Envelope, xml: bytes) -> str:
        """Hand an invoice over and return the platform's id of the deposit. Raises Retry; Conflict
        `deposited_otherwise` when the invoice was deposited with other bytes before.
        """
        ...

    def tell(self, tenant: TenantId, invoice_id: str, number: str, status: StatusEntry) -> None:
        """Pass on a status that the seller sets, such as 212. Raises Retry."""
        ...

    def news(self, tenant: TenantId, cursor: str, limit: int) -> News:
        """What was told of the seller's invoices after `cursor` ("" = from the start). Raises Retry."""
        ...

    def address_of(self, tenant: TenantId, siren: str) -> Sequence[ElectronicAddress]:
        """Where a business receives its invoices, from the directory (annuaire); empty when it is not in it."""
        ...
