"""Why a transaction was cancelled: the reasons come back in the order that pynamodb sent, not in that of our calls."""

from dataclasses import replace

import pytest
from pynamodb.exceptions import CancellationReason

from relance.adapters.dynamo.transaction import Meaning, judgement
from relance.app.ports.store import AlreadyAnswered, Check, Commit, EntityMoved, HeadMove, HeadMoved
from relance.domain.chain.event import SealedEvent
from relance.domain.errors import Corrupted, Invalid, RelanceError, Retry
from relance.domain.ids import CustomerId, QuoteId
from relance.domain.journal import Head
from tests.builders import a_customer, a_quote
from tests.contract.store.conftest import ON_CLOUD, Place
from tests.doubles.commits import a_commit, a_move, an_answer


@pytest.fixture(params=["moto", ON_CLOUD])
def dynamo(request: pytest.FixtureRequest) -> Place:
    place: Place = request.getfixturevalue(f"{request.param}_place")
    return place


def one_of_each(place: Place) -> Commit:
    """A commit with every kind of operation, all of which would hold."""
    stored = [a_customer(place.tenant, id=CustomerId(f"cus_{name}")) for name in ("changed", "checked", "deleted")]
    place.store.commit(a_commit(place.tenant, *stored, move=a_move(place.tenant, Head())))
    changed, checked, deleted = stored
    return a_commit(
        place.tenant,
        a_quote(place.tenant, id=QuoteId("quo_new")),
        replace(changed, rev=2),
        deletes=(deleted,),
        checks=(Check(checked),),
        move=a_move(place.tenant, place.store.head(place.tenant), events=2),
        answer=an_answer(),
    )


def _stale(commit: Commit, part: str) -> Commit:
    """One operation that does not hold."""
    match part:
        case "new":
            return replace(commit, puts=(replace(commit.puts[0], rev=5), commit.puts[1]))  # type: ignore[type-var]
        case "changed":
            return replace(commit, puts=(commit.puts[0], replace(commit.puts[1], rev=5)))  # type: ignore[type-var]
        case "deleted":
            return replace(commit, deletes=(replace(commit.deletes[0], rev=5),))  # type: ignore[type-var]
        case "checked":
            return replace(commit, checks=(Check(replace(commit.checks[0].entity, rev=5)),))  # type: ignore[type-var]
        case "head":
            assert commit.move
            return replace(commit, move=replace(commit.move, expected_seq=7))
    raise AssertionError(part)


def test_a_commit_of_every_kind_of_operation_is_stored(dynamo: Place) -> None:
    dynamo.store.commit(one_of_each(dynamo))
    assert dynamo.store.head(dynamo.tenant).seq == 3


@pytest.mark.parametrize(
    ("part", "error"),
    [
        ("new", EntityMoved),
        ("changed", EntityMoved),
        ("deleted", EntityMoved),
        ("checked", EntityMoved),
        ("head", HeadMoved),
    ],
)
def test_each_operation_is_blamed_for_itself(dynamo: Place, part: str, error: type[RelanceError]) -> None:
    with pytest.raises(error):
        dynamo.store.commit(_stale(one_of_each(dynamo), part))


def test_the_key_is_blamed_for_itself(dynamo: Place) -> None:
    wanted = one_of_each(dynamo)
    dynamo.store.commit(a_commit(dynamo.tenant, answer=an_answer()))
    with pytest.raises(AlreadyAnswered):
        dynamo.store.commit(wanted)


def test_an_event_that_the_head_does_not_know_is_an_alarm(dynamo: Place) -> None:
    """Somebody wrote to the journal behind the head's back: no retry makes that good."""
    wanted = one_of_each(dynamo)
    assert wanted.move
    stranger = dynamo.journal.read(dynamo.tenant, 0, 1)[0]
    doubled: tuple[SealedEvent, ...] = (stranger, *wanted.move.events)
    move = HeadMove(wanted.move.expected_seq, wanted.move.head, doubled)
    with pytest.raises(Corrupted) as refused:
        dynamo.store.commit(replace(wanted, move=move))
    assert refused.value.code == "journal_ahead"


def _reasons(*codes: str | None) -> list[CancellationReason | None]:
    return [CancellationReason(code) if code else None for code in codes]


EACH = [Meaning.ENTITY_MOVED, Meaning.ANSWERED, Meaning.HEAD_MOVED, Meaning.EVENT_EXISTS]
FAILED = "ConditionalCheckFailed"


@pytest.mark.parametrize(
    ("codes", "error"),
    [
        ((FAILED, FAILED, FAILED, FAILED), AlreadyAnswered),
        ((FAILED, None, FAILED, FAILED), HeadMoved),
        ((FAILED, None, None, FAILED), EntityMoved),
        ((None, None, None, FAILED), Corrupted),
        (("TransactionConflict", None, None, None), HeadMoved),
        (("TransactionConflict", FAILED, None, None), AlreadyAnswered),
        (("ThrottlingError", None, "TransactionConflict", None), HeadMoved),
        (("ThrottlingError", None, None, None), Retry),
        ((None, None, "ProvisionedThroughputExceeded", None), Retry),
        ((None, "ValidationError", None, None), Invalid),
        ((None, None, "SomethingNew", None), Corrupted),
        ((None, None, FAILED), Corrupted),
    ],
)
def test_the_reason_that_matters_most_is_given(codes: tuple[str | None, ...], error: type[RelanceError]) -> None:
    assert type(judgement(EACH, _reasons(*codes))) is error
