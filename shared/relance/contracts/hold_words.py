"""What the holds of a document say to a person, in French. [DR-01, DR-02]"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Final

Data = Mapping[str, str]

_OUTCOMES: Final = {
    "founded": "fondé",
    "unfounded": "non fondé",
    "kept": "tenue",
    "broken": "non tenue",
    "cancelled": "annulation",
    "replaced": "remplacée par une autre",
    "resumed": "reprise",
    "entered_again": "le document correspond de nouveau à la requête",
}


def _began(what: str) -> Callable[[Data], str]:
    """What, how much, until when, and the words of whoever wrote it down."""

    def said(data: Data) -> str:
        amount = f" de {data['amount'].replace('.', ',')}" if data.get("amount") else ""
        until = f" jusqu’au {date.fromisoformat(data['until']):%d/%m/%Y}" if data.get("until") else ""
        note = f" : {data['note']}" if data.get("note") else ""
        return f"{what}{amount}{until}{note}"

    return said


def _promised(data: Data) -> str:
    amount = f" de {data['amount'].replace('.', ',')}" if data.get("amount") else ""
    note = f" : {data['note']}" if data.get("note") else ""
    return f"Promesse de paiement{amount} pour le {date.fromisoformat(data['until']):%d/%m/%Y}{note}"


def _ended(what: str) -> Callable[[Data], str]:
    def said(data: Data) -> str:
        outcome = data.get("outcome", "")
        return f"{what} ({_OUTCOMES.get(outcome, outcome)})" if outcome else what

    return said


HOLD_WORDS: Final[Mapping[str, Callable[[Data], str]]] = {
    "hold.dispute": _began("Litige ouvert"),
    "hold.dispute.ended": _ended("Litige clos"),
    "hold.promise": _promised,
    "hold.promise.ended": _ended("Fin de la promesse de paiement"),
    "hold.reply": _began("Réponse du client notée, relances arrêtées"),
    "hold.reply.ended": _ended("Relances après la réponse du client"),
    "hold.manual": _began("Relances suspendues"),
    "hold.manual.ended": _ended("Fin de la suspension des relances"),
    "hold.incomplete": _began("Courriel impossible à rédiger, relances en attente"),
    "hold.incomplete.ended": _ended("Courriel complété"),
    "hold.insolvency": _began("Procédure collective, relances arrêtées"),
    "hold.insolvency.ended": _ended("Fin de la procédure collective"),
}
