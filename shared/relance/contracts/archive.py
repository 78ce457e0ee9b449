"""The archive on the wire: how far it is, one proof. Hashes are lower-case hexadecimal, instants UTC."""

from datetime import datetime
from typing import Final

import msgspec

from relance.contracts.closings import LastClosingView
from relance.contracts.retention import PlaceView
from relance.domain.chain.event import event_hash
from relance.domain.chain.note import open_note, verifier_key
from relance.domain.chain.proof import ConsistencyProof, InclusionProof
from relance.domain.pin_mail import PinMail
from relance.domain.reminder.claim import ClaimState, Fate

_MEANWHILE: Final = "À défaut, gardez vous-même, hors d’ici, le point de contrôle que donne « checkpoint »."


class QuarantineView(msgspec.Struct, frozen=True):
    """Why the archive does not advance: the event that cannot be archived, a stable code, a sentence."""

    seq: int
    code: str
    reason: str


class VerificationView(msgspec.Struct, frozen=True):
    """The last walk over the whole stored archive."""

    at: datetime
    size: int
    faults: int


class AlarmView(msgspec.Struct, frozen=True):
    """Faults that a walk found in an archive of `size` events: how many, and the first of them in words."""

    at: datetime
    size: int
    count: int
    faults: tuple[str, ...]


class KeyView(msgspec.Struct, frozen=True):
    """A key that signs the checkpoints of `from_size` events and more, until the next one does (C2SP vkey)."""

    from_size: int
    verifier_key: str


class PinView(msgspec.Struct, frozen=True):
    """The checkpoint of `size` events that was mailed to the company for `month`: its note has `sha256`.

    `state`: `sent`, `refused`, or `claimed` and `unknown` when it may have left. `fate`: what the mail service told
    afterwards, `pending`, `delivered`, `bounced` or `complained`. `problem`: in French, why nobody may have this pin
    and what to do about it, "" when all is well.
    """

    month: str
    mailed_at: datetime
    size: int
    sha256: str
    state: str
    fate: str
    problem: str


class StatusView(msgspec.Struct, frozen=True):
    """`recorded` events are chained, `archived` locked, `signed` covered by `checkpoint`, a C2SP signed
    note ("" when there is none yet) that anybody may keep. `waiting_s`: age of the oldest event that is not locked
    yet. `next_closing_at`: when the open day can be closed, null before the first event. `alarms`: the last integrity
    failures, newest first. `verifier_key`: the key of `checkpoint`; `keys`: all that this archive has had, oldest
    first. `last_pin`: the checkpoint that was mailed last, null before the first.
    """

    health: str
    recorded: int
    archived: int
    signed: int
    waiting_s: int
    checkpoint: str
    verifier_key: str
    quarantine: QuarantineView | None
    verification: VerificationView | None
    last_closing: LastClosingView | None
    next_closing_at: datetime | None
    alarms: tuple[AlarmView, ...]
    storage: PlaceView
    keys: tuple[KeyView, ...]
    last_pin: PinView | None = None


class ProofView(msgspec.Struct, frozen=True):
    """Event `seq` is in the archive that `checkpoint` attests: RFC 6962, leaf `seq` - 1 of a tree of `size`.

    `line` is the event; its `event_hash` is SHA-256("relance.event.v1" ‖ 0x00 ‖ line), the data of the leaf. `path`:
    nearest sibling first. `verifier_key`: the key that signed this checkpoint (C2SP vkey).
    """

    seq: int
    size: int
    line: str
    event_hash: str
    path: tuple[str, ...]
    checkpoint: str
    verifier_key: str


class ConsistencyView(msgspec.Struct, frozen=True):
    """The archive of `size` events begins with that of `old_size`: RFC 6962 § 2.1.2, under the two signed notes.

    `path`: the hashes in the order of the RFC. The keys (C2SP vkeys) are those that signed the two notes.
    """

    old_size: int
    size: int
    path: tuple[str, ...]
    old_checkpoint: str
    checkpoint: str
    old_verifier_key: str
    verifier_key: str


def pin_view(mail: PinMail) -> PinView:
    """The mail of a checkpoint, and what its owner has to know of it."""
    return PinView(
        month=mail.id,
        mailed_at=mail.at,
        size=mail.size,
        sha256=mail.note_sha256,
        state=mail.state.value,
        fate=mail.fate.value,
        problem=_problem(mail),
    )


def _problem(mail: PinMail) -> str:
    why = f" ({mail.reason})" if mail.reason else ""
    if mail.fate is Fate.BOUNCED:
        return (
            f"Le courriel est revenu de {mail.recipient}{why}. Corrigez l’adresse de l’entreprise, ou enregistrez-la "
            f"de nouveau si la boîte est réparée : le prochain partira. {_MEANWHILE}"
        )
    if mail.fate is Fate.COMPLAINED:
        return (
            f"Le courriel a été classé comme indésirable à {mail.recipient} : cette adresse n’en reçoit plus. "
            f"Donnez-en une autre à l’entreprise, ou coupez cet envoi dans les réglages des relances. {_MEANWHILE}"
        )
    if mail.state is ClaimState.REFUSED:
        return f"Le service d’envoi a refusé ce courriel{why}. {_MEANWHILE}"
    if mail.state is ClaimState.SENT:
        return ""
    return f"Rien ne dit encore que ce courriel est parti : vérifiez la boîte de {mail.recipient}. {_MEANWHILE}"


def proof_view(proof: InclusionProof) -> ProofView:
    """The proof of one event."""
    return ProofView(
        seq=proof.seq,
        size=proof.size,
        line=proof.line.decode(),
        event_hash=event_hash(proof.line),
        path=tuple(node.hex() for node in proof.path),
        checkpoint=proof.checkpoint.decode(),
        verifier_key=verifier_key(open_note(proof.checkpoint)[1][0].name, proof.public_key),
    )


def consistency_view(proof: ConsistencyProof) -> ConsistencyView:
    """The proof that nothing was rewritten between two checkpoints."""
    return ConsistencyView(
        old_size=proof.old_size,
        size=proof.size,
        path=tuple(node.hex() for node in proof.path),
        old_checkpoint=proof.old_checkpoint.decode(),
        checkpoint=proof.checkpoint.decode(),
        old_verifier_key=proof.old_verifier_key,
        verifier_key=proof.verifier_key,
    )
