"""What opens a company's doors, held against what its journal decided: for after a restore of the tables. [AF-11]

Credentials lie outside a company's partition, and come back as old as the table: a key that was revoked since opens
again, an owner who was made a member is an owner again. What was decided is in `Right`, which a rebuild brings back
from the archive; nothing is decided here, so nothing is chained. Doing it twice is doing it once.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from relance.app.context import Context
from relance.app.every import every
from relance.app.granting import fingerprint_of
from relance.app.ports.access import AccessRegistry, Grant
from relance.domain.ids import TenantId
from relance.domain.right import Right


class Gap(StrEnum):
    """How a door differs from the decision."""

    REOPENED = "reopened"  # it was taken back, and opens
    OTHERWISE = "otherwise"  # it opens for another user, or as another role
    LOST = "lost"  # it was given, and nothing is there to open it: nobody here knows the key


@dataclass(frozen=True, slots=True)
class Difference:
    """One right, as decided; `address` is where its credential is, "" where there is none."""

    gap: Gap
    right: Right
    address: str


def differences(ctx: Context, tenant: TenantId, registry: AccessRegistry) -> tuple[Difference, ...]:
    """What opens otherwise than was decided; what was given by hand, without a decision, is left alone.

    Raises Retry.
    """
    kept = {fingerprint_of(address): (address, grant) for address, grant in registry.of_tenant(tenant)}
    found = []
    for right in every(ctx, tenant, Right):
        address, grant = kept.get(right.id, ("", None))
        gap = _gap(right, grant)
        if gap is not None:
            found.append(Difference(gap, right, address))
    return tuple(found)


def close(registry: AccessRegistry, found: Iterable[Difference]) -> None:
    """Have each door open as was decided; what is lost stays lost. Raises Retry."""
    for one in found:
        if one.gap is Gap.REOPENED:
            registry.revoke(one.address)
        elif one.gap is Gap.OTHERWISE:
            registry.grant(one.address, Grant(one.right.tenant, one.right.user, one.right.role))


def _gap(right: Right, grant: Grant | None) -> Gap | None:
    if grant is None:
        return Gap.LOST if right.is_open else None
    if not right.is_open:
        return Gap.REOPENED
    return None if (grant.user, grant.role) == (right.user, right.role) else Gap.OTHERWISE
