"""A consumer withdraws (rétractation), by the function that the law wants on the page where he accepted.

Two steps: a statement that he may change, then « confirmer la rétractation ». Once it is stored nobody is bound, the
document's run is due at once, and its first mail is the acknowledgement with content, date and hour: were we to crash
in between, the sweep finds the run. Code de la consommation L221-21, D221-5, checked 2026-11. [W-02, W-05]
"""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from relance.app.answering import woken
from relance.app.context import Context
from relance.app.journaling import Decision, again, commit
from relance.app.viewing import Door, Shown, customer_of, quote_of
from relance.domain.calendar_fr import civil_date, to_ms
from relance.domain.chain.canonical import Json, canonical
from relance.domain.chain.event import Fact, Ref
from relance.domain.errors import Conflict, Fault, Invalid, Rejected
from relance.domain.journal import Head
from relance.domain.party_checks import email_fault
from relance.domain.quote import Quote, Withdrawal
from relance.domain.quote import withdraw as withdrawn
from relance.domain.signature import MAX_NAME, one_line, several_lines


class WithdrawalUnconfirmed(Rejected):
    """The statement is complete; it takes effect when it is confirmed. D221-5. [W-02]"""

    code = "withdrawal_unconfirmed"

    def __init__(self, statement: "Statement") -> None:
        super().__init__("Vérifiez votre déclaration, puis confirmez votre rétractation.")
        self.statement = statement


@dataclass(frozen=True, slots=True)
class Statement:
    """Who withdraws, where the acknowledgement goes, and in which words."""

    name: str
    email: str
    text: str


def withdraw(
    ctx: Context, door: Door, token: str, shown: Shown, statement: Statement, *, confirmed: bool = False
) -> Quote:
    """The quote, withdrawn, with the fact `quote.withdrawn`: the journal learns the hash of the statement, not it.

    Raises NotFound, Forbidden `form_expired`, Invalid (`/name`, `/email`, `/statement`), WithdrawalUnconfirmed until
    `confirmed`, Conflict `quote_withdrawn` the second time, `no_withdrawal` without the right or after the period.
    """
    link = door.link(token)
    door.require_shown(token, shown)
    salt = ctx.entropy.bytes(16).hex()

    def decide(_head: Head, at: datetime) -> Decision:
        quote = quote_of(ctx, link)
        clean = _require_complete(statement)
        withdrawal = _withdrawal(quote, clean, at, salt)
        wanted = withdrawn(quote, withdrawal, civil_date(at))
        if shown.document_sha256 != quote.pdf_sha256:
            raise Conflict("Cette page n’est plus à jour : rechargez-la, puis recommencez.", code="other_version")
        if not confirmed:
            raise WithdrawalUnconfirmed(clean)
        assert quote.acceptance is not None, "what may be withdrawn was accepted"
        fact = Fact(
            "quote.withdrawn",
            Ref("quote", quote.id, quote.number),
            "customer",
            {
                "number": quote.number,
                "version": quote.version,
                "content_sha256": quote.content_sha256,
                "acceptance_sha256": quote.acceptance.evidence_sha256,
                "evidence_sha256": withdrawal.evidence_sha256,
            },
        )
        return Decision(answer=wanted, puts=(wanted, *woken(ctx, quote, at)), facts=(fact,))

    return again(lambda: commit(ctx, customer_of(link), None, Quote, decide))


def _require_complete(statement: Statement) -> Statement:
    name, email, faults = one_line(statement.name), one_line(statement.email), []
    text = several_lines(statement.text, "/statement")
    if not any(c.isalpha() for c in name) or len(name) > MAX_NAME:
        faults.append(Fault("/name", "Indiquez votre nom et votre prénom.", "missing"))
    if not email or email_fault(email):
        faults.append(Fault("/email", "Indiquez l’adresse où vous envoyer l’accusé de réception.", "invalid"))
    if not text:
        faults.append(Fault("/statement", "Dites que vous vous rétractez du contrat.", "missing"))
    if faults:
        raise Invalid("Il manque quelque chose à votre déclaration.", faults=faults)
    return Statement(name, email, text)


def _withdrawal(quote: Quote, statement: Statement, at: datetime, salt: str) -> Withdrawal:
    evidence: dict[str, Json] = {
        "number": quote.number,
        "version": quote.version,
        "name": statement.name,
        "email": statement.email,
        "statement": statement.text,
        "at": to_ms(at),
        "salt": salt,
    }
    return Withdrawal(
        at=at,
        name=statement.name,
        email=statement.email,
        statement=statement.text,
        evidence_sha256=sha256(canonical(evidence)).hexdigest(),
        salt=salt,
    )
