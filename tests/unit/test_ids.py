import pytest

from relance.domain.errors import Fault, Invalid, Rejected
from relance.domain.ids import make_id


def test_an_id_says_its_kind_and_sorts_by_time() -> None:
    early, late = make_id("quo", 1_000, b"\xff" * 10), make_id("quo", 1_001, b"\x00" * 10)
    assert early.startswith("quo_")
    assert len(early) == 30
    assert early < late


def test_an_id_is_a_ulid_in_lower_case() -> None:
    assert make_id("inv", 2**48 - 1, b"\xff" * 10) == "inv_7" + "z" * 25
    assert make_id("inv", 0, b"\x00" * 10) == "inv_" + "0" * 26


@pytest.mark.parametrize("entropy", [b"", b"123456789", b"12345678901"])
def test_an_id_takes_ten_random_bytes_and_no_fewer(entropy: bytes) -> None:
    with pytest.raises(ValueError, match="10 bytes"):
        make_id("quo", 0, entropy)


def test_an_error_carries_its_code_sentence_and_every_fault() -> None:
    fault = Fault("/lines/0", "Décrivez ce que la ligne vend.")
    error = Invalid("Un point est à corriger.", faults=[fault])
    assert (error.code, error.message, error.faults, str(error)) == ("invalid", error.message, (fault,), error.message)
    assert fault.code == "invalid"
    assert isinstance(error, Rejected)
    assert Invalid("x", code="special").code == "special"
    assert Invalid.code == "invalid"
