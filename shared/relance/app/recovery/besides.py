"""What is no quote and no invoice, as its events say: company, penalties, letters, closings, a history taken over."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any, Final

from relance.app.every import every
from relance.app.recovery.desk import Desk, at_of, cents, listed, text
from relance.app.recovery.printed import read
from relance.domain.archive_alarm import MAX_CHARACTERS, MAX_TOLD, ArchiveAlarm, alarm_id
from relance.domain.bookkeeping.accounts import OwnAccounts, Role
from relance.domain.calendar_fr import from_ms
from relance.domain.chain.event import Event
from relance.domain.closing import Closing
from relance.domain.formal_notice import Dispatch, FormalNotice
from relance.domain.history import ImportedHistory
from relance.domain.ids import CustomerId, PaymentId
from relance.domain.invoice import Invoice, PaymentMode
from relance.domain.key_change import ID as KEY
from relance.domain.key_change import ToldKey
from relance.domain.late_payment import Segment
from relance.domain.money import Cents
from relance.domain.party import (
    Address,
    Company,
    CompanyVersion,
    LegalKind,
    Registry,
    VatRegime,
    past_version,
)
from relance.domain.penalty_claim import PenaltyClaim, PenaltyPayment, PenaltyState
from relance.domain.periods import PeriodKind
from relance.domain.purge import Purge
from relance.domain.running_version import ID, RunningVersion

_KINDS: Final[dict[str, type[Any]]] = {
    "address": Address,
    "legal_kind": LegalKind,
    "registry": Registry,
    "vat_regime": VatRegime,
}
_NO_COMPANY: Final = (
    "La fiche de l’entreprise a été créée pendant le temps perdu : ressaisissez-la, l’archive n’en a que "
    "l’identité et le régime fiscal."
)
_NO_LETTER: Final = (
    "Cette mise en demeure a été préparée pendant le temps perdu : il n’en reste que le PDF {} "
    "du compartiment des documents, postée sous le numéro {}."
)


def settings(desk: Desk, event: Event) -> None:
    """`settings.changed`: the fiscal fields as they were put; what else was put with them is not in the event."""
    company, at = desk.get(Company, desk.tenant), at_of(event)
    if company is None:
        desk.misses(event, (_NO_COMPANY,))
        return
    if company.updated_at >= at:
        return
    told = {name: read(_KINDS.get(name, type(value)), value) for name, value in event.data.items()}
    known: Any = company  # by the names of its own fields: what an older version told and is gone is left out
    changed = {name: value for name, value in told.items() if hasattr(known, name) and getattr(known, name) != value}
    past = past_version(company, at)
    if desk.get(CompanyVersion, past.id) is None:
        desk.put(past)
    desk.put(replace(known, updated_at=at, **changed))


def penalties(desk: Desk, event: Event) -> None:
    """`penalty.claimed`, `penalty.waived`, `penalty.paid`: the claim as it was left."""
    known, at = desk.get(PenaltyClaim, event.ref.id), at_of(event)
    if known is not None and known.updated_at >= at:
        return
    wanted = known or _claim(desk, event, None)
    match event.type:
        case "penalty.claimed":
            wanted = replace(_claim(desk, event, known), state=PenaltyState.CLAIMED, claimed_at=at)
        case "penalty.waived":
            wanted = replace(wanted, state=PenaltyState.WAIVED, waived_at=at, reason=text(event, "reason"))
        case _:
            wanted = replace(wanted, payments=(*wanted.payments, _payment(event)))
            wanted = wanted if wanted.left else replace(wanted, state=PenaltyState.PAID)
    desk.put(replace(wanted, updated_at=at))


def _claim(desk: Desk, event: Event, known: PenaltyClaim | None) -> PenaltyClaim:
    at, invoice = at_of(event), desk.get(Invoice, event.ref.id)
    until = text(event, "until")
    return PenaltyClaim(
        tenant=desk.tenant,
        id=event.ref.id,
        rev=1,
        number=text(event, "number"),
        customer_id=invoice.customer_id if invoice else CustomerId(""),
        state=PenaltyState.ACCRUED,
        until=date.fromisoformat(until) if until else at.date(),
        segments=tuple(read(Segment, row) for row in listed(event, "segments")),
        interest=Cents(cents(event, "interest")),
        indemnity=Cents(cents(event, "indemnity")),
        created_at=known.created_at if known else at,
        updated_at=at,
        currency=text(event, "currency"),
        sources=tuple(str(one) for one in listed(event, "sources")),
        payments=known.payments if known else (),
    )


def _payment(event: Event) -> PenaltyPayment:
    return PenaltyPayment(
        id=PaymentId(text(event, "payment_id")),
        amount=Cents(cents(event, "amount")),
        paid_on=date.fromisoformat(text(event, "paid_on")),
        mode=PaymentMode(text(event, "mode")),
        recorded_at=at_of(event),
        reference=text(event, "reference"),
    )


def dispatched(desk: Desk, event: Event) -> None:
    """`letter.dispatched`: the letter that the restored table holds was posted."""
    notice, number = desk.get(FormalNotice, event.ref.id), text(event, "dispatch_number")
    if notice is None:
        desk.misses(event, (_NO_LETTER.format(text(event, "pdf_sha256"), number),))
    elif notice.dispatch is None:
        sent_on = date.fromisoformat(text(event, "sent_on"))
        desk.put(replace(notice, dispatch=Dispatch(number, sent_on, at_of(event), event.actor)))


def closed(desk: Desk, event: Event) -> None:
    """`period.closed`: the closing is the event, word for word."""
    if desk.get(Closing, event.ref.id) is not None:
        return
    data = event.data
    desk.put(
        Closing(
            tenant=desk.tenant,
            id=event.ref.id,
            rev=1,
            kind=PeriodKind(text(event, "kind")),
            label=text(event, "label"),
            first=date.fromisoformat(text(event, "from")),
            last=date.fromisoformat(text(event, "to")),
            opens_at=from_ms(cents(event, "opens_at")),
            closes_at=from_ms(cents(event, "closes_at")),
            first_seq=cents(event, "first_seq"),
            last_seq=cents(event, "last_seq"),
            closed_at=at_of(event),
            seq=event.seq,
            hash=event.hash,
            totals=dict(data["totals"]),  # type: ignore[arg-type]  # the archive was verified
            cumulated=dict(data["cumulated"]),  # type: ignore[arg-type]
            perpetual=dict(data["perpetual"]),  # type: ignore[arg-type]
        )
    )


def imported(desk: Desk, event: Event) -> None:
    """`history.imported`: its loads follow each other in one transaction; the entity grows with each."""
    known, rows = desk.get(ImportedHistory, event.ref.id), listed(event, "documents")
    dates = [date.fromisoformat(row["date"]) for row in rows]
    if known is None:
        desk.put(
            ImportedHistory(
                tenant=desk.tenant,
                rev=1,
                source=text(event, "source"),
                imported_at=at_of(event),
                documents=len(rows),
                first_date=min(dates),
                last_date=max(dates),
                first_seq=event.seq,
                last_seq=event.seq,
            )
        )
    elif event.seq == known.last_seq + 1:
        desk.put(
            replace(
                known,
                documents=known.documents + len(rows),
                first_date=min(known.first_date, *dates),
                last_date=max(known.last_date, *dates),
                last_seq=event.seq,
            )
        )


def alarmed(desk: Desk, event: Event) -> None:
    """`archive.integrity_failed`: known again, unless its faults were too many to be told whole."""
    faults, count = tuple(str(one) for one in listed(event, "faults")), cents(event, "count")
    if count != len(faults) or count > MAX_TOLD or any(len(one) >= MAX_CHARACTERS for one in faults):
        return  # its id comes from all of them: the next walk finds them and raises it again
    size = cents(event, "size")
    id = alarm_id(size, faults)
    if desk.get(ArchiveAlarm, id) is None:
        desk.put(ArchiveAlarm(desk.tenant, id, 1, at_of(event), size, count, faults))


def accounts(desk: Desk, event: Event) -> None:
    """`accounts.changed`: the numbers as they were put."""
    known, at = desk.get(OwnAccounts, desk.tenant), at_of(event)
    told = event.data["numbers"]
    if not isinstance(told, Mapping) or (known is not None and known.updated_at is not None and known.updated_at >= at):
        return
    numbers = {Role(name): str(number) for name, number in told.items()}
    desk.put(OwnAccounts(desk.tenant, 1, numbers, at))


def software(desk: Desk, event: Event) -> None:
    """`software.changed`: which version was at work, so that its change is not told again. [AF-11]"""
    known, at = desk.get(RunningVersion, ID), at_of(event)
    if known is None or known.since < at:
        desk.put(RunningVersion(desk.tenant, 1, text(event, "sha256"), text(event, "product"), at))


def key_rotated(desk: Desk, event: Event) -> None:
    """`key.rotated`: up to which key the journal tells, so that no change is told again. [AF-11]"""
    known, from_size = desk.get(ToldKey, KEY), cents(event, "size") + 1
    if known is None or known.from_size < from_size:
        desk.put(ToldKey(desk.tenant, 1, from_size, text(event, "key"), at_of(event)))


def purged(desk: Desk, event: Event) -> None:
    """`journal.purged`: the mark, open again: the lines that the rebuild put back go once more. [AF-07]"""
    if desk.get(Purge, event.ref.id) is not None:
        return
    first_seq, last_seq = cents(event, "first_seq"), cents(event, "last_seq")
    kept = sum(first_seq <= closing.seq <= last_seq for closing in every(desk.ctx, desk.tenant, Closing))
    desk.put(
        Purge(
            tenant=desk.tenant,
            id=event.ref.id,
            rev=1,
            fiscal_year_end=date.fromisoformat(event.ref.id),
            first_seq=first_seq,
            last_seq=last_seq,
            last_hash=text(event, "last_hash"),
            lines=last_seq - first_seq + 1 - kept,
            checkpoint_size=cents(event, "checkpoint_size"),
            checkpoint_sha256=text(event, "checkpoint_sha256"),
            stamp_sha256=text(event, "stamp_sha256"),
            at=at_of(event),
            by=event.actor,
        )
    )
