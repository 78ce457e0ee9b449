"""One client for all tables, made when first used, and an authorizer that pays for nothing else."""

import subprocess
import sys

import pytest

from relance.adapters.dynamo.items import ActivityItem, CoreItem, Database, EventItem


def test_all_tables_share_one_client() -> None:
    database = Database(core_table="c", journal_table="j", activity_table="a", region="eu-west-3")
    models = (database.core, database.journal, database.activity)
    assert {model.Meta.table_name for model in models} == {"c", "j", "a"}
    assert {id(model._get_connection().connection) for model in models} == {id(database.connection)}
    assert database.connection._client is None


def test_two_databases_keep_apart() -> None:
    one, two = Database(core_table="one", region="eu-west-3"), Database(core_table="two", region="eu-west-3")
    assert (one.core._get_connection().table_name, two.core._get_connection().table_name) == ("one", "two")
    assert not any(hasattr(model, "Meta") for model in (CoreItem, EventItem, ActivityItem))


def test_a_table_that_was_not_named_is_missed_at_its_first_use() -> None:
    with pytest.raises(ValueError, match="EventItem"):
        _ = Database(core_table="c").journal


def test_the_authorizer_imports_neither_boto3_nor_the_entities() -> None:
    program = (
        "import sys, relance.adapters.dynamo.access;"
        "heavy = {'boto3', 'msgspec', 'holidays', 'orjson', 'relance.domain.quote', 'relance.adapters.dynamo.codec'};"
        "print(sorted(heavy & set(sys.modules)))"
    )
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, env=_path())
    assert found.stdout.strip() == "[]"


def _path() -> dict[str, str]:
    return {"PYTHONPATH": ":".join(path for path in sys.path if path)}
