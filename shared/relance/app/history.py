"""Taking over what another program issued, once, before the first document is numbered here. [AR-06, KX-22]"""

from datetime import datetime

from relance.app.context import Caller, Context
from relance.app.journaling import Decision, commit
from relance.app.ports.store import Idem
from relance.domain.calendar_fr import civil_date
from relance.domain.errors import Conflict, NotFound
from relance.domain.history import (
    ID,
    History,
    ImportedHistory,
    continued,
    imported_facts,
    require_beginning,
    require_history,
)
from relance.domain.journal import Head


def take_over(ctx: Context, caller: Caller, history: History, *, idem: Idem | None = None) -> ImportedHistory:
    """Chain the manifest and let numbering go on from it: all in one transaction.

    Raises Invalid with every fault, Conflict `history_known` when there is one already, `history_too_late` once a
    document has a number.
    """

    def decide(head: Head, at: datetime) -> Decision:
        today = civil_date(at)
        require_history(history, today)
        if ctx.store.get(caller.tenant, ImportedHistory, ID) is not None:
            raise Conflict("L’historique de cette entreprise a déjà été repris.", code="history_known")
        require_beginning(head)
        facts = imported_facts(history, caller.actor, today)
        dates = [one.date for one in history.documents]
        taken = ImportedHistory(
            tenant=caller.tenant,
            rev=1,
            source=history.source.strip(),
            imported_at=at,
            documents=len(history.documents),
            first_date=min(dates),
            last_date=max(dates),
            first_seq=head.seq + 1,
            last_seq=head.seq + len(facts),
        )
        return Decision(answer=taken, puts=(taken,), facts=facts, head=continued(head, history, today))

    return commit(ctx, caller, idem, ImportedHistory, decide)


def taken_over(ctx: Context, caller: Caller) -> ImportedHistory:
    """What was taken over. Raises NotFound."""
    found = ctx.store.get(caller.tenant, ImportedHistory, ID)
    if found is None:
        raise NotFound("Aucun historique n’a été repris pour cette entreprise.")
    return found
