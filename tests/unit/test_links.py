from base64 import urlsafe_b64decode

import pytest

from relance.domain.links import form_token, link_id, link_token, pixel_id, pixel_token

KEY, OTHER_KEY = b"k" * 32, b"o" * 32
RANDOM = bytes(range(10))


def test_a_link_can_be_printed_again_and_is_another_for_anything_else() -> None:
    token = link_token(KEY, "ten_a", "quote", "quo_1")
    assert token == link_token(KEY, "ten_a", "quote", "quo_1")
    others = {
        link_token(OTHER_KEY, "ten_a", "quote", "quo_1"),
        link_token(KEY, "ten_b", "quote", "quo_1"),
        link_token(KEY, "ten_a", "invoice", "quo_1"),
        link_token(KEY, "ten_a", "quote", "quo_2"),
        link_token(KEY, "ten_a", "quot", "equo_1"),
    }
    assert len(others) == 5
    assert token not in others


def test_a_link_token_holds_128_bits_and_is_kept_only_as_its_hash() -> None:
    token = link_token(KEY, "ten_a", "quote", "quo_1")
    assert len(token) == 22
    assert len(urlsafe_b64decode(token + "==")) == 16
    assert token not in link_id(token)
    assert len(link_id(token)) == 64


def test_a_form_is_bound_to_the_link_and_to_the_document_shown_Q_05() -> None:
    tokens = {form_token(KEY, "a", "1"), form_token(KEY, "a", "2"), form_token(KEY, "b", "1")}
    assert len(tokens) == 3
    assert form_token(KEY, "a", "1") in tokens


def test_a_genuine_pixel_gives_its_random_bytes_back_T_04() -> None:
    token = pixel_token(KEY, RANDOM)
    assert len(token) == 30
    assert pixel_id(KEY, token) == RANDOM.hex()


@pytest.mark.parametrize(
    "token",
    [
        "",
        "é" * 30,
        "*" * 30,
        pixel_token(KEY, RANDOM)[:-1],
        pixel_token(KEY, RANDOM) + "A",
        pixel_token(KEY, RANDOM) + "=",
        pixel_token(KEY, RANDOM) + "\n",
        pixel_token(OTHER_KEY, RANDOM),
        "Z" + pixel_token(KEY, RANDOM)[1:],
        pixel_token(KEY, RANDOM)[:-1] + "!",
        link_token(KEY, "ten_a", "quote", "quo_1"),
    ],
)
def test_a_forged_or_cut_pixel_is_nobody_s_T_04(token: str) -> None:
    assert pixel_id(KEY, token) is None


def test_a_pixel_of_another_key_generation_is_not_taken() -> None:
    token = pixel_token(KEY, RANDOM)
    assert token[:1] == "A"  # key id 1 in the first byte
    assert pixel_id(KEY, "B" + token[1:]) is None


def test_the_last_character_has_one_spelling_only() -> None:
    """30 characters hold 180 bits for 176: the four spare bits must be zero, or one mail would have sixteen tokens."""
    token = pixel_token(KEY, RANDOM)
    twins = [token[:-1] + c for c in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"]
    assert [twin for twin in twins if pixel_id(KEY, twin)] == [token]
