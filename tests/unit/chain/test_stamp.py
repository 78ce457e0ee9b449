"""What an authority answered: a stamp of this digest, or not. RFC 3161 § 2.4.2. [AR-02]"""

from hashlib import sha256

import pytest

from relance.domain.chain.stamp import is_stamp_of
from tests.doubles.years import Stamper

DIGEST = sha256(b"a note").digest()
GRANTED = Stamper().stamp(DIGEST)


def with_status(status: int) -> bytes:
    return GRANTED.replace(bytes.fromhex("3003020100"), bytes.fromhex("30030201") + bytes([status]))


def test_a_stamp_is_of_its_digest_alone() -> None:
    assert is_stamp_of(GRANTED, DIGEST)
    assert not is_stamp_of(GRANTED, sha256(b"another").digest())


@pytest.mark.parametrize(("status", "is_one"), [(0, True), (1, True), (2, False), (3, False)])
def test_only_a_granted_one_counts(status: int, is_one: bool) -> None:
    assert is_stamp_of(with_status(status), DIGEST) is is_one


def test_an_algorithm_without_parameters_is_the_same_algorithm() -> None:
    other = GRANTED.replace(
        bytes.fromhex("300d060960864801650304020105000420"), bytes.fromhex("300b06096086480165030402010420")
    )
    assert is_stamp_of(b"\x30" + bytes([len(other) - 2]) + other[2:], DIGEST)


@pytest.mark.parametrize(
    "broken", [b"", b"\x31\x00", GRANTED[:-1], b"\x30\x82\x01\x00" + GRANTED[2:], b"\x30\x02\x30\x00" + GRANTED[2:]]
)
def test_what_is_no_answer_is_no_stamp(broken: bytes) -> None:
    """Empty, of another type, cut short, longer than it is, without a status."""
    assert not is_stamp_of(broken, DIGEST)


def test_a_long_form_of_length_is_read() -> None:
    assert is_stamp_of(b"\x30\x81" + GRANTED[1:], DIGEST)
