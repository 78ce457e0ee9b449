"""What will be sent, on the wire: the calendar of the next sixty days with the words of each mail. [DR-11]"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Final

import msgspec

from relance.contracts.fields import Word
from relance.contracts.parse import Body
from relance.domain.calendar_fr import PARIS
from relance.domain.reminder.forecast import Outlook
from relance.domain.reminder.run import Skipped
from relance.domain.reminder.scenario import Action, Approval, DocumentKind


class PreviewBody(Body, frozen=True, kw_only=True):
    """Which documents to look at: with `in_place_of` (a scenario's name), only those that follow that one now."""

    in_place_of: Annotated[str, msgspec.Meta(max_length=80)] = ""
    limit: Annotated[int, msgspec.Meta(ge=1, le=50)] = 25
    cursor: Word | None = None


class JoinedView(msgspec.Struct, frozen=True):
    """A step of another document, which the same mail carries out."""

    document_id: str
    number: str
    step: str
    level: int


class ForeseenView(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that will be done. `at` is an instant, `day` its civil date in Paris.

    `approval` is who is asked first: it is shown as if he said yes at once. `subject` and `text` are a mail's words;
    `problem` says why they cannot be written as things are: the reminder would be held. `owed` are the numbers of the
    invoices that the mail asks for together.
    """

    at: datetime
    day: date
    document_id: str
    number: str
    step: str
    action: Action
    template: str
    level: int
    approval: Approval
    said: str
    title: str
    subject: str
    text: str
    problem: str
    joined: tuple[JoinedView, ...]
    owed: tuple[str, ...]


class SkippedView(msgspec.Struct, frozen=True):
    """A step that will not be carried out, and why, in a word and in French."""

    step: str
    reason: str
    said: str


class OutlookView(msgspec.Struct, frozen=True, kw_only=True):
    """A document, what will be done about it, and why no more. `over`: how its following ends by then, "" if not.

    `why` is what it waits for, until `until`; `said` tells it in French.
    """

    document_id: str
    kind: DocumentKind
    number: str
    customer: str
    scenario_id: str
    over: str
    why: str
    until: datetime | None
    said: str
    foreseen: tuple[ForeseenView, ...]
    skipped: tuple[SkippedView, ...]


class PreviewView(msgspec.Struct, frozen=True, kw_only=True):
    """Document by document, from `since` to `until`. `left_out` are documents that could not be read."""

    scenario_id: str
    since: datetime
    until: datetime
    items: tuple[OutlookView, ...]
    left_out: tuple[str, ...]
    cursor: str | None


_OVER: Final[Mapping[str, str]] = {
    "done": "Toutes les étapes auront eu lieu : plus rien ne partira.",
    "paid": "Facture réglée : plus rien ne partira.",
    "credited": "Un avoir a soldé la facture : plus rien ne partira.",
    "credit_note": "Un avoir ne se relance pas.",
    "replaced": "Document remplacé : les relances suivent celui qui le remplace.",
    "accepted": "Devis accepté : plus rien ne partira.",
    "refused": "Document refusé : plus rien ne partira.",
    "withdrawn": "Le client s’est rétracté : plus rien ne partira.",
    "cancelled": "Devis annulé : plus rien ne partira.",
    "not_retained": "Une autre variante a été acceptée : plus rien ne partira.",
    "expired": "Le devis aura expiré sans réponse : plus rien ne partira.",
    "viewed": "Le client a consulté le document : le scénario s’arrête là.",
    "reply": "Le client a répondu : à vous de jouer, plus rien ne partira.",
    "dispute": "Un litige est ouvert : le scénario s’arrête là.",
    "promise": "Le client a promis de payer : le scénario s’arrête là.",
    "insolvency": "Une procédure collective est ouverte : plus rien ne partira.",
    "complained": "Le client a signalé un courriel comme indésirable : plus rien ne partira.",
    "undelivered": "Le document n’a pas pu être remis : plus rien ne partira.",
    "unsubscribed": "Le client ne veut plus de relance de devis : plus rien ne partira.",
}
_WHY: Final[Mapping[str, str]] = {
    "dispute": "Suspendu : un litige est ouvert.",
    "promise": "Suspendu : le client a promis de payer.",
    "manual": "Suspendu : vous l’avez demandé.",
    "incomplete": "Suspendu : un courriel n’a pas pu être rédigé, il y manque une donnée.",
    "bounced": "Suspendu : l’adresse du client refuse les courriels.",
    "excluded": "Suspendu : ce client est exclu des relances.",
    "on_hold": "Suspendu : les relances de ce client sont arrêtées.",
    "approval": "Une relance attend votre validation.",
    "gap": "Une relance attend son tour : trois jours au moins séparent deux relances à un même client.",
}
_SKIPPED: Final[Mapping[str, str]] = {
    "condition": "Sa condition n’est pas remplie.",
    "superseded": "Une étape plus récente a pris sa place.",
    "too_late": "Le document ne sera plus valable à cette date.",
    "amount": "Le montant en jeu est trop faible.",
    "level": "Ce niveau n’est pas prévu pour ce client.",
    "cap": "Le nombre maximal de relances de ce document est atteint.",
    "declined": "Cette relance a été écartée, ou personne ne l’a validée à temps.",
}
_DONE: Final[Mapping[Action, str]] = {
    Action.EMAIL: "Courriel",
    Action.LETTER: "Lettre à poster",
    Action.TASK: "Tâche pour vous",
    Action.WEBHOOK: "Appel de votre système",
}


def said_of(action: Action, approval: Approval, at: datetime) -> str:
    """« Courriel le 07/12/2026 à 09:30, après votre validation »."""
    local = at.astimezone(PARIS)
    asked = "" if approval is Approval.AUTO else ", après votre validation"
    return f"{_DONE[action]} le {local:%d/%m/%Y} à {local:%H:%M}{asked}"


def said_of_outlook(outlook: Outlook) -> str:
    """How the following of a document goes on after what is foreseen, in one French sentence."""
    if outlook.over:
        return _OVER.get(outlook.over, f"Terminé ({outlook.over}) : plus rien ne partira.")
    if outlook.why:
        return _WHY.get(outlook.why, f"Suspendu ({outlook.why}).")
    if outlook.until is None:
        return "Rien n’est prévu."
    return f"Prochaine étape après cette période, le {outlook.until.astimezone(PARIS):%d/%m/%Y}."


def skipped_view(skipped: Skipped) -> SkippedView:
    """A step that will not be carried out."""
    return SkippedView(skipped.step, skipped.reason, _SKIPPED.get(skipped.reason, skipped.reason))
