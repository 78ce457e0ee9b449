"""What every CheckpointSigner must do: the double, and KMS on the local cloud (moto has no Ed25519 keys)."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import boto3
import pytest
from botocore.stub import Stubber
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from moto import mock_aws

from relance.adapters.kms_signer import KmsSigner
from relance.app.ports.archive import CheckpointSigner
from relance.domain.errors import Corrupted, Retry
from tests.doubles.archive import Signer, World

if TYPE_CHECKING:
    from types_boto3_kms.client import KMSClient

    from local.cloud import LocalCloud

MESSAGE = b"relance/ten_a\n12\n" * 20
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
