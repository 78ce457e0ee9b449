"""The verifier's own Ed25519, against the vectors of RFC 8032 § 7.1 and against OpenSSL."""

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from relance.resources import verify_archive
from relance.resources.verify_archive import ed25519_verify, ed25519_verify_all
from tests.doubles.tampered_points import ORDER, SMALL_ORDER, multiple, signed_off_by

# public key, message, signature
RFC_8032 = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
        "d25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c"
        "387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc659"
        "4a7c15e9716ed28dc027beceea1ec40a",
    ),
]
KEY = Ed25519PrivateKey.from_private_bytes(b"\x07" * 32)
PUBLIC = KEY.public_key().public_bytes_raw()
MESSAGE = b"relance/ten_a\n12\n"
SIGNATURE = KEY.sign(MESSAGE)


@pytest.mark.parametrize(("key", "message", "signature"), RFC_8032)
def test_the_vectors_of_the_rfc(key: str, message: str, signature: str) -> None:
    assert ed25519_verify(bytes.fromhex(key), bytes.fromhex(message), bytes.fromhex(signature))
    assert not ed25519_verify(bytes.fromhex(key), bytes.fromhex(message) + b"x", bytes.fromhex(signature))


def test_what_openssl_signs_is_accepted() -> None:
    for number in range(20):
        message = number.to_bytes(2, "big") * number
        assert ed25519_verify(PUBLIC, message, KEY.sign(message))


@pytest.mark.parametrize("position", range(64))
def test_every_flipped_byte_of_a_signature_is_refused(position: int) -> None:
    changed = bytearray(SIGNATURE)
    changed[position] ^= 0x10
    assert not ed25519_verify(PUBLIC, MESSAGE, bytes(changed))


def test_the_second_spelling_of_a_signature_is_refused() -> None:
    s = int.from_bytes(SIGNATURE[32:], "little") + ORDER
    assert not ed25519_verify(PUBLIC, MESSAGE, SIGNATURE[:32] + s.to_bytes(32, "little"))


@pytest.mark.parametrize(
    "key",
    [
        b"",
        bytes(31),
        b"\xff" * 32,  # y beyond the field
        (2).to_bytes(32, "little"),  # no x for this y
        (1 | 1 << 255).to_bytes(32, "little"),  # x = 0 with a sign
    ],
)
def test_what_is_no_point_is_no_key(key: bytes) -> None:
    assert not ed25519_verify(key, MESSAGE, SIGNATURE)


def test_a_signature_of_another_length_is_refused() -> None:
    for signature in (b"", SIGNATURE[:-1], SIGNATURE + b"\x00"):
        assert not ed25519_verify(PUBLIC, MESSAGE, signature)


@pytest.mark.parametrize("name", [name for name in SMALL_ORDER if name != "order 1"])
def test_a_signature_off_by_a_point_of_small_order_is_refused_alone_and_among_others(name: str) -> None:
    """Only the holder of the key can make it; OpenSSL and browsers refuse it, so it may not depend on chance here."""
    signature = signed_off_by(SMALL_ORDER[name], b"\x07" * 32, PUBLIC, MESSAGE)
    with pytest.raises(InvalidSignature):
        KEY.public_key().verify(signature, MESSAGE)
    again = signed_off_by(SMALL_ORDER[name], b"\x07" * 32, PUBLIC, b"again")
    others = [(bytes([n]), KEY.sign(bytes([n]))) for n in range(5)]
    said = ed25519_verify_all(PUBLIC, [*others, (MESSAGE, signature), (b"again", again)])
    assert said == [True] * 5 + [False] * 2


def test_the_table_for_many_signatures_says_what_the_table_for_few_does() -> None:
    forged = bytes([SIGNATURE[0] ^ 1]) + SIGNATURE[1:]
    for key, signature in ((PUBLIC, SIGNATURE), (PUBLIC, forged), (PUBLIC[::-1], SIGNATURE)):
        said = [ed25519_verify(key, MESSAGE, signature, bits) for bits in (4, 8)]
        assert said == [(key, signature) == (PUBLIC, SIGNATURE)] * 2


def test_the_points_of_small_order_are_eight_and_no_other_is_taken_for_one() -> None:
    assert {multiple(8, small) for small in SMALL_ORDER.values()} == {SMALL_ORDER["order 1"]}
    assert len(set(SMALL_ORDER.values())) == 8
    assert all(map(verify_archive._is_of_small_order, [*SMALL_ORDER.values()]))
    assert not any(map(verify_archive._is_of_small_order, (PUBLIC, SIGNATURE[:32], verify_archive._BASE)))
