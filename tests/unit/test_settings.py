"""What a function is told by its environment."""

from dataclasses import dataclass, field

import pytest

from relance.runtime.settings import MissingSettings, load


@dataclass(frozen=True, slots=True)
class Needs:
    core_table: str
    pages: int
    link_key: bytes = field(repr=False)
    debug: bool = False
    clock_file: str = ""


def test_a_field_is_the_variable_of_its_name_in_capitals() -> None:
    environment = {"CORE_TABLE": "core", "PAGES": "3", "LINK_KEY": "k\u00e9y", "DEBUG": "true", "OTHER": "x"}
    assert load(Needs, environment) == Needs("core", 3, "k\u00e9y".encode(), True)


def test_everything_that_is_missing_or_empty_is_named_at_once() -> None:
    with pytest.raises(MissingSettings, match=r"Needs: .*CORE_TABLE, LINK_KEY$"):
        load(Needs, {"CORE_TABLE": "", "PAGES": "1"})


def test_a_secret_is_not_shown() -> None:
    assert "hush" not in repr(load(Needs, {"CORE_TABLE": "c", "PAGES": "1", "LINK_KEY": "hush"}))
