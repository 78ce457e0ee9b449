"""Who was to go in the lost time, and came back with the restored table: erased prospects, and rights. [K-07, AF-11]"""

from dataclasses import replace

from relance.app.recovery.desk import Desk, at_of, text
from relance.domain.chain.event import Event
from relance.domain.erasure import Erasure, ErasureReason, ErasureState
from relance.domain.right import CredentialKind, Right


def erased(desk: Desk, event: Event) -> None:
    """`prospect.erased`: his erasure is asked for again, in the transaction that brings the event back. [K-07]

    Who carries erasures out does so as with any other: a duty to keep is looked at again, and the end is a fact of its
    own. One that is under way, or that ended no earlier than this event, is left as it is.
    """
    known, at = desk.get(Erasure, event.ref.id), at_of(event)
    if known is not None and (known.is_open or (known.done_at is not None and known.done_at >= at)):
        return
    reason = ErasureReason(text(event, "reason"))
    desk.put(Erasure(desk.tenant, event.ref.id, 1, ErasureState.ASKED, reason, at, event.actor))


def right(desk: Desk, event: Event) -> None:
    """`rights.granted`, `rights.revoked`: the decision. The credential itself lies outside a company's partition and is
    as old as the table: whoever rebuilds holds it against this (`holding_rights`). [AF-11]
    """
    known, at = desk.get(Right, event.ref.id), at_of(event)
    if known is not None and (known.revoked_at or known.since) >= at:
        return
    kind, user, role = CredentialKind(text(event, "kind")), text(event, "user"), text(event, "role")
    decided = Right(desk.tenant, event.ref.id, 1, kind, user, role, since=at)
    if event.type == "rights.revoked":
        decided = replace(known or decided, revoked_at=at)
    desk.put(decided)
