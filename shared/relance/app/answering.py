"""The customer's answer: « Bon pour accord », a refusal, or a question.

An answer binds whoever holds the link and the page: it names the SHA-256 of the PDF that was shown, and its form token
proves that this very page was shown through this very link. The acceptance is a simple electronic signature (eIDAS art.
25, C. civ. 1366-1367): its worth is the evidence kept with it. Checked 2026-11. [Q-03, Q-04, Q-05, Q-07, Q-08, T-12]
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import TypeVar

from relance.app.context import Context
from relance.app.journaling import Decision, again, commit
from relance.app.launching import launch_run
from relance.app.noticing import noticed
from relance.app.ports.activity import ActivityKind, ActivityLog
from relance.app.ports.outside import Executions
from relance.app.ports.store import Commit
from relance.app.variants import not_retained, not_retained_fact
from relance.app.viewing import Door, Shown, customer_of, quote_of
from relance.domain.calendar_fr import civil_date
from relance.domain.chain.event import Fact, Ref
from relance.domain.choices import agreed, decided
from relance.domain.content import printed
from relance.domain.errors import Conflict, Fault, Invalid, Rejected
from relance.domain.evidence import evidence_sha256
from relance.domain.journal import Head
from relance.domain.links import Link
from relance.domain.party import CustomerKind
from relance.domain.quote import Acceptance, Choice, Quote, Refusal, require_open
from relance.domain.quote import accept as accepted
from relance.domain.quote import refuse as refused
from relance.domain.reminder.run import Asked, Run, ask, wake
from relance.domain.signature import require_signed, several_lines

_MAX_AGENT = 500
_ATTEMPTS = 3  # the page's own beacon may date the first view at the instant of the answer

T = TypeVar("T")


class ConfirmationNeeded(Rejected):
    """A consumer checks what he orders and its total, then confirms: two steps. C. civ. 1127-2. [Q-08]"""

    code = "confirmation_needed"


@dataclass(frozen=True, slots=True)
class Signed:
    """What the customer typed and ticked. `choices` None: the page offered none, or he leaves them as proposed.

    `early_start`: he expressly asks that the service begin before his withdrawal period ends. [W-04]
    """

    name: str
    mention: str
    choices: Sequence[Choice] | None = None
    early_start: bool = False


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
    signed: Signed,
    *,
    confirmed: bool = False,
) -> Quote:
    """The quote, accepted: one transaction with the fact `quote.accepted`, which holds the whole contract.

    The customer's choices are applied to what was sent and summed up here; what his browser showed does not matter.
    Variants of the same need that still wait for an answer are closed with it. Raises NotFound, Forbidden
    `form_expired`, Invalid (`/name`, `/mention`, `/quantity-{line}`, …), ConfirmationNeeded (consumers, until
    `confirmed`), Conflict: `quote_accepted`, `quote_expired`, `quote_replaced`, `quote_cancelled`, `quote_refused`,
    `other_version`. After an error nothing is accepted, except after OutcomeUnknown.
    """
    link = door.link(token)
    door.require_shown(token, shown)
    salt = ctx.entropy.bytes(16).hex()

    def decide(_head: Head, at: datetime) -> Decision:
        quote = quote_of(ctx, link)
        offered = require_open(quote, civil_date(at))
        name, mention = require_signed(signed.name, signed.mention)
        choices = decided(offered.lines, signed.choices)
        contract = agreed(offered, choices) if choices else offered
        if offered.buyer.kind is CustomerKind.CONSUMER and not confirmed:
            raise ConfirmationNeeded("Vérifiez votre commande et son montant, puis confirmez-la.")
        clean = replace(signed, name=name, mention=mention, choices=choices)
        acceptance = _acceptance(quote, clean, at, shown, visitor, salt)
        wanted = replace(accepted(quote, acceptance, civil_date(at)), accepted_content=contract if choices else None)
        written = printed(contract)
        siblings = not_retained(ctx, wanted, at)
        fact = Fact(
            "quote.accepted",
            Ref("quote", quote.id, quote.number),
            "customer",
            {
                "number": quote.number,
                "version": quote.version,
                "content": written.json,
                "content_sha256": written.sha256,
                "offer_sha256": quote.content_sha256,
                "pdf_sha256": quote.pdf_sha256,
                "name": acceptance.name,
                "mention": acceptance.mention,
                "evidence_sha256": acceptance.evidence_sha256,
                "early_start": acceptance.early_start,
                "customer_id": quote.customer_id,
            },
        )
        closed = [not_retained_fact(sibling, wanted) for sibling in siblings]
        return Decision(answer=wanted, puts=(wanted, *siblings, *woken(ctx, quote, at)), facts=(fact, *closed))

    return again(lambda: commit(ctx, customer_of(link), None, Quote, decide))


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
        return Decision(answer=wanted, puts=(wanted, *woken(ctx, quote, at)), facts=(fact,))

    return again(lambda: commit(ctx, customer_of(link), None, Quote, decide))


def announce(ctx: Context, quote: Quote, executions: Executions) -> None:
    """Start the turn of the run that tells both sides about an answer; when nobody answers, the sweep will.

    Two copies of what was agreed: one is the customer's. [Q-04]
    """
    run = ctx.store.get(quote.tenant, Run, quote.id)
    if run is not None:
        launch_run(executions, run)


def question(
    ctx: Context, door: Door, token: str, shown: Shown, activity: ActivityLog, executions: Executions, *, text: str
) -> None:
    """Keep a question in the document's file and have its seller told; the same one twice in a minute is one question.

    Raises NotFound, Forbidden `form_expired`, Invalid `/text`. No legal fact: a question answers nothing. If we crash
    between the two, the question is in the timeline and no mail announces it.
    """
    link = door.link(token)
    door.require_shown(token, shown)
    clean = several_lines(text, "/text")
    if not clean:
        raise Invalid("Écrivez votre question.", faults=[Fault("/text", "Écrivez votre question.", "missing")])
    now = ctx.clock.now()
    subject = sha256(clean.encode()).hexdigest()[:16]
    activity.record(
        noticed(
            ActivityKind.QUESTION,
            now,
            tenant=link.tenant,
            document_kind=link.document_kind,
            document_id=link.document_id,
            subject=subject,
            data={"text": clean},
        )
    )
    asked = Asked(subject, now, clean)
    run = again(lambda: _asked(ctx, link, asked))
    if run is not None:
        launch_run(executions, run)


def _asked(ctx: Context, link: Link, asked: Asked) -> Run | None:
    """The run that tells the seller, stored; None when there is nobody to tell it, or he was told already."""
    run = ctx.store.get(link.tenant, Run, link.document_id)
    if run is None or (told := ask(run, asked, ctx.clock.now())) is run:
        return None
    ctx.store.commit(Commit(link.tenant, ctx.entropy.bytes(16).hex(), puts=(told,)))
    return told


def _acceptance(quote: Quote, signed: Signed, at: datetime, shown: Shown, visitor: Visitor, salt: str) -> Acceptance:
    assert quote.content is not None, "it was open"
    acceptance = Acceptance(
        name=signed.name,
        mention=signed.mention,
        at=at,
        document_sha256=shown.document_sha256,
        version=quote.version,
        ip=visitor.ip,
        user_agent=visitor.user_agent[:_MAX_AGENT],
        evidence_sha256="",
        salt=salt,
        choices=tuple(signed.choices or ()),
        early_start=signed.early_start,
    )
    return replace(acceptance, evidence_sha256=evidence_sha256(acceptance, quote.content.general_terms))


def woken(ctx: Context, quote: Quote, at: datetime) -> tuple[Run, ...]:
    """The run of the document, due now: reminders stop with this transaction, and both sides are told. [DR-01]"""
    run = ctx.store.get(quote.tenant, Run, quote.id)
    return () if run is None else (wake(run, at),)
