"""Whether a scenario can be run: every fault at once, each with its place and how to mend it. [DR-08, DR-09, DU-01]"""

import re
from collections.abc import Iterator
from typing import Final

from relance.domain.errors import Fault
from relance.domain.reminder.scenario import (
    FORMAL_LEVEL,
    OWN_STEPS,
    RESERVED,
    Action,
    Anchor,
    Approval,
    Condition,
    DocumentKind,
    Enclosed,
    Scenario,
    Step,
)

MAX_OFFSET_DAYS: Final = 365
MAX_STEPS: Final = 20
MAX_MAILS: Final = 6  # never more than six reminders of one document [DR-08]
MAX_TITLE: Final = 120
STOPS: Final = frozenset({"reply", "viewed"})
PAUSES: Final = frozenset({"dispute", "promise"})
_STEP_ID: Final = re.compile(r"[a-z][a-z0-9_]{0,31}")
_NAME: Final = re.compile(r"[a-z][a-z0-9_.]{0,63}")
_ANCHORS: Final = {
    DocumentKind.QUOTE: frozenset({Anchor.SENT, Anchor.FIRST_VIEW, Anchor.EXPIRY, Anchor.PREVIOUS}),
    DocumentKind.INVOICE: frozenset({Anchor.SENT, Anchor.DUE, Anchor.PREVIOUS}),
}
_CONDITIONS: Final = {
    DocumentKind.QUOTE: frozenset({Condition.NOT_VIEWED, Condition.VIEWED, Condition.UNANSWERED}),
    DocumentKind.INVOICE: frozenset({Condition.UNPAID}),
}


def scenario_faults(scenario: Scenario) -> Iterator[Fault]:
    """All that keeps it from being run, as far as can be seen from itself; pointers into a scenario as it is told."""
    yield from _of_the_whole(scenario)
    for i in range(len(scenario.steps)):
        yield from _of_step(scenario, i)


def _of_the_whole(scenario: Scenario) -> Iterator[Fault]:
    guards = scenario.guards
    if not _NAME.fullmatch(scenario.name):
        yield Fault("/name", "Un nom commence par une lettre : minuscules, chiffres, « . » et « _ » seulement.", "name")
    if scenario.version < 1:
        yield Fault("/version", "La première version porte le numéro 1.", "version")
    if not scenario.title.strip() or len(scenario.title) > MAX_TITLE:
        yield Fault("/title", f"Donnez au scénario un titre d’au plus {MAX_TITLE} caractères.", "title")
    if not 1 <= len(scenario.steps) <= MAX_STEPS:
        yield Fault("/steps", f"Un scénario compte de 1 à {MAX_STEPS} étapes.", "steps")
    elif sum(not step.action.is_internal for step in scenario.steps) > MAX_MAILS:
        yield Fault("/steps", f"Au plus {MAX_MAILS} relances au client pour un même document.", "mails")
    for name, low, high in (("gap_days", 1, 90), ("max_mails", 1, MAX_MAILS), ("tolerance", 0, 100_00)):
        if not low <= getattr(guards, name) <= high:
            yield Fault(f"/guards/{name}", f"Choisissez une valeur de {low} à {high}.", name)
    if not 1 <= guards.approval_days <= 90:
        yield Fault("/guards/approval_days", "Une relance attend sa validation de 1 à 90 jours.", "approval_days")
    if unknown := sorted(scenario.stop_on - STOPS):
        yield Fault("/stop_on", f"Motif d’arrêt inconnu : {', '.join(unknown)}.", "stop_on")
    if unknown := sorted(scenario.pause_on - PAUSES):
        yield Fault("/pause_on", f"Motif de pause inconnu : {', '.join(unknown)}.", "pause_on")


def _of_step(scenario: Scenario, i: int) -> Iterator[Fault]:
    step, at = scenario.steps[i], f"/steps/{i}"
    if not _STEP_ID.fullmatch(step.id) or step.id in OWN_STEPS or step.id.startswith(RESERVED):
        yield Fault(f"{at}/id", f"Identifiant réservé ou mal formé : « {step.id} ».", "step_id")
    if step.id in [other.id for other in scenario.steps[:i]]:
        yield Fault(f"{at}/id", f"L’identifiant « {step.id} » sert déjà à une autre étape.", "step_id_taken")
    if step.anchor not in _ANCHORS[scenario.kind]:
        yield Fault(f"{at}/anchor", "Cette date n’existe pas pour ce type de document.", "anchor")
    if step.anchor is Anchor.PREVIOUS and (i == 0 or step.offset_days < 0):
        yield Fault(
            f"{at}/anchor", "Seule une étape qui en suit une autre peut compter ses jours depuis elle.", "previous"
        )
    if step.condition not in _CONDITIONS[scenario.kind]:
        yield Fault(f"{at}/condition", "Cette condition n’existe pas pour ce type de document.", "condition")
    if abs(step.offset_days) > MAX_OFFSET_DAYS:
        yield Fault(f"{at}/offset_days", f"Au plus {MAX_OFFSET_DAYS} jours avant ou après la date.", "offset")
    if not 0 <= step.level <= 5:
        yield Fault(f"{at}/level", "Le niveau va de 0 (courtois) à 5 (dernier avis).", "level")
    if step.min_amount < 0:
        yield Fault(f"{at}/min_amount", "Un montant minimal n’est pas négatif.", "min_amount")
    if scenario.kind is DocumentKind.QUOTE and step.action is Action.LETTER:
        yield Fault(f"{at}/action", "Une lettre de mise en demeure ne concerne qu’une facture.", "letter")
    if scenario.kind is DocumentKind.QUOTE and Enclosed.STATEMENT in step.enclosed:
        yield Fault(f"{at}/enclosed", "Un relevé de compte n’accompagne qu’une facture.", "statement")
    yield from _of_action(step, at)


def _of_action(step: Step, at: str) -> Iterator[Fault]:
    if step.action is Action.TASK and not step.title.strip():
        yield Fault(f"{at}/title", "Dites ce qu’il y aura à faire.", "task_title")
    if len(step.title) > MAX_TITLE:
        yield Fault(f"{at}/title", f"Au plus {MAX_TITLE} caractères.", "task_title")
    if step.action in (Action.EMAIL, Action.LETTER) and not step.template:
        yield Fault(f"{at}/template", "Choisissez le modèle du texte.", "template")
    if step.action.is_internal and step.approval is not Approval.AUTO:
        yield Fault(f"{at}/approval", "Seul ce qui part au client se valide.", "approval")
    if FORMAL_LEVEL <= step.level <= 5 and not step.action.is_internal and step.approval is not Approval.MANUAL:
        yield Fault(f"{at}/approval", "Une mise en demeure se valide toujours à la main : « manual ».", "formal")
