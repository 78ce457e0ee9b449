"""What a browser shows us cannot be made up. [T-04]"""

from hypothesis import assume, given
from hypothesis import strategies as st

from relance.domain.ids import make_id
from relance.domain.links import link_token, pixel_id, pixel_token

keys = st.binary(min_size=16, max_size=64)
randoms = st.binary(min_size=10, max_size=10)
parts = st.text(st.characters(codec="ascii", categories=["Ll", "Nd"]) | st.just("_"), min_size=1, max_size=12)


@given(keys, randoms)
def test_a_genuine_token_gives_back_what_went_in(key: bytes, random: bytes) -> None:
    assert pixel_id(key, pixel_token(key, random)) == random.hex()


@given(keys, randoms, st.integers(0, 29), st.characters(codec="ascii"))
def test_a_token_with_one_character_changed_is_nobody_s(key: bytes, random: bytes, at: int, character: str) -> None:
    token = pixel_token(key, random)
    forged = token[:at] + character + token[at + 1 :]
    assume(forged != token)
    assert pixel_id(key, forged) is None


@given(keys, st.text(max_size=60))
def test_any_text_at_all_is_judged_without_an_error(key: bytes, text: str) -> None:
    assert pixel_id(key, text) is None


@given(keys, keys, randoms)
def test_a_token_of_another_deployment_is_nobody_s(key: bytes, other: bytes, random: bytes) -> None:
    # HMAC pads a short key with zeros (RFC 2104 § 2), so keys that differ by those alone are one key
    assume(key.rstrip(b"\0") != other.rstrip(b"\0"))
    assert pixel_id(key, pixel_token(other, random)) is None


@given(keys, st.tuples(parts, parts, parts), st.tuples(parts, parts, parts))
def test_two_documents_never_share_a_link(key: bytes, one: tuple[str, str, str], other: tuple[str, str, str]) -> None:
    assert (link_token(key, *one) == link_token(key, *other)) == (one == other)


@given(st.integers(0, 2**48 - 1), st.integers(0, 2**48 - 1), randoms, randoms)
def test_ids_sort_by_the_time_they_were_made(one: int, other: int, a: bytes, b: bytes) -> None:
    if one < other:
        assert make_id("quo", one, a) < make_id("quo", other, b)
