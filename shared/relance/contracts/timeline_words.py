"""What an entry of a timeline says to a person, in French: one sentence for each type of entry."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Final

Data = Mapping[str, str]


def sentence(type: str, data: Data) -> str:
    """The sentence of an entry; its bare type when nobody has worded it yet."""
    words = _WORDS.get(type)
    if words is None:
        return type
    return words if isinstance(words, str) else words(data)


def _day(iso: str) -> str:
    return date.fromisoformat(iso).strftime("%d/%m/%Y")


def _sent(data: Data) -> str:
    version = f", version {data['version']}" if data.get("version", "1") != "1" else ""
    return f"Devis {data['number']}{version} envoyé"


def _accepted(data: Data) -> str:
    said = f"Accepté par {data['name']} (signature électronique simple)"
    until = data.get("withdrawal_until")
    if until == "receipt":
        said += " ; rétractation possible jusqu’à 14 jours après réception des biens"
    elif until:
        said += f" ; rétractation possible jusqu’au {_day(until)} inclus"
    return said + (" ; début anticipé demandé" if data.get("early_start") else "")


def _refused(data: Data) -> str:
    return f"Refusé : {data['reason']}" if data.get("reason") else "Refusé, sans motif indiqué"


def _refund(data: Data) -> str:
    credit = " établir l’avoir des acomptes facturés et" if data.get("invoices") else ""
    return f"À faire :{credit} rembourser les sommes reçues avant le {_day(data['before'])} inclus"


def _amended(verb: str) -> Callable[[Data], str]:
    return lambda data: f"Avenant {data['number']} {verb}".replace("  ", " ")


def _mail(verb: str) -> Callable[[Data], str]:
    return lambda data: f"{_MAILS.get(data.get('step', ''), _question(data.get('step', '')))} : {verb}"


def _question(step: str) -> str:
    return "Avis de question au vendeur" if step.startswith("question_") else f"Relance « {step} »"


_MAILS: Final = {
    "delivery": "Envoi du document",
    "accepted_copy": "Exemplaire du client",
    "withdrawal_receipt": "Accusé de réception de la rétractation",
    "accepted_news": "Avis d’acceptation au vendeur",
    "refused_news": "Avis de refus au vendeur",
    "withdrawn_news": "Avis de rétractation au vendeur",
}
_WORDS: Final[Mapping[str, str | Callable[[Data], str]]] = {
    "quote.drafted": "Brouillon créé",
    "quote.sent": _sent,
    "quote.extended": lambda data: f"Validité prolongée jusqu’au {_day(data['until'])}",
    "quote.accepted": _accepted,
    "quote.refused": _refused,
    "quote.withdrawn": lambda data: f"Rétractation de {data['name']}",
    "task.refund": _refund,
    "quote.cancelled": "Annulé par son émetteur",
    "quote.replaced": "Remplacé par une version plus récente",
    "quote.not_retained": "Non retenu : une autre variante a été acceptée",
    "amendment.drafted": _amended("en préparation"),
    "amendment.sent": _amended("envoyé"),
    "amendment.accepted": _amended("accepté"),
    "amendment.refused": _amended("refusé"),
    "amendment.withdrawn": _amended("rétracté"),
    "invoice.drafted": "Brouillon créé",
    "invoice.issued": lambda data: f"Facture {data['number']} émise",
    "payment.recorded": lambda data: f"Règlement de {data['amount'].replace('.', ',')} reçu",
    "sent": _mail("parti"),
    "delivered": _mail("remis au serveur du destinataire"),
    "bounced": _mail("rejeté par le serveur du destinataire"),
    "complained": _mail("signalé comme indésirable"),
    "opened": "Courriel chargé : ouverture possible",
    "viewed": "Page consultée",
    "question": lambda data: f"Question du client : {data['text']}",
}
