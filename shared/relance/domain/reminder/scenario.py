"""A reminder scenario: which mails follow a document, as immutable versioned data.

A version never changes once published; an edit is a new version, and a run goes on with the one that it started with.
Some mails belong to every run and to no scenario, because they are no reminders: the document itself (`DELIVERY`), and
what is told at once because something happened (`tellings`). [E.1, Q-04]
"""

import re
from dataclasses import dataclass
from datetime import datetime, time
from enum import StrEnum
from typing import Final

from relance.domain.errors import Fault, Invalid
from relance.domain.ids import TenantId

DELIVERY: Final = "delivery"
ACCEPTED_COPY: Final = "accepted_copy"
WITHDRAWAL_RECEIPT: Final = "withdrawal_receipt"
ACCEPTED_NEWS: Final = "accepted_news"
REFUSED_NEWS: Final = "refused_news"
WITHDRAWN_NEWS: Final = "withdrawn_news"
OWN_STEPS: Final = (DELIVERY, ACCEPTED_COPY, WITHDRAWAL_RECEIPT, ACCEPTED_NEWS, REFUSED_NEWS, WITHDRAWN_NEWS)
QUESTION_NEWS: Final = "question_"  # and the question's id
_STEP_ID = re.compile(r"[a-z][a-z0-9_]{0,31}")
_NAME = re.compile(r"[a-z][a-z0-9_.]{0,63}")
MAX_OFFSET_DAYS = 365
MAX_STEPS = 6  # [DR-08] never more than six reminders for one document


class DocumentKind(StrEnum):
    """What a scenario follows."""

    QUOTE = "quote"
    INVOICE = "invoice"


class Anchor(StrEnum):
    """The civil date (Europe/Paris) that a step counts its days from."""

    SENT = "sent"
    EXPIRY = "expiry"
    DUE = "due"


class Condition(StrEnum):
    """What must still be true of the live facts when the mail leaves. Once false, none of them becomes true again."""

    NOT_VIEWED = "not_viewed"
    UNANSWERED = "unanswered"
    UNPAID = "unpaid"


@dataclass(frozen=True, slots=True)
class Step:
    """One mail: `offset_days` after the anchor (before it when negative), at `hour` in Paris, while `condition` holds.

    `template` names the mail's text; `level` its tone, 0 (courtesy) to 5 (formal notice).
    """

    id: str
    anchor: Anchor
    offset_days: int
    hour: time
    condition: Condition
    template: str
    level: int = 0


@dataclass(frozen=True, slots=True)
class Scenario:
    """One version of one scenario. Stored once (`rev` stays 1), or shipped with the product."""

    tenant: TenantId
    name: str
    version: int
    rev: int
    kind: DocumentKind
    title: str
    steps: tuple[Step, ...]
    created_at: datetime

    @property
    def id(self) -> str:
        """`name@version`: what a run pins."""
        return f"{self.name}@{self.version}"


_DEFAULTS: Final = {DocumentKind.QUOTE: "standard.quote@1", DocumentKind.INVOICE: "standard.invoice@1"}


def default_scenario(kind: DocumentKind | str) -> str:
    """The id of the scenario that a new document follows."""
    return _DEFAULTS[DocumentKind(kind)]


_ANCHORS: Final = {
    DocumentKind.QUOTE: frozenset({Anchor.SENT, Anchor.EXPIRY}),
    DocumentKind.INVOICE: frozenset({Anchor.SENT, Anchor.DUE}),
}
_CONDITIONS: Final = {
    DocumentKind.QUOTE: frozenset({Condition.NOT_VIEWED, Condition.UNANSWERED}),
    DocumentKind.INVOICE: frozenset({Condition.UNPAID}),
}


def check_scenario(scenario: Scenario) -> Scenario:
    """The scenario itself when it can be run. Raises Invalid with one fault for each thing that is wrong."""
    faults: list[Fault] = []

    def fault(pointer: str, message: str, code: str) -> None:
        faults.append(Fault(pointer, message, code))

    if not _NAME.fullmatch(scenario.name):
        fault("/name", "Un nom commence par une lettre : minuscules, chiffres, « . » et « _ » seulement.", "name")
    if scenario.version < 1:
        fault("/version", "La première version porte le numéro 1.", "version")
    if not 1 <= len(scenario.steps) <= MAX_STEPS:
        fault("/steps", f"Un scénario compte de 1 à {MAX_STEPS} relances.", "steps")
    seen: set[str] = set()
    for i, step in enumerate(scenario.steps):
        at = f"/steps/{i}"
        if not _STEP_ID.fullmatch(step.id) or step.id in OWN_STEPS or step.id.startswith(QUESTION_NEWS):
            fault(f"{at}/id", f"Identifiant réservé ou mal formé : « {step.id} ».", "step_id")
        if step.id in seen:
            fault(f"{at}/id", f"L’identifiant « {step.id} » sert déjà à une autre étape.", "step_id_taken")
        seen.add(step.id)
        if step.anchor not in _ANCHORS[scenario.kind]:
            fault(f"{at}/anchor", "Cette date n’existe pas pour ce type de document.", "anchor")
        if step.condition not in _CONDITIONS[scenario.kind]:
            fault(f"{at}/condition", "Cette condition n’existe pas pour ce type de document.", "condition")
        if abs(step.offset_days) > MAX_OFFSET_DAYS:
            fault(f"{at}/offset_days", f"Au plus {MAX_OFFSET_DAYS} jours avant ou après la date.", "offset")
        if not 0 <= step.level <= 5:
            fault(f"{at}/level", "Le niveau va de 0 (courtois) à 5 (mise en demeure).", "level")
        if not step.template:
            fault(f"{at}/template", "Choisissez le modèle du courriel.", "template")
    if faults:
        raise Invalid("Ce scénario de relance ne peut pas être enregistré.", faults=faults)
    return scenario
