"""One TransactWriteItems, and what to tell its caller when it is cancelled.

DynamoDB gives one reason per operation, in the order of the request. pynamodb sends condition checks first, then
deletes, puts and updates, whatever the order of the calls; so each operation is remembered in its own group with what
it means, and the groups are joined in that order. tests/contract/test_store_reasons.py holds pynamodb to it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from pynamodb.exceptions import CancellationReason, PynamoDBException, TransactWriteError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.models import Model
from pynamodb.transactions import TransactWrite

from relance.adapters.dynamo.attempts import THROTTLED, code_of, write
from relance.adapters.dynamo.items import CoreItem, Database
from relance.adapters.dynamo.keys import Key
from relance.app.ports.store import AlreadyAnswered, EntityMoved, HeadMoved
from relance.domain.errors import Corrupted, Invalid, RelanceError, Retry

MAX_ITEMS = 100  # TransactWriteItems API reference, checked 2026-11


class Meaning(IntEnum):
    """What it means when an operation's condition fails. When several do, the lowest is what the caller must hear."""

    ANSWERED = 0
    HEAD_MOVED = 1
    ENTITY_MOVED = 2
    LINE_THERE = 3
    EVENT_EXISTS = 4


@dataclass(slots=True)
class Transaction:
    """Operations that are stored all or not at all; each item may appear once."""

    database: Database
    token: str
    _checks: list[tuple[Meaning, Key, Condition]] = field(default_factory=list)
    _deletes: list[tuple[Meaning, CoreItem, Condition]] = field(default_factory=list)
    _saves: list[tuple[Meaning, Model, Condition | None]] = field(default_factory=list)
    _updates: list[tuple[Meaning, CoreItem, Sequence[Action], Condition]] = field(default_factory=list)

    def check(self, meaning: Meaning, key: Key, condition: Condition) -> None:
        """Require something of an item that is not written."""
        self._checks.append((meaning, key, condition))

    def delete(self, meaning: Meaning, item: CoreItem, condition: Condition) -> None:
        """Remove an item."""
        self._deletes.append((meaning, item, condition))

    def save(self, meaning: Meaning, item: Model, condition: Condition | None) -> None:
        """Write a whole item: only for new ones, since what the model does not know would be lost."""
        self._saves.append((meaning, item, condition))

    def update(self, meaning: Meaning, item: CoreItem, actions: Sequence[Action], condition: Condition) -> None:
        """Change attributes of an item."""
        self._updates.append((meaning, item, actions, condition))

    def __len__(self) -> int:
        return len(self._checks) + len(self._deletes) + len(self._saves) + len(self._updates)

    def commit(self) -> None:
        """Store it. Sent again with the same token while no answer comes: DynamoDB applies a token once in 10 minutes.

        Raises AlreadyAnswered, HeadMoved (also for a conflict with a transaction at work), EntityMoved, Corrupted,
        Invalid, Retry, OutcomeUnknown, Stop.
        """
        if not 1 <= len(self) <= MAX_ITEMS:
            raise Invalid(f"{len(self)} écritures à la fois : de 1 à {MAX_ITEMS}.", code="too_many_items")
        write(self._send, self._judge)

    def _send(self) -> None:
        with TransactWrite(connection=self.database.connection, client_request_token=self.token) as transaction:
            for _, key, condition in self._checks:
                transaction.condition_check(self.database.core, key.pk, key.sk, condition=condition)
            for _, item, condition in self._deletes:
                transaction.delete(item, condition=condition)
            for _, new, absent in self._saves:
                transaction.save(new, condition=absent)
            for _, item, actions, condition in self._updates:
                transaction.update(item, actions=list(actions), condition=condition)

    def _judge(self, error: PynamoDBException) -> RelanceError | None:
        if not isinstance(error, TransactWriteError) or code_of(error) != "TransactionCanceledException":
            return None
        groups: tuple[Sequence[tuple[Any, ...]], ...] = (self._checks, self._deletes, self._saves, self._updates)
        return judgement([row[0] for group in groups for row in group], error.cancellation_reasons)


def judgement(meanings: Sequence[Meaning], reasons: Sequence[CancellationReason | None]) -> RelanceError:
    """The one error of a cancelled transaction; `meanings` in the order in which it was sent."""
    if len(meanings) != len(reasons):
        return Corrupted(f"{len(reasons)} motifs pour {len(meanings)} écritures.", code="store_reasons")
    failed = [m for m, r in zip(meanings, reasons, strict=True) if r and r.code == "ConditionalCheckFailed"]
    codes = {reason.code for reason in reasons if reason}
    if failed:
        return _meant(min(failed))
    if "TransactionConflict" in codes:
        return HeadMoved("Une autre écriture est en cours sur ce compte.")
    if codes & THROTTLED:
        return Retry("La base de données refuse le débit : réessayez dans quelques secondes.", code="throttled")
    if "ItemCollectionSizeLimitExceeded" in codes or "ValidationError" in codes:
        return Invalid("La base de données refuse cette écriture : elle est trop volumineuse.", code="too_large")
    return Corrupted(f"Motifs d’annulation inconnus : {sorted(codes)}.", code="store_reasons")


def _meant(meaning: Meaning) -> RelanceError:
    match meaning:
        case Meaning.ANSWERED:
            return AlreadyAnswered("Cette clé d’idempotence a déjà une réponse.")
        case Meaning.HEAD_MOVED:
            return HeadMoved("Une autre écriture est passée avant.")
        case Meaning.ENTITY_MOVED:
            return EntityMoved("Cet objet a changé entre-temps : rechargez-le puis recommencez.")
        case Meaning.LINE_THERE:
            return HeadMoved("Une ligne à remettre est déjà à sa place : relisez le journal.")
        case Meaning.EVENT_EXISTS:
            return Corrupted("Le journal contient un événement que sa tête ne connaît pas.", code="journal_ahead")
