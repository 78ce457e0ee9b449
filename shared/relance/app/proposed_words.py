"""What a reminder that waits for a person would say if it left now, in the words he is about to give it. [DR-09]

Written by what writes the mails that leave, on the facts of this instant: what was paid since is deducted, and what is
missing is told here instead of holding the reminder later. Nothing is stored, and its links lead nowhere.
"""

from dataclasses import replace
from typing import Final

from relance.app.approving import Edited, get, require_words
from relance.app.context import Caller, Context
from relance.app.ports.composing import ComposedMail
from relance.app.ports.open_work import OpenOfCustomer
from relance.app.ports.scenarios import PublishedScenarios
from relance.app.sending import grouped
from relance.app.situation import situation
from relance.app.writing import Group, Pen, written
from relance.domain.errors import Conflict, NotFound
from relance.domain.party import Company
from relance.domain.reminder.decide import Send
from relance.domain.reminder.scenario import Action, DocumentKind

_LINK: Final = "apercu"  # in place of the token that lets a customer in


def preview(
    ctx: Context,
    caller: Caller,
    id: str,
    edited: Edited,
    published: PublishedScenarios,
    followed: OpenOfCustomer,
    pen: Pen,
) -> ComposedMail:
    """The mail. Raises NotFound, Invalid `mail_incomplete` with what is missing, Conflict `is_a_letter` for a letter.

    It asks for the customer's other overdue invoices too, as it would when it leaves; edited, for its own. [DR-05]
    """
    proposal = get(ctx, caller, id)
    require_words(proposal.document_kind, edited.subject, edited.body)
    found = situation(ctx, caller.tenant, proposal.document_kind, proposal.document_id, published)
    company = found.ctx.store.get(caller.tenant, Company, caller.tenant)
    if company is None:
        raise NotFound("L’entreprise n’a pas encore été renseignée.")
    if any(step.id == proposal.step and step.action is Action.LETTER for step in found.scenario.steps):
        message = "C’est une lettre : elle se prépare et se lit avec la mise en demeure de la facture."
        raise Conflict(message, code="is_a_letter")
    mine = replace(proposal, subject=edited.subject or proposal.subject, body=edited.body or proposal.body)
    base, is_quote = pen.mark.public_base_url, proposal.document_kind is DocumentKind.QUOTE
    send = Send(proposal.step, proposal.template, level=proposal.level, proposal=mine)

    def write(group: Group) -> ComposedMail:
        leaves = f"{base}/u/{_LINK}" if is_quote else ""
        return written(found.ctx, found, send, group, company, pen, token=_LINK, pixel="", unsubscribe_url=leaves)

    return grouped(found, send, published, followed, write)
