"""Publishing a scenario: one version after the other, never changed, pinned by what follows it. [E.1, DR-04]

Nothing follows a version because it was published: who is to follow it is said in settings, on a customer or in a smart
query.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from difflib import get_close_matches
from typing import Final

from relance.app.context import Caller, Context
from relance.app.journaling import Decision, commit
from relance.app.pinning import versions
from relance.app.ports.composing import MailTemplate
from relance.app.ports.store import Check, Idem
from relance.domain.errors import Fault, Invalid
from relance.domain.journal import Head
from relance.domain.mail_text import PREFIX, MailTextVersion
from relance.domain.reminder.scenario import Audience, DocumentKind, Scenario, Step
from relance.domain.reminder.scenario_checks import scenario_faults
from relance.domain.segment.segment import Segment

MAX_VERSIONS: Final = 500  # of one scenario: who edits more often is a program
_RESERVED: Final = ("standard.", "none")
_NOT_REMINDERS: Final = frozenset(
    {
        MailTemplate.QUOTE_DELIVERY,
        MailTemplate.QUOTE_ACCEPTED_COPY,
        MailTemplate.QUOTE_WITHDRAWAL_RECEIPT,
        MailTemplate.INVOICE_DELIVERY,
        MailTemplate.INVOICE_CREDIT_NOTE,
    }
)
# What names penalties or a fee has another text for consumers, who owe neither. [DU-01, P-05]
_OF_BUSINESS: Final = frozenset(t.removesuffix("_consumer") for t in MailTemplate if t.endswith("_consumer"))


def publish(ctx: Context, caller: Caller, wanted: Scenario, *, idem: Idem | None = None) -> Scenario:
    """Store it as the next version of its name; tenant, version, rev and instant of the argument are not looked at.

    The very same as the newest one is not stored again. Raises Invalid with every fault at once.
    """

    def decide(_head: Head, at: datetime) -> Decision:
        known = versions(ctx, caller.tenant, wanted.name)
        before = max(known, key=lambda scenario: scenario.version, default=None)
        version = before.version + 1 if before else 1
        made = replace(wanted, tenant=caller.tenant, version=version, rev=1, created_at=at)
        if faults := [*scenario_faults(made), *_faults(ctx, made, before)]:
            raise Invalid("Ce scénario de relance ne peut pas être enregistré.", faults=faults)
        if before and replace(made, version=before.version, created_at=before.created_at) == before:
            return Decision(answer=before, checks=(Check(before),))
        return Decision(answer=made, puts=(made,))

    return commit(ctx, caller, idem, Scenario, decide)


def _faults(ctx: Context, made: Scenario, before: Scenario | None) -> Iterator[Fault]:
    """What cannot be seen from the scenario alone."""
    if made.name.startswith(_RESERVED):
        yield Fault("/name", "Ce nom est réservé aux scénarios fournis : choisissez-en un autre.", "name_reserved")
    if before is not None and before.kind is not made.kind:
        message = "Un scénario ne change pas de type de document : donnez un autre nom à celui-ci."
        yield Fault("/kind", message, "kind")
    if before is not None and before.version >= MAX_VERSIONS:
        yield Fault("/name", f"Ce scénario a déjà {MAX_VERSIONS} versions : repartez d’un autre nom.", "versions")
    if made.segment and (message := _segment_fault(ctx, made)):
        yield Fault("/segment", message, "segment")
    for i, step in enumerate(made.steps):
        if step.template and (message := _template_fault(ctx, made, step)):
            yield Fault(f"/steps/{i}/template", message, "template")


def _segment_fault(ctx: Context, made: Scenario) -> str:
    """Why it is not that smart query which enrols into that scenario; "" when it is."""
    found = ctx.store.get(made.tenant, Segment, made.segment)
    if found is None:
        return "Aucune requête ne porte cet identifiant : créez-la d’abord, ou laissez ce champ vide."
    if found.plan.scenario.partition("@")[0] != made.name:
        return f"Cette requête inscrit dans le scénario « {found.plan.scenario} » : nommez celui-ci dans la requête."
    return ""


def _template_fault(ctx: Context, made: Scenario, step: Step) -> str:
    """Why that step cannot be written in that template's words; "" when it can."""
    if step.template.startswith(PREFIX):
        text = ctx.store.get(made.tenant, MailTextVersion, step.template.removeprefix(PREFIX))
        if text is None:
            return "Aucun texte ne porte cet identifiant : écrivez text:<id>@<version>."
        return "" if text.kind is made.kind else "Ce texte est écrit pour l’autre type de document."
    known = templates(made.kind)
    if step.template not in known:
        near = get_close_matches(step.template, known, n=3, cutoff=0.5) or known
        return f"Ce modèle n’existe pas pour ce type de document. Choisissez parmi : {', '.join(near)}."
    if made.audience is Audience.CONSUMER and step.template in _OF_BUSINESS:
        return f"Ce modèle nomme des frais qu’un particulier ne doit pas : prenez {step.template}_consumer."
    return ""


def templates(kind: DocumentKind) -> list[str]:
    """The product's own mails that a step about that kind of document may send."""
    return [t.value for t in MailTemplate if t.startswith(kind.value) and not t.is_news and t not in _NOT_REMINDERS]
