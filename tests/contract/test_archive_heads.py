"""What every ArchiveHeads must do: the double, DynamoDB on moto and on the local cloud."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, cast
from uuid import uuid4

import boto3
import pytest
from moto import mock_aws

from relance.adapters.dynamo import codec
from relance.adapters.dynamo.archive_heads import DynamoArchiveHeads
from relance.adapters.dynamo.items import Database
from relance.adapters.dynamo.keys import archive_head_key
from relance.app.ports.archive import (
    ArchiveHead,
    ArchiveHeads,
    ArchiveMoved,
    Handover,
    Quarantine,
    Verification,
)
from relance.domain.chain.merkle import EMPTY, leaf_hash
from relance.domain.errors import Corrupted
from tests.doubles.archive import Heads, World
from tests.doubles.dynamo import botocore_session, create_tables

if TYPE_CHECKING:
    from local.cloud import LocalCloud

REGION = "eu-west-3"
FULL = ArchiveHead(
    size=3,
    signed_size=2,
    chain="a" * 64,
    at_ms=1_790_000_000_123,
    frontier=EMPTY.extend([leaf_hash(bytes([i])) for i in range(3)]),
    segment_first_seq=3,
    segment_sha256="b" * 64,
    public_key="c" * 64,
    quarantine=Quarantine(4, "chain.broken", "Chaîne rompue à l’événement 4."),
    verification=Verification(1_790_000_000_000, 2, 1),
    version=1,
)


@pytest.fixture(params=["double", "moto", pytest.param("cloud", marks=pytest.mark.cloud)])
def heads(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[ArchiveHeads]:
    if request.param == "double":
        yield Heads(World())
    elif request.param == "moto":
        for variable in ("AWS_ENDPOINT_URL", "AWS_PROFILE"):
            monkeypatch.delenv(variable, raising=False)
        with mock_aws():
            client = boto3.Session(botocore_session=botocore_session()).client("dynamodb", region_name=REGION)
            yield DynamoArchiveHeads(Database(region=REGION, core_table=create_tables(client, "heads-")["core_table"]))
    else:
        cloud = cast("LocalCloud", request.getfixturevalue("cloud"))
        for name, value in cloud.env.items():
            monkeypatch.setenv(name, value)
        yield DynamoArchiveHeads(Database(core_table=cloud.outputs["CoreTable"]))


@pytest.fixture
def tenant() -> str:
    return f"ten_{uuid4().hex[:20]}"


def test_an_archive_that_nobody_wrote_to_is_empty(heads: ArchiveHeads, tenant: str) -> None:
    assert heads.get(tenant) == ArchiveHead()


def test_what_was_swapped_in_is_read_back_whole(heads: ArchiveHeads, tenant: str) -> None:
    heads.compare_and_swap(tenant, ArchiveHead(), FULL)
    assert heads.get(tenant) == FULL
    later = replace(FULL, size=4, frontier=FULL.frontier.extend([leaf_hash(b"x")]), quarantine=None, version=2)
    heads.compare_and_swap(tenant, FULL, later)
    assert heads.get(tenant) == later


def test_a_handover_is_read_back_until_it_is_over(heads: ArchiveHeads, tenant: str) -> None:
    due = replace(FULL, handover=Handover("d" * 64, "e" * 64, "f" * 64))
    heads.compare_and_swap(tenant, ArchiveHead(), due)
    assert heads.get(tenant) == due
    assert heads.get(tenant).signed_by == "d" * 64
    over = replace(FULL, signed_size=3, version=2)
    heads.compare_and_swap(tenant, due, over)
    assert heads.get(tenant) == over
    assert heads.get(tenant).signed_by == FULL.public_key


def test_a_release_that_knows_nothing_of_key_notes_refuses_a_head_in_handover(heads: ArchiveHeads, tenant: str) -> None:
    """It would write the head back without the handover, and the next checkpoint would lack its key note."""
    if not isinstance(heads, DynamoArchiveHeads):
        pytest.skip("the double stores no bytes")

    def stored() -> bytes:
        key = archive_head_key(tenant)
        return heads.database.core.get(key.pk, key.sk, consistent_read=True).body.encode()

    due = replace(FULL, handover=Handover("d" * 64, "e" * 64, "f" * 64))
    heads.compare_and_swap(tenant, ArchiveHead(), due)
    with pytest.raises(Corrupted, match="mettez-le à jour"):
        codec.decode(ArchiveHead, stored(), 1)
    heads.compare_and_swap(tenant, due, replace(FULL, version=2))
    assert codec.decode(ArchiveHead, stored(), 1) == replace(FULL, version=2)
    with pytest.raises(Corrupted):
        codec.version_of(b"{}")


def swaps(heads: ArchiveHeads, tenant: str) -> list[Callable[[], None]]:
    return [
        lambda: heads.compare_and_swap(tenant, ArchiveHead(), FULL),
        lambda: heads.compare_and_swap(tenant, replace(FULL, version=2), replace(FULL, version=3)),
    ]


@pytest.mark.parametrize("number", [0, 1])
def test_a_head_that_moved_is_not_overwritten(heads: ArchiveHeads, tenant: str, number: int) -> None:
    heads.compare_and_swap(tenant, ArchiveHead(), FULL)
    with pytest.raises(ArchiveMoved):
        swaps(heads, tenant)[number]()
    assert heads.get(tenant) == FULL


def test_a_head_that_was_never_written_cannot_be_moved_on(heads: ArchiveHeads, tenant: str) -> None:
    with pytest.raises(ArchiveMoved):
        heads.compare_and_swap(tenant, FULL, replace(FULL, version=2))
    assert heads.get(tenant) == ArchiveHead()


def test_a_swap_that_skips_a_version_is_a_mistake_of_the_caller(heads: ArchiveHeads, tenant: str) -> None:
    with pytest.raises(ValueError, match="version"):
        heads.compare_and_swap(tenant, ArchiveHead(), replace(FULL, version=2))


def test_of_many_at_once_exactly_one_wins(heads: ArchiveHeads, tenant: str, request: pytest.FixtureRequest) -> None:
    if "moto" in request.node.name:
        pytest.skip("moto does not isolate concurrent writers (local-cloud notes)")

    def attempt(size: int) -> bool:
        try:
            heads.compare_and_swap(tenant, ArchiveHead(), replace(FULL, size=3, at_ms=size))
        except ArchiveMoved:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        won = list(pool.map(attempt, range(16)))
    assert sum(won) == 1
    assert heads.get(tenant).at_ms == won.index(True)


def test_one_tenant_never_moves_another(heads: ArchiveHeads, tenant: str) -> None:
    heads.compare_and_swap(tenant, ArchiveHead(), FULL)
    assert heads.get(f"{tenant}x") == ArchiveHead()
