"""Mails in the user's own words, with shortcodes: `{{reste_du}}` stands for what is owed on the day of the sending.

A text is plain: no markup, no logic, and what fills a shortcode is never read again, so nothing in a customer's name
can become one. What is wrong is told when the text is saved. A value that is missing when a mail is written stops that
mail: nobody is ever greeted « Bonjour {{contact}} ». A version never changes; a scenario names `text:<id>@<version>`.
[KB-24, DR-13, DR-16]
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from typing import Final

from relance.domain.errors import Fault, Invalid
from relance.domain.ids import TenantId
from relance.domain.reminder.scenario import DocumentKind

MAX_NAME: Final = 120
MAX_SUBJECT: Final = 200
MAX_BODY: Final = 5_000
PREFIX: Final = "text:"
_CODE: Final = re.compile(r"\{\{([^{}]*)\}\}")
_STRAY: Final = re.compile(r"\{\{|\}\}|\{%|%\}")

COMMON: Final[Mapping[str, str]] = {
    "client": "le nom du client",
    "contact": "le nom de la personne à qui l’on écrit",
    "numero": "le numéro du document",
    "objet": "l’objet du document",
    "date": "la date du document",
    "montant": "le montant TTC",
    "lien": "l’adresse de la page du document",
    "entreprise": "le nom de votre entreprise",
    "telephone": "votre téléphone",
    "email": "votre adresse électronique",
    "aujourd_hui": "la date de l’envoi",
}
OF_QUOTES: Final[Mapping[str, str]] = {
    "validite": "le dernier jour de validité",
    "jours_restants": "le nombre de jours de validité qui restent",
}
OF_INVOICES: Final[Mapping[str, str]] = {
    "echeance": "la date d’échéance",
    "jours_de_retard": "le nombre de jours de retard",
    "reste_du": "ce qui reste à régler, toutes factures échues comprises",
    "nombre_de_factures": "le nombre de factures réclamées",
    "liste_des_factures": "les factures réclamées, une par ligne",
    "iban": "votre IBAN",
    "bic": "votre BIC",
    "penalites": "les pénalités de retard à ce jour (entre professionnels)",
    "penalites_par_jour": "ce qu’un jour de retard y ajoute",
    "indemnite": "l’indemnité forfaitaire de recouvrement (entre professionnels)",
    "total_a_regler": "le tout : reste dû, pénalités et indemnité",
}


def shortcodes(kind: DocumentKind) -> Mapping[str, str]:
    """What may be written between braces in a mail about that kind of document, and what it stands for."""
    return {**COMMON, **(OF_QUOTES if kind is DocumentKind.QUOTE else OF_INVOICES)}


@dataclass(frozen=True, slots=True)
class MailText:
    """A text as it is now, to be listed and changed; `rev` is its version."""

    tenant: TenantId
    id: str
    rev: int
    created_at: datetime
    updated_at: datetime
    kind: DocumentKind
    name: str
    subject: str
    body: str

    @property
    def template(self) -> str:
        """How a scenario's step names this version of it."""
        return f"{PREFIX}{self.id}@{self.rev}"


@dataclass(frozen=True, slots=True)
class MailTextVersion:
    """One version of a text, for good: `id` is `<text>@<version>`. It outlives the text, for runs that pinned it."""

    tenant: TenantId
    id: str
    rev: int
    at: datetime
    kind: DocumentKind
    name: str
    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class Wording:
    """What the author of a text writes."""

    kind: DocumentKind
    name: str
    subject: str
    body: str


def version_of(text: MailText) -> MailTextVersion:
    """What is kept of a text as it is now."""
    return MailTextVersion(
        tenant=text.tenant,
        id=f"{text.id}@{text.rev}",
        rev=1,
        at=text.updated_at,
        kind=text.kind,
        name=text.name,
        subject=text.subject,
        body=text.body,
    )


def text_faults(kind: DocumentKind, subject: str, body: str) -> Iterator[Fault]:
    """What is wrong with words about that kind of document, pointers `/subject` and `/body`."""
    if not subject.strip():
        yield Fault("/subject", "Donnez un objet au courriel.", "empty")
    if not body.strip():
        yield Fault("/body", "Écrivez le texte du courriel.", "empty")
    for pointer, text, limit in (("/subject", subject, MAX_SUBJECT), ("/body", body, MAX_BODY)):
        if len(text) > limit:
            yield Fault(pointer, f"Au plus {limit} caractères : il y en a {len(text)}.", "too_long")
        yield from (Fault(pointer, message, "shortcode") for message in _mistakes(kind, text))


def _mistakes(kind: DocumentKind, text: str) -> Iterator[str]:
    known = shortcodes(kind)
    for code in dict.fromkeys(found.strip() for found in _CODE.findall(text)):
        if code not in known:
            yield _unknown(kind, code)
    if stray := _STRAY.search(_CODE.sub("", text)):
        yield f"« {stray.group()} » n’est pas fermé ou ne sert à rien ici : un code s’écrit {{{{numero}}}}."


def _unknown(kind: DocumentKind, code: str) -> str:
    other = DocumentKind.INVOICE if kind is DocumentKind.QUOTE else DocumentKind.QUOTE
    if code in shortcodes(other):
        whose = "un devis" if other is DocumentKind.QUOTE else "une facture"
        return f"{{{{{code}}}}} n’existe que dans un courriel sur {whose}."
    near = get_close_matches(code.lower(), shortcodes(kind), n=3, cutoff=0.55)
    listed = " ou ".join(f"{{{{{one}}}}}" for one in near)
    hint = f"vouliez-vous dire {listed} ?" if near else f"codes permis : {', '.join(shortcodes(kind))}."
    return f"{{{{{code[:40]}}}}} n’existe pas : {hint}"


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with its shortcodes filled. Raises Invalid `mail_incomplete` where a value is missing or empty."""

    def value(found: re.Match[str]) -> str:
        code = found.group(1).strip()
        if not (filled := values.get(code, "")):
            message = f"Il manque au courriel de quoi remplir {{{{{code}}}}} : complétez la fiche, ou changez le texte."
            raise Invalid(message, code="mail_incomplete")
        return filled

    return _CODE.sub(value, text)
