"""Reports on dunning on the wire: what it brought in, and until when each debt can be claimed. [M-16, M-17, DU-04]"""

from collections.abc import Iterable
from datetime import date

import msgspec

from relance.contracts.fields import amount_text, ratio_text
from relance.domain.dunning_figures import DunningFigures
from relance.domain.penalty_figures import PenaltyFigures
from relance.domain.prescription import Prescription, Urgency


class LevelView(msgspec.Struct, frozen=True, kw_only=True):
    """Reminders of one level, how many were followed by money within seven days, and by how much."""

    level: int
    reminders: int
    followed: int
    received: str


class RecoveredView(msgspec.Struct, frozen=True, kw_only=True):
    """Penalties of the period: claims last made in it, what came in for any, what was given up; in euros."""

    claims: int
    claimed: str
    received: str
    waived: str


class PromisesView(msgspec.Struct, frozen=True):
    """Promises to pay that were made in the period."""

    kept: int
    broken: int
    pending: int


class DisputesView(msgspec.Struct, frozen=True, kw_only=True):
    """Of the invoices issued in the period, how many were contested; and the disputes that are open now."""

    invoices: int
    disputed: int
    rate_percent: str | None
    open: int
    average_age_days: str | None


class DunningView(msgspec.Struct, frozen=True, kw_only=True):
    """What dunning brought in over a period."""

    first: date
    last: date
    levels: tuple[LevelView, ...]
    penalties: RecoveredView
    promises: PromisesView
    disputes: DisputesView


class PrescriptionView(msgspec.Struct, frozen=True, kw_only=True):
    """Until when an unpaid invoice can be claimed in court, by the earliest count.

    `acknowledged_until`: the last day should its last payment be an acknowledgement of the debt, which must be proved.
    """

    invoice_id: str
    number: str
    customer_id: str
    customer: str
    balance: str
    runs_from: date
    last_day: date
    days_left: int
    urgency: Urgency
    acknowledged_until: date | None
    source: str


class PrescriptionReport(msgspec.Struct, frozen=True):
    """Unpaid invoices, the nearest to prescription first; `alerts` are those within ninety days, or over."""

    on: date
    alerts: int
    items: tuple[PrescriptionView, ...]


def dunning_view(found: DunningFigures, recovered: PenaltyFigures, first: date, last: date) -> DunningView:
    """Dunning as it is told."""
    promises, disputes = found.promises, found.disputes
    return DunningView(
        first=first,
        last=last,
        levels=tuple(
            LevelView(
                level=row.level, reminders=row.reminders, followed=row.followed, received=amount_text(row.received)
            )
            for row in found.levels
        ),
        penalties=RecoveredView(
            claims=recovered.claims,
            claimed=amount_text(recovered.claimed),
            received=amount_text(recovered.received),
            waived=amount_text(recovered.waived),
        ),
        promises=PromisesView(promises.kept, promises.broken, promises.pending),
        disputes=DisputesView(
            invoices=disputes.invoices,
            disputed=disputes.disputed,
            rate_percent=ratio_text(disputes.rate),
            open=disputes.open,
            average_age_days=ratio_text(disputes.average_age_days),
        ),
    )


def prescription_report(found: Iterable[Prescription], on: date) -> PrescriptionReport:
    """Prescriptions as they are told on that day."""
    items = tuple(
        PrescriptionView(
            invoice_id=row.invoice_id,
            number=row.number,
            customer_id=row.customer_id,
            customer=row.name,
            balance=amount_text(row.balance),
            runs_from=row.runs_from,
            last_day=row.last_day,
            days_left=row.days_left(on),
            urgency=row.urgency(on),
            acknowledged_until=row.acknowledged_until,
            source=row.source,
        )
        for row in found
    )
    return PrescriptionReport(on, sum(item.urgency is not Urgency.FAR for item in items), items)
