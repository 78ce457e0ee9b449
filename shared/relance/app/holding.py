"""Why a document's reminders wait or end: a dispute, a promise to pay, a reply, a word of the seller, a bankruptcy.

Each is written into the document's run and wakes it, so what was waiting is decided anew: a dispute about one invoice
holds that one alone, and ends by a decision, after which its reminders go on where they were. None of it is a legal
fact; it is kept, with who said it and when, because figures are told from it. [DR-01, DR-02, M-16, M-17]
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from relance.app.context import Caller, Context
from relance.app.finding import run_of
from relance.app.journaling import Decision, again, commit
from relance.app.launching import launch_run
from relance.app.ports.outside import Executions
from relance.app.ports.store import Check, Idem
from relance.domain.calendar_fr import civil_date
from relance.domain.errors import Conflict, Fault, Invalid, NotFound
from relance.domain.journal import Head
from relance.domain.money import Cents
from relance.domain.reminder.hold import Hold, HoldKind
from relance.domain.reminder.run import Run, hold, release
from relance.domain.reminder.scenario import DocumentKind

RESUMED: Final = frozenset({HoldKind.MANUAL, HoldKind.REPLY, HoldKind.INCOMPLETE})
_NONE: Final = {
    HoldKind.DISPUTE: "Aucun litige",
    HoldKind.PROMISE: "Aucune promesse de paiement",
    HoldKind.INSOLVENCY: "Aucune procédure collective",
}


class Outcome(StrEnum):
    """How one of them ended."""

    FOUNDED = "founded"  # the customer was right to contest it
    UNFOUNDED = "unfounded"
    KEPT = "kept"
    BROKEN = "broken"
    CANCELLED = "cancelled"  # it was written down by mistake, or is of no use any more
    REPLACED = "replaced"  # by another promise
    RESUMED = "resumed"


@dataclass(frozen=True, slots=True)
class Desk:
    """Whose word it is, about which document, and how its run wakes."""

    ctx: Context
    caller: Caller
    kind: DocumentKind
    document_id: str
    executions: Executions
    idem: Idem | None = None


Change = Callable[[Run, datetime], Run]
"""What a run becomes; the very same run when nothing changes."""


def change(desk: Desk, wanted: Change) -> Run:
    """Store what `wanted` makes of the run, then start the turn that it woke; if we crash before, the sweep does."""

    def decide(_head: Head, at: datetime) -> Decision:
        run = of_document(desk.ctx, desk.caller, desk.kind, desk.document_id)
        changed = wanted(run, at)
        if changed is run:
            return Decision(answer=run, checks=(Check(run),))
        # However many things changed, they are stored once and wake one turn.
        once = replace(changed, rev=run.rev + 1, turn=run.turn + 1)
        return Decision(answer=once, puts=(once,))

    run = again(lambda: commit(desk.ctx, desk.caller, desk.idem, Run, decide))
    launch_run(desk.executions, run)
    return run


def of_document(ctx: Context, caller: Caller, kind: DocumentKind, document_id: str) -> Run:
    """The run of a quote or an invoice. Raises NotFound, also when it is of the other sort."""
    run = run_of(ctx, caller.tenant, document_id)
    if run.document_kind is not kind:
        raise NotFound("Aucun document de cet identifiant.")
    return run


def dispute(desk: Desk, *, amount: Cents | None = None, note: str = "") -> Run:
    """The customer contests this invoice: nothing more is asked for until somebody decides. [DR-02]

    Raises NotFound, Conflict `already_held` while a dispute is open.
    """

    def wanted(run: Run, at: datetime) -> Run:
        _require_none(run, HoldKind.DISPUTE, at)
        return hold(run, replace(_hold(desk, HoldKind.DISPUTE, at, note), amount=amount), at)

    return change(desk, wanted)


def promise(desk: Desk, on: date, *, amount: Cents | None = None, note: str = "") -> Run:
    """The customer said when he will pay: reminders wait for that day and two working days more. [DR-02]

    A new promise takes the place of the one before. Raises NotFound, Invalid (`/on`) on a day that is over.
    """

    def wanted(run: Run, at: datetime) -> Run:
        _require_to_come(on, at, "/on")
        made = replace(_hold(desk, HoldKind.PROMISE, at, note), until=on, amount=amount)
        return hold(_released(run, {HoldKind.PROMISE}, Outcome.REPLACED, at), made, at)

    return change(desk, wanted)


def insolvency(desk: Desk, *, note: str = "") -> Run:
    """Collective proceedings were opened: nobody may ask for payment, the claim is declared to the court. [DR-01]

    C. com. L622-7 and L622-24 (checked 2026-11). Raises NotFound, Conflict `already_held`.
    """

    def wanted(run: Run, at: datetime) -> Run:
        _require_none(run, HoldKind.INSOLVENCY, at)
        made = _hold(desk, HoldKind.INSOLVENCY, at, note)
        return hold(run, made, at)

    return change(desk, wanted)


def end(desk: Desk, kind: HoldKind, outcome: Outcome) -> Run:
    """A dispute, a promise or proceedings are over: reminders go on where they were. [DR-02]

    Raises NotFound, Conflict `not_held` when none was open.
    """

    def wanted(run: Run, at: datetime) -> Run:
        ended = _released(run, {kind}, outcome, at)
        if ended is run:
            raise Conflict(f"{_NONE[kind]} n’est en cours sur ce document.", code="not_held")
        return ended

    return change(desk, wanted)


def replied(desk: Desk, *, note: str = "") -> Run:
    """The customer answered by another way: the machine stops, and asks somebody to answer him. [DR-01]

    Said again while it holds, it is kept once. Raises NotFound.
    """

    def wanted(run: Run, at: datetime) -> Run:
        if _active(run, {HoldKind.REPLY}, at):
            return run
        made = _hold(desk, HoldKind.REPLY, at, note)
        return hold(run, made, at)

    return change(desk, wanted)


def suspend(desk: Desk, *, until: date | None = None, note: str = "") -> Run:
    """The seller says wait: until a day, that day included, or until he says go on. [DR-01, DR-02]

    Raises NotFound, Invalid (`/until`) on a day that is over, Conflict `already_held`.
    """

    def wanted(run: Run, at: datetime) -> Run:
        if until is not None:
            _require_to_come(until, at, "/until")
        _require_none(run, HoldKind.MANUAL, at)
        return hold(run, replace(_hold(desk, HoldKind.MANUAL, at, note), until=until), at)

    return change(desk, wanted)


def resume(desk: Desk) -> Run:
    """Go on after a reply, a word of the seller, or a mail that could not be written.

    Raises NotFound, Conflict `not_held` when nothing of that sort holds it: a dispute, a promise and proceedings end by
    a decision of their own.
    """

    def wanted(run: Run, at: datetime) -> Run:
        resumed = _released(run, RESUMED, Outcome.RESUMED, at)
        if resumed is run:
            raise Conflict("Rien ne suspend les relances de ce document à la main.", code="not_held")
        return resumed

    return change(desk, wanted)


def _active(run: Run, kinds: Collection[HoldKind], at: datetime) -> list[Hold]:
    return [one for one in run.holds if one.kind in kinds and one.holds(at)]


def _released(run: Run, kinds: Collection[HoldKind], outcome: Outcome, at: datetime) -> Run:
    """The run with every one of these ended; a promise whose day is over ends too, and is not broken any more."""
    for one in run.holds:
        if one.kind in kinds and one.ended_at is None:
            run = release(run, one.id, outcome, at)
    return run


def _require_none(run: Run, kind: HoldKind, at: datetime) -> None:
    if _active(run, {kind}, at):
        raise Conflict("Ce document est déjà suspendu pour ce motif.", code="already_held")


def _require_to_come(day: date, at: datetime, pointer: str) -> None:
    if day < civil_date(at):
        message = "Choisissez aujourd’hui ou un jour à venir."
        raise Invalid("Cette date est passée.", faults=[Fault(pointer, message, "past")])


def _hold(desk: Desk, kind: HoldKind, at: datetime, note: str) -> Hold:
    return Hold(id=desk.ctx.new_id("hol"), kind=kind, at=at, by=desk.caller.actor, note=note)
