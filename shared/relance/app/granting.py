"""Giving and taking back the right to come in: each change is a technical fact of the company's journal. [AF-11]

    grant     the fact, then the credential      a crash in between: told, and it opens nothing; do it again
    revoke    the credential goes, then the fact   a crash in between: it opens nothing any more; do it again

So no credential ever opens a door that the journal does not know of, and doing either twice is doing it once.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from relance.app.context import Caller, Context
from relance.app.journaling import Decision, commit
from relance.app.ports.access import AccessRegistry, Grant
from relance.app.ports.store import Check
from relance.domain.chain.canonical import Json
from relance.domain.chain.event import Fact, Ref
from relance.domain.errors import NotFound
from relance.domain.journal import Head
from relance.domain.right import CredentialKind, Right

FINGERPRINT: Final = 16  # hexadecimal digits of the hash under which a credential is kept


def fingerprint_of(address: str) -> str:
    """The id of the right of whatever is kept at this address."""
    return address.partition("#")[2][:FINGERPRINT]


@dataclass(frozen=True, slots=True)
class Credential:
    """What opens the door, by the address under which its hash is kept: `apikey#…` or `member#…`."""

    kind: CredentialKind
    address: str

    @property
    def fingerprint(self) -> str:
        """What is told of it."""
        return fingerprint_of(self.address)


def grant(ctx: Context, caller: Caller, registry: AccessRegistry, credential: Credential, wanted: Grant) -> Right:
    """Let the bearer of a credential in; chains `rights.granted` unless he could come in as just that.

    `caller` is who decides, for `wanted.tenant`. Raises what `journaling.commit` and the registry raise.
    """

    def decide(_: Head, at: datetime) -> Decision:
        known = ctx.store.get(caller.tenant, Right, credential.fingerprint)
        if known is not None and known.is_open and (known.user, known.role) == (wanted.user, wanted.role):
            return Decision(answer=known, checks=(Check(known),))
        rev = known.rev + 1 if known else 1
        right = Right(caller.tenant, credential.fingerprint, rev, credential.kind, wanted.user, wanted.role, since=at)
        return Decision(answer=right, puts=(right,), facts=(_fact("rights.granted", caller, right),))

    right = commit(ctx, caller, None, Right, decide)
    registry.grant(credential.address, wanted)
    return right


def revoke(ctx: Context, caller: Caller, registry: AccessRegistry, credential: Credential) -> Right:
    """Let nobody in with it any more; chains `rights.revoked` once. Raises NotFound for one that was never granted."""
    registry.revoke(credential.address)

    def decide(_: Head, at: datetime) -> Decision:
        known = ctx.store.get(caller.tenant, Right, credential.fingerprint)
        if known is None:
            raise NotFound("Aucun accès de cette empreinte n’a été donné ici ; il n’ouvre plus rien.")
        if not known.is_open:
            return Decision(answer=known, checks=(Check(known),))
        right = replace(known, rev=known.rev + 1, revoked_at=at)
        return Decision(answer=right, puts=(right,), facts=(_fact("rights.revoked", caller, right),))

    return commit(ctx, caller, None, Right, decide)


def _fact(type: str, caller: Caller, right: Right) -> Fact:
    data: dict[str, Json] = {"kind": right.kind.value, "user": right.user, "role": right.role}
    return Fact(type, Ref("right", right.id), caller.actor, data)
