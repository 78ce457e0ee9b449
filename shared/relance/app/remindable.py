"""Whether a person may have a document reminded of now, asked of the very function that the machine will ask.

So nothing is promised that will not happen: what would make the machine wait or stop is said at once, in words. [KB-25]
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from relance.app.context import Context
from relance.app.ports.scenarios import PublishedScenarios
from relance.app.situation import situation
from relance.domain.calendar_fr import civil_date
from relance.domain.errors import Conflict, Fault, Invalid
from relance.domain.invoice import Invoice
from relance.domain.party import CustomerKind
from relance.domain.quote import Quote
from relance.domain.reminder.decide import Done, Stop, Wait, decide
from relance.domain.reminder.proposal import Proposal
from relance.domain.reminder.run import Run
from relance.domain.reminder.scenario import DocumentKind

# The tone of each mail that a person may send by himself; a formal notice is a letter, and made as one. [DR-14]
_LEVELS: Final[Mapping[DocumentKind, Mapping[str, int]]] = {
    DocumentKind.QUOTE: {
        "quote_reminder_unseen": 0,
        "quote_reminder": 1,
        "quote_reminder_viewed": 1,
        "quote_expiring": 1,
    },
    DocumentKind.INVOICE: {
        "invoice_courtesy": 0,
        "invoice_overdue": 1,
        "invoice_deposit": 1,
        "invoice_deposit_last": 2,
        "invoice_firm": 2,
        "invoice_formal": 3,
    },
}
_SOFTER: Final = frozenset({"invoice_firm", "invoice_formal"})  # consumers get another text: no fee is theirs [DU-01]

_WHY: Final[Mapping[str, str]] = {
    "paid": "Cette facture est réglée : il n’y a plus rien à relancer.",
    "credited": "Un avoir a soldé cette facture : il n’y a plus rien à relancer.",
    "credit_note": "Un avoir ne se relance pas.",
    "replaced": "Ce document a été remplacé : relancez celui qui l’a remplacé.",
    "accepted": "Ce devis est accepté : il n’y a plus rien à relancer.",
    "refused": "Le client a refusé ce document : il n’est plus relancé.",
    "withdrawn": "Le client s’est rétracté : ce devis n’est plus relancé.",
    "cancelled": "Vous avez annulé ce devis.",
    "not_retained": "Une autre variante de ce devis a été acceptée.",
    "expired": "Ce devis a expiré : prolongez-le d’abord.",
    "dispute": "Un litige est ouvert sur ce document : clôturez-le d’abord.",
    "promise": "Le client a promis de payer : attendez la date convenue, ou mettez fin à la promesse.",
    "reply": "Le client a répondu : reprenez d’abord les relances de ce document.",
    "manual": "Les relances de ce document sont suspendues : reprenez-les d’abord.",
    "incomplete": "Un courriel de ce document n’a pas pu être rédigé : complétez ce qui manque d’abord.",
    "insolvency": "Une procédure collective est ouverte : plus aucune relance n’est permise.",
    "excluded": "Ce client est exclu des relances : changez d’abord sa fiche.",
    "on_hold": "Les relances de ce client sont suspendues : reprenez-les d’abord.",
    "bounced": "L’adresse de ce client refuse les courriels : corrigez-la d’abord.",
    "complained": "Ce client a signalé vos courriels comme indésirables : téléphonez-lui.",
    "undelivered": "Le document n’a pas pu être remis à cette adresse : corrigez-la d’abord.",
    "unsubscribed": "Ce client ne veut plus recevoir de relance de devis.",
    "viewed": "Le scénario de ce document s’arrête dès qu’il est consulté : choisissez-en un autre d’abord.",
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to write: a template ("" takes the one that suits the document's state), and words in place of its own."""

    template: str = ""
    subject: str = ""
    body: str = ""


def words_for(document: Quote | Invoice, wanted: str, now: datetime) -> tuple[str, int]:
    """The template and its level. Raises Invalid (`/template`) on one that is for other documents."""
    kind = DocumentKind.QUOTE if isinstance(document, Quote) else DocumentKind.INVOICE
    if wanted:
        name = wanted
    elif isinstance(document, Quote):
        name = "quote_reminder"
    else:
        name = "invoice_overdue" if document.is_overdue(civil_date(now)) else "invoice_courtesy"
    if name not in _LEVELS[kind]:
        choices = ", ".join(_LEVELS[kind])
        message = f"Ce modèle n’est pas une relance de ce type de document. Choisissez parmi : {choices}."
        raise Invalid("Ce modèle ne convient pas.", faults=[Fault("/template", message, "template")])
    content = document.content
    is_consumer = content is not None and content.buyer.kind is CustomerKind.CONSUMER
    return (f"{name}_consumer" if is_consumer and name in _SOFTER else name), _LEVELS[kind][name]


def require_remindable(ctx: Context, run: Run, wanted: Proposal, published: PublishedScenarios) -> None:
    """Raise Conflict with the reason, in French, when the machine would not send `wanted`. Raises NotFound."""
    found = situation(ctx, run.tenant, run.document_kind, run.id, published, run=run)
    if found.facts.closed:  # what it makes us tell may still be on its way: that is no reminder
        raise _refused(found.facts.closed)
    around = replace(found.around, proposals={**found.around.proposals, wanted.step: wanted})
    match decide(found.facts, found.scenario, found.claims, found.now, around):
        case Wait(why=reason) | Stop(reason=reason):
            raise _refused(reason)
        case Done():
            raise Conflict("Il est trop tard pour relancer ce document.", code="not_remindable_too_late")
        case _:
            return  # it is sent next, or after what must go before it


def _refused(reason: str) -> Conflict:
    told = _WHY.get(reason, f"Les relances de ce document sont en pause (motif : {reason}).")
    return Conflict(told, code=f"not_remindable_{reason}")
