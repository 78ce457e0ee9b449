"""Issuing a whole month at once: up to 32 drafts in one transaction, numbered in the order in which they were given.

All of them or none: when one draft cannot be issued nobody's number is taken, and every fault says which draft it is
about. One transaction holds a hundred items: head, register and answer, and for each invoice itself, its fact and its
run. [N-01, N-02, N-07]
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from relance.app.context import Caller, Context
from relance.app.invoicing.issuing import issued
from relance.app.journaling import MAX_ITEMS, Decision, commit
from relance.app.launching import launch
from relance.app.ports.outside import Executions
from relance.app.ports.store import Idem
from relance.app.quoting import MentionCatalogue
from relance.domain.errors import Conflict, Fault, Invalid, NotFound
from relance.domain.invoice import Invoice, require_draft
from relance.domain.journal import Head, add_totals

MAX_TOGETHER: Final = 32
_BESIDE: Final = 3  # the head, the register of tenants, the answer to the key


def issue_many(
    ctx: Context,
    caller: Caller,
    ids: Sequence[str],
    *,
    idem: Idem | None = None,
    catalogue: MentionCatalogue,
    executions: Executions,
) -> tuple[Invoice, ...]:
    """The invoices of these drafts, issued, in the order of `ids`.

    Raises Invalid (`/ids`, or `/ids/{n}` and what is wrong with that draft), NotFound, Conflict `invoice_frozen` when
    one of them is issued already, and `issue_apart` when two of them concern the same quote, deposit or invoice.
    """
    require_ids(ids)

    def decide(head: Head, at: datetime) -> Decision:
        drafts = _drafts(ctx, caller, ids)
        decisions: list[Decision] = []
        faults: list[Fault] = []
        for n, invoice in enumerate(drafts):
            try:
                one = issued(ctx, caller, invoice, head, at, catalogue)
            except Invalid as refused:
                faults += _of_draft(n, refused)
                continue
            head = add_totals(one.head or head, one.totals)
            decisions.append(one)
        if faults:
            message = "Aucune facture n’a été émise : complétez les brouillons signalés."
            raise Invalid(message, faults=faults)
        return _together(decisions, head)

    # The answer to the key names the first; the others are in the same request, which the key's hash covers.
    first = commit(ctx, caller, idem, Invoice, decide)
    found = ctx.store.get_many(caller.tenant, Invoice, ids)
    invoices = tuple(found[id] if id != first.id else first for id in ids)
    for invoice in invoices:
        launch(caller, executions, "invoice", invoice.id)
    return invoices


def require_ids(ids: Sequence[str]) -> None:
    """Raise Invalid `/ids` when there is nothing to issue, too much, or a draft twice."""
    if not 1 <= len(ids) <= MAX_TOGETHER:
        message = f"Donnez de 1 à {MAX_TOGETHER} brouillons à émettre ensemble."
        raise Invalid(message, faults=[Fault("/ids", message, "ids")])
    twice = [n for n, id in enumerate(ids) if id in ids[:n]]
    if twice:
        message = "Le même brouillon est donné deux fois."
        raise Invalid(message, faults=[Fault(f"/ids/{n}", message, "id_twice") for n in twice])


def _drafts(ctx: Context, caller: Caller, ids: Sequence[str]) -> list[Invoice]:
    found = ctx.store.get_many(caller.tenant, Invoice, ids)
    if missing := [id for id in ids if id not in found]:
        raise NotFound(f"Aucune facture {missing[0]}.")
    for invoice in found.values():
        require_draft(invoice)
    return [found[id] for id in ids]


def _of_draft(n: int, refused: Invalid) -> Iterator[Fault]:
    """What is wrong with the draft at that place of the request."""
    for fault in refused.faults or (Fault("", refused.message, refused.code),):
        yield replace(fault, pointer=f"/ids/{n}{fault.pointer}")


def _together(decisions: Sequence[Decision], head: Head) -> Decision:
    puts = tuple(entity for one in decisions for entity in one.puts)
    facts = tuple(fact for one in decisions for fact in one.facts)
    checks = tuple(check for one in decisions for check in one.checks)
    written = Counter((type(entity), entity.id) for entity in puts)
    if max(written.values()) > 1:
        message = (
            "Deux de ces brouillons concernent le même devis, acompte ou facture : émettez-les l’un après l’autre."
        )
        raise Conflict(message, code="issue_apart")
    if len(puts) + len(facts) + len(checks) + _BESIDE > MAX_ITEMS:
        message = (
            "Ces brouillons concernent trop d’autres documents pour être émis ensemble : émettez-en moins à la fois."
        )
        raise Invalid(message, faults=[Fault("/ids", message, "too_many_items")])
    return Decision(answer=decisions[0].answer, puts=puts, checks=checks, facts=facts, head=head)
