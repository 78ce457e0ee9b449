"""The customer's answer: « Bon pour accord », a refusal, or a question.

An answer binds whoever holds the link and the page: it names the SHA-256 of the PDF that was shown, and its form token
proves that this very page was shown through this very link. The acceptance is a simple electronic signature (eIDAS art.
25, C. civ. 1366-1367): its worth is the evidence kept with it. Checked 2026-11. [Q-03, Q-04, Q-05, Q-07, Q-08, T-12]
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import TypeVar

from relance.app.context import Context
from relance.app.journaling import Decision, commit
from relance.app.noticing import noticed
from relance.app.ports.activity import ActivityKind, ActivityLog
from relance.app.ports.outside import Executions
from relance.app.ports.store import EntityMoved
from relance.app.viewing import Door, Shown, customer_of, quote_of
from relance.domain.calendar_fr import civil_date, to_ms
from relance.domain.chain.canonical import Json, canonical
from relance.domain.chain.event import Fact, Ref
from relance.domain.content import content_json
from relance.domain.errors import Conflict, Fault, Invalid, Rejected, Retry
from relance.domain.journal import Head
from relance.domain.party import CustomerKind
from relance.domain.quote import Acceptance, Quote, Refusal, require_open
from relance.domain.quote import accept as accepted
from relance.domain.quote import refuse as refused
from relance.domain.reminder.run import Run, wake
from relance.domain.signature import require_signed, several_lines

_MAX_AGENT = 500
_ATTEMPTS = 3  # the page's own beacon may date the first view at the instant of the answer

T = TypeVar("T")


class ConfirmationNeeded(Rejected):
    """A consumer checks what he orders and its total, then confirms: two steps. C. civ. 1127-2. [Q-08]"""

    code = "confirmation_needed"


@dataclass(frozen=True, slots=True)
class Visitor:
    """Where an answer came from: evidence, kept beside the quote and never in the journal."""

    ip: str
    user_agent: str


def accept(
    ctx: Context,
    door: Door,
    token: str,
    shown: Shown,
    visitor: Visitor,
    *,
    name: str,
    mention: str,
    confirmed: bool = False,
) -> Quote:
    """The quote, accepted: one transaction with the fact `quote.accepted`, which holds all that was printed.

    Raises NotFound, Forbidden `form_expired`, Invalid (`/name`, `/mention`), ConfirmationNeeded (consumers, until
    `confirmed`), Conflict: `quote_accepted`, `quote_expired`, `quote_replaced`, `quote_cancelled`, `quote_refused`,
    `other_version`. After an error nothing is accepted, except after OutcomeUnknown.
    """
    link = door.link(token)
    door.require_shown(token, shown)
    salt = ctx.entropy.bytes(16).hex()

    def decide(_head: Head, at: datetime) -> Decision:
        quote = quote_of(ctx, link)
        content = require_open(quote, civil_date(at))
        signed_name, signed_mention = require_signed(name, mention)
        if content.buyer.kind is CustomerKind.CONSUMER and not confirmed:
            raise ConfirmationNeeded("Vérifiez votre commande et son montant, puis confirmez-la.")
        acceptance = _acceptance(quote, signed_name, signed_mention, at, shown, visitor, salt)
        wanted = accepted(quote, acceptance, civil_date(at))
        fact = Fact(
            "quote.accepted",
            Ref("quote", quote.id, quote.number),
            "customer",
            {
                "number": quote.number,
                "version": quote.version,
                "content": content_json(content),
                "content_sha256": quote.content_sha256,
                "pdf_sha256": quote.pdf_sha256,
                "name": acceptance.name,
                "mention": acceptance.mention,
                "evidence_sha256": acceptance.evidence_sha256,
            },
        )
        return Decision(answer=wanted, puts=(wanted, *_woken(ctx, quote, at)), facts=(fact,))

    return _again(lambda: commit(ctx, customer_of(link), None, Quote, decide))


def refuse(ctx: Context, door: Door, token: str, shown: Shown, *, reason: str = "") -> Quote:
    """The quote, refused. The reason stays beside the quote; the journal only learns that it was refused.

    Raises NotFound, Forbidden `form_expired`, Invalid `/reason`, Conflict when there is nothing left to answer.
    """
    link = door.link(token)
    door.require_shown(token, shown)
    clean = several_lines(reason, "/reason")

    def decide(_head: Head, at: datetime) -> Decision:
        quote = quote_of(ctx, link)
        require_open(quote, civil_date(at))
        if shown.document_sha256 != quote.pdf_sha256:
            raise Conflict(
                "Le document affiché n’est pas la version en vigueur : rechargez la page.", code="other_version"
            )
        wanted = refused(quote, Refusal(at, clean), civil_date(at))
        fact = Fact(
            "quote.refused",
            Ref("quote", quote.id, quote.number),
            "customer",
            {"number": quote.number, "version": quote.version, "content_sha256": quote.content_sha256},
        )
        return Decision(answer=wanted, puts=(wanted, *_woken(ctx, quote, at)), facts=(fact,))

    return _again(lambda: commit(ctx, customer_of(link), None, Quote, decide))


def announce(ctx: Context, quote: Quote, executions: Executions) -> None:
    """Start the turn of the run that tells both sides about an answer; when nobody answers, the sweep will.

    Two copies of what was agreed: one is the customer's. [Q-04]
    """
    run = ctx.store.get(quote.tenant, Run, quote.id)
    if run is None:
        return
    try:
        executions.start(quote.tenant, "quote", quote.id, run.turn)
    except Retry:
        return


def question(ctx: Context, door: Door, token: str, shown: Shown, activity: ActivityLog, *, text: str) -> None:
    """Keep a question in the document's file; the same one twice within a minute is one question.

    Raises NotFound, Forbidden `form_expired`, Invalid `/text`. No legal fact: a question answers nothing.
    """
    link = door.link(token)
    door.require_shown(token, shown)
    clean = several_lines(text, "/text")
    if not clean:
        raise Invalid("Écrivez votre question.", faults=[Fault("/text", "Écrivez votre question.", "missing")])
    activity.record(
        noticed(
            ActivityKind.QUESTION,
            ctx.clock.now(),
            tenant=link.tenant,
            document_kind=link.document_kind,
            document_id=link.document_id,
            subject=sha256(clean.encode()).hexdigest()[:16],
            data={"text": clean},
        )
    )


def _acceptance(
    quote: Quote, name: str, mention: str, at: datetime, shown: Shown, visitor: Visitor, salt: str
) -> Acceptance:
    evidence: dict[str, Json] = {
        "name": name,
        "mention": mention,
        "document_sha256": shown.document_sha256,
        "version": quote.version,
        "ip": visitor.ip,
        "user_agent": visitor.user_agent[:_MAX_AGENT],
        "salt": salt,
    }
    return Acceptance(
        name=name,
        mention=mention,
        at=at,
        document_sha256=shown.document_sha256,
        version=quote.version,
        ip=visitor.ip,
        user_agent=visitor.user_agent[:_MAX_AGENT],
        evidence_sha256=sha256(canonical(evidence | {"at": to_ms(at)})).hexdigest(),
        salt=salt,
    )


def _woken(ctx: Context, quote: Quote, at: datetime) -> tuple[Run, ...]:
    """The run of the document, due now: reminders stop with this transaction, and both sides are told. [DR-01]"""
    run = ctx.store.get(quote.tenant, Run, quote.id)
    return () if run is None else (wake(run, at),)


def _again(write: Callable[[], T]) -> T:
    """Once more when the quote changed between reading and writing; what is decided then is decided on what it is."""
    for _ in range(_ATTEMPTS - 1):
        try:
            return write()
        except EntityMoved:
            continue
    return write()
