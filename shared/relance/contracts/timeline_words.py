"""What an entry of a timeline says to a person, in French: one sentence for each type of entry."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Final

from relance.contracts.hold_words import HOLD_WORDS

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


def _left(data: Data) -> str:
    """That a step was carried out, and by whose word."""
    done = _DONE.get(data.get("action", "email"), "parti")
    return _mail(f"{done}, validé par {data['by'].removeprefix('user:')}" if data.get("by") else done)(data)


def _question(step: str) -> str:
    if step.startswith("again_"):
        first = step.removeprefix("again_").partition("_")[2]
        return f"{_MAILS.get(first, _question(first))} (renvoi)"
    return next((said for prefix, said in _FAMILIES if step.startswith(prefix)), f"Relance « {step} »")


def _hit(by: Mapping[str, str]) -> Callable[[Data], str]:
    """A hit in the words of its class, with how sure we are when it may be a person, and why we think so. [T-10]"""

    def said(data: Data) -> str:
        kind = data.get("class", "human_probable")
        words = by.get(kind, by["bot"])
        if kind == "human_probable" and (sure := data.get("confidence")):
            words += f" (confiance {sure} %)"
        why = ", ".join(_REASONS.get(reason, reason) for reason in data.get("reasons", "").split())
        return f"{words} : {why}" if why else words

    return said


def _consent(data: Data) -> str:
    said = _CONSENTS.get(data["tracking"], data["tracking"])
    proof = ", ".join(
        filter(None, (data.get("source"), f"texte {data['text_version']}" if data.get("text_version") else ""))
    )
    return f"{said} ({proof})" if proof else said


def _opened_last(data: Data) -> str:
    return f"Dernière ouverture connue d’un courriel : le {_day(data['day'])}"


_DONE: Final = {"task": "tâche créée", "letter": "lettre préparée", "webhook": "votre système a été prévenu"}
_CONSENTS: Final = {
    "none": "Suivi d’ouverture : aucun choix",
    "deliverability": "Suivi d’ouverture limité au jour de la dernière ouverture",
    "consented": "Suivi d’ouverture accepté",
    "refused": "Suivi d’ouverture refusé",
    "withdrawn": "Consentement au suivi d’ouverture retiré",
}
_FAMILIES: Final = (
    ("question_", "Avis de question au vendeur"),
    ("alert_viewed_", "Avis de consultation au vendeur"),
    ("alert_hot_", "Avis d’intérêt au vendeur"),
    ("direct_", "Relance directe"),
)
_REASONS: Final = {
    "nothing_known_against": "rien n’indique un robot",
    "head_request": "requête sans contenu",
    "no_user_agent": "programme qui ne se nomme pas",
    "scanner_user_agent": "programme connu pour analyser les courriels et les pages",
    "user_agent_bare_mozilla": "programme d’Apple Mail",
    "network_apple_egress": "réseau d’Apple",
    "user_agent_google_image_proxy": "images chargées par Gmail",
    "fetched_later": "plus de deux minutes après la remise",
    "user_agent_mail_proxy": "images chargées par la messagerie",
    "right_after_delivery": "moins de dix secondes après la remise",
    "network_mail_gateway": "réseau d’un filtre de messagerie",
    "network_cloud": "réseau d’un centre de données",
    "no_script": "page jamais affichée",
    "own_visit": "votre navigateur ou votre réseau",
    "visible_3s": "page affichée au moins trois secondes",
    "visible_10s": "page affichée au moins dix secondes",
    "gesture": "défilement, clic ou frappe",
    "pdf_button": "bouton « Voir le PDF »",
    "link_only": "adresse ouverte, lecture non confirmée",
    "trap_link": "a suivi un lien invisible",
    "all_links": "a suivi tous les liens en moins d’une minute",
}
_OPENED: Final = {
    "human_probable": "Ouverture probable du courriel",
    "proxy_gmail": "Courriel chargé par un proxy (Gmail), ce qui ne prouve pas une lecture",
    "proxy_mpp": "Courriel chargé par un proxy (Apple Mail), ce qui ne prouve pas une lecture",
    "proxy_other": "Courriel chargé par un proxy, ce qui ne prouve pas une lecture",
    "bot": "Courriel chargé par un robot",
    "self": "Courriel ouvert par vous, ne compte pas",
}
_VIEWED: Final = {
    "human_probable": "Page consultée",
    "bot": "Page affichée par un robot",
    "self": "Page consultée par vous, ne compte pas",
}
_FOLLOWED: Final = {
    "human_probable": "Lien ouvert",
    "bot": "Lien suivi par un robot",
    "self": "Lien ouvert par vous, ne compte pas",
}
_DOWNLOADED: Final = {
    "human_probable": "PDF ouvert depuis la page",
    "bot": "PDF chargé par un robot",
    "self": "PDF ouvert par vous, ne compte pas",
}


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
    "penalty.claimed": lambda data: f"Pénalités et indemnité réclamées : {data['amount'].replace('.', ',')}",
    "penalty.paid": lambda data: f"Règlement de pénalités de {data['amount'].replace('.', ',')} reçu",
    "penalty.waived": lambda data: f"Pénalités abandonnées : {data['reason']}",
    "letter.prepared": lambda data: f"Mise en demeure préparée, {data['total'].replace('.', ',')} en tout",
    "letter.dispatched": lambda data: f"Mise en demeure postée le {_day(data['sent_on'])} sous le n° {data['number']}",
    "sent": _left,
    "in_doubt": _mail("envoi incertain, à renvoyer seulement si votre client ne l’a pas reçu"),
    "not_sent": _mail("non parti, refusé"),
    "delivered": _mail("remis au serveur du destinataire"),
    "bounced": _mail("rejeté par le serveur du destinataire"),
    "complained": _mail("signalé comme indésirable"),
    "opened": _hit(_OPENED),
    "last_opened": _opened_last,
    "consent": _consent,
    "followed": _hit(_FOLLOWED),
    "viewed": _hit(_VIEWED),
    "downloaded": _hit(_DOWNLOADED),
    "shared": "Consulté depuis un second appareil, sur un autre réseau : peut-être partagé à un tiers",
    "question": lambda data: f"Question du client : {data['text']}",
    **HOLD_WORDS,
}
