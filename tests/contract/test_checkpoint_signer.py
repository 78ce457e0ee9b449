"""What every CheckpointSigner must do: the double, and KMS on the local cloud (moto has no Ed25519 keys)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, cast

import boto3
import pytest
from botocore.stub import Stubber
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from moto import mock_aws

from relance.adapters.kms_signer import KmsSigner
from relance.app.ports.archive import CheckpointSigner, KeyUnusable
from relance.domain.errors import Corrupted, Retry
from tests.doubles.archive import Signer, World, a_key

if TYPE_CHECKING:
    from types_boto3_kms.client import KMSClient

    from local.cloud import LocalCloud

MESSAGE = b"relance/ten_a\n12\n" * 20
KEY: Final[dict[str, Any]] = {"KeyUsage": "SIGN_VERIFY", "KeySpec": "ECC_NIST_EDWARDS25519"}
SPKI = bytes.fromhex("302a300506032b6570032100") + b"\x05" * 32


@pytest.fixture(params=["double", pytest.param("kms", marks=pytest.mark.cloud)])
def signer(request: pytest.FixtureRequest) -> CheckpointSigner:
    if request.param == "double":
        return Signer(World())
    cloud = cast("LocalCloud", request.getfixturevalue("cloud"))
    return KmsSigner(cloud.boto("kms"), cloud.outputs["SigningKeyId"])


def test_a_signature_is_plain_ed25519_over_the_message_itself(signer: CheckpointSigner) -> None:
    Ed25519PublicKey.from_public_bytes(signer.public_key()).verify(signer.sign(MESSAGE), MESSAGE)


def test_signing_the_same_message_again_gives_the_same_signature(signer: CheckpointSigner) -> None:
    assert signer.sign(MESSAGE) == signer.sign(MESSAGE)


@dataclass(frozen=True, slots=True)
class Rotated:
    """An active key, and a retired one that may be disabled."""

    active: CheckpointSigner
    retired: CheckpointSigner
    disable: Callable[[], object]


@pytest.fixture(params=["double", pytest.param("kms", marks=pytest.mark.cloud)])
def rotated(request: pytest.FixtureRequest) -> Rotated:
    if request.param == "double":
        world = World()
        old = Signer(world, a_key(7))
        return Rotated(Signer(world, a_key(8)), old, lambda: world.disabled.add(old.public_key()))
    cloud = cast("LocalCloud", request.getfixturevalue("cloud"))
    client = cloud.boto("kms")
    ids = [client.create_key(**KEY)["KeyMetadata"]["KeyId"] for _ in range(2)]
    active, retired = (KmsSigner(client, id) for id in ids)
    return Rotated(active, retired, lambda: client.disable_key(KeyId=ids[1]))


def test_a_retired_key_goes_on_signing_with_a_key_of_its_own(rotated: Rotated) -> None:
    assert rotated.active.public_key() != rotated.retired.public_key()
    assert rotated.active.sign(MESSAGE) != rotated.retired.sign(MESSAGE)
    public = Ed25519PublicKey.from_public_bytes(rotated.retired.public_key())
    public.verify(rotated.retired.sign(MESSAGE), MESSAGE)


def test_a_disabled_key_says_that_a_person_must_act_and_the_other_still_signs(rotated: Rotated) -> None:
    rotated.disable()
    with pytest.raises(KeyUnusable, match="désactivée"):
        rotated.retired.sign(MESSAGE)
    assert rotated.active.sign(MESSAGE)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("DisabledException", "aws kms enable-key --key-id key-1"),
        ("KMSInvalidStateException", "cancel-key-deletion --key-id key-1"),
        ("NotFoundException", "n’existe pas"),
        ("AccessDeniedException", "politique"),
    ],
)
@pytest.mark.parametrize("operation", ["get_public_key", "sign"])
def test_a_key_that_only_a_person_can_mend_is_told_with_what_to_do(operation: str, code: str, words: str) -> None:
    client = kms()
    with Stubber(client) as service:
        service.add_client_error(operation, code)
        signer = KmsSigner(client, "key-1")
        with pytest.raises(KeyUnusable, match=words) as caught:
            signer.public_key() if operation == "get_public_key" else signer.sign(MESSAGE)
    assert "Rien n’est perdu" in caught.value.message


@pytest.mark.parametrize("code", ["KMSInternalException", "DependencyTimeoutException", "ThrottlingException"])
def test_what_passes_by_itself_is_not_called_unusable(code: str) -> None:
    client = kms()
    with Stubber(client) as service:
        service.add_client_error("sign", code)
        with pytest.raises(Retry) as caught:
            KmsSigner(client, "key-1").sign(MESSAGE)
    assert not isinstance(caught.value, KeyUnusable)


def kms() -> KMSClient:
    return boto3.client("kms", region_name="eu-west-3", aws_access_key_id="test", aws_secret_access_key="test")


def test_another_kind_of_key_is_not_accepted() -> None:
    with mock_aws():
        client = kms()
        key = client.create_key(KeyUsage="SIGN_VERIFY", KeySpec="RSA_2048")["KeyMetadata"]["KeyId"]
        with pytest.raises(Corrupted):
            KmsSigner(client, key).public_key()


def test_a_key_that_is_away_asks_to_try_again() -> None:
    with mock_aws():
        signer = KmsSigner(kms(), "alias/none")
        with pytest.raises(Retry):
            signer.public_key()
        with pytest.raises(Retry):
            signer.sign(MESSAGE)


def test_the_public_key_is_asked_for_once() -> None:
    client = kms()
    with Stubber(client) as service:
        service.add_response("get_public_key", {"PublicKey": SPKI}, {"KeyId": "key"})
        signer = KmsSigner(client, "key")
        assert signer.public_key() == signer.public_key() == b"\x05" * 32


def test_a_signature_of_another_length_is_not_passed_on() -> None:
    client = kms()
    with Stubber(client) as service:
        service.add_response("sign", {"Signature": b"short"})
        with pytest.raises(Corrupted):
            KmsSigner(client, "key").sign(MESSAGE)
