"""What keeps the system running: dead letters, alarms, logs, protection of data, and what a stage refuses."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import Any

import pytest

from relance.adapters.retention_data import load_retention
from tests.template.conftest import ROOT, Json, Stack, folder

PARAMETERS = {"Stage": "dev", "ClockFile": "", "OidcIssuer": "", "OidcAudience": "", "DeletionProtection": "auto"}


def evaluate(expression: Any, values: Json, conditions: Json) -> Any:
    """The value of a condition function of CloudFormation."""
    match expression:
        case {"Ref": name}:
            return values[name]
        case {"Condition": name}:
            return evaluate(conditions[name], values, conditions)
        case {"Fn::Equals": [left, right]}:
            return evaluate(left, values, conditions) == evaluate(right, values, conditions)
        case {"Fn::Not": [one]}:
            return not evaluate(one, values, conditions)
        case {"Fn::And": all_of}:
            return all(evaluate(one, values, conditions) for one in all_of)
        case {"Fn::Or": any_of}:
            return any(evaluate(one, values, conditions) for one in any_of)
    return expression


def resolved(expression: Any, values: Json, conditions: Json) -> str:
    """The text that CloudFormation makes of an expression of Ref, If, Join and Sub."""
    match expression:
        case str():
            return expression
        case {"Ref": name}:
            return str(values[name])
        case {"Fn::If": [condition, yes, no]}:
            return resolved(yes if evaluate(conditions[condition], values, conditions) else no, values, conditions)
        case {"Fn::Join": [between, parts]}:
            return str(between).join(resolved(part, values, conditions) for part in parts)
        case {"Fn::Sub": str(text)}:
            return re.sub(r"\$\{(\w+)\}", lambda found: str(values[found[1]]), text)
    raise AssertionError(expression)


def refused(template: Json, **parameters: str) -> list[str]:
    """The rules that refuse these parameters."""
    values = {**PARAMETERS, **parameters}
    return [
        name
        for name, rule in template["Rules"].items()
        if evaluate(rule["RuleCondition"], values, {})
        and not all(evaluate(a["Assert"], values, {}) for a in rule["Assertions"])
    ]


def test_production_refuses_a_simulated_clock(written: Json) -> None:
    assert refused(written, Stage="prod", ClockFile="/tmp/clock.json") == ["ProductionTellsRealTime"]
    assert refused(written, Stage="prod") == []
    assert refused(written, Stage="local", ClockFile="/tmp/clock.json") == []


def test_tokens_are_not_accepted_without_an_audience(written: Json) -> None:
    assert refused(written, OidcIssuer="https://login.example") == ["TokensNameTheirAudience"]
    assert refused(written, OidcIssuer="https://login.example", OidcAudience="relance") == []


@pytest.mark.parametrize(
    ("stage", "asked", "protected"),
    [("prod", "auto", True), ("dev", "auto", False), ("dev", "true", True), ("prod", "false", False)],
)
def test_tables_are_protected_in_production_or_when_asked(
    written: Json, stage: str, asked: str, protected: bool
) -> None:
    values = {**PARAMETERS, "Stage": stage, "DeletionProtection": asked}
    conditions = written["Conditions"]
    assert evaluate(conditions["ProtectsTables"], values, conditions) is protected


@pytest.mark.parametrize(
    ("generation", "former", "active", "retired"),
    [
        ("1", "", "key-1", ["", ""]),
        ("1", "key-0", "key-1", ["", "key-0"]),
        ("2", "", "key-2", ["key-1", ""]),
        ("4", "a,b", "key-4", ["key-1", "key-2", "key-3", "a", "b"]),
    ],
)
def test_one_generation_of_the_signing_key_signs_and_those_before_it_are_retired(
    written: Json, generation: str, former: str, active: str, retired: list[str]
) -> None:
    names = {f"SigningKey{n if n > 1 else ''}": f"key-{n}" for n in range(1, 5)}
    values = {**PARAMETERS, **names, "SigningKeyGeneration": generation, "FormerSigningKeyIds": former}
    told = written["Resources"]["ArchiveStreamFunction"]["Properties"]["Environment"]["Variables"]
    assert resolved(told["SIGNING_KEY_ID"], values, written["Conditions"]) == active
    assert resolved(told["RETIRED_SIGNING_KEY_IDS"], values, written["Conditions"]).split(",") == retired
    made = [
        name
        for name in names
        if evaluate(
            {"Condition": written["Resources"][name].get("Condition", "Always")},
            values,
            {**written["Conditions"], "Always": {"Fn::Equals": ["", ""]}},
        )
    ]
    assert made == sorted(names)[: int(generation)], "and no key of a later generation is made"


def test_an_unusable_signing_key_calls_a_person(stack: Stack) -> None:
    alarm = stack.of_type("AWS::CloudWatch::Alarm")["SigningKeyAlarm"]
    assert (alarm["MetricName"], alarm["Threshold"]) == ("SigningKeyUnusable", 0)


def test_tables_recover_to_a_point_in_time_and_cost_nothing_when_idle(stack: Stack) -> None:
    tables = stack.of_type("AWS::DynamoDB::Table")
    assert len(tables) == 3
    for table in tables.values():
        assert table["BillingMode"] == "PAY_PER_REQUEST"
        assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}


def test_what_the_law_wants_kept_survives_the_removal_of_the_stack(stack: Stack) -> None:
    keys = ("SigningKey", "SigningKey2", "SigningKey3", "SigningKey4")
    for name in ("CoreTable", "JournalTable", "DocumentsBucket", "ArchiveBucket", *keys):
        assert stack.resources[name]["DeletionPolicy"].startswith("Retain")
        assert stack.resources[name]["UpdateReplacePolicy"] == "Retain"


def test_the_archive_is_locked_at_creation_for_eleven_years_in_production(stack: Stack) -> None:
    bucket = stack.of_type("AWS::S3::Bucket")["ArchiveBucket"]
    assert bucket["ObjectLockEnabled"] is True
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    condition, prod, others = bucket["ObjectLockConfiguration"]["Rule"]["DefaultRetention"]["Fn::If"]
    assert condition == "IsProd"
    rule = load_retention().rule("K-01", datetime.now(UTC).date())
    assert prod == {"Mode": "COMPLIANCE", "Years": rule.lock_years}, "K-01: the dated data and the bucket say the same"
    assert rule.lock_years > rule.years
    assert others == {"Mode": "GOVERNANCE", "Days": 1}


def test_no_bucket_is_public(stack: Stack) -> None:
    for bucket in stack.of_type("AWS::S3::Bucket").values():
        assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
        assert len(bucket["PublicAccessBlockConfiguration"]) == 4


def test_every_log_is_kept_for_a_limited_time(stack: Stack) -> None:
    groups = stack.of_type("AWS::Logs::LogGroup")
    assert all(group["RetentionInDays"] == {"Ref": "LogRetentionDays"} for group in groups.values())
    used = [f["LoggingConfig"]["LogGroup"]["Ref"] for f in stack.functions().values()]
    assert len(set(used)) == len(used)
    assert set(used) <= set(groups)


def test_what_fails_asynchronously_is_kept_in_a_queue_that_raises_an_alarm(stack: Stack) -> None:
    called_later = {folder(_target(p)) for p in stack.of_type("AWS::Scheduler::Schedule").values()}
    called_later |= {folder(_target(p["Targets"][0])) for p in stack.of_type("AWS::Events::Rule").values()}
    called_later |= {"archive_stream", "archive_export", "retention"}  # by relaunch_sweep, by archive_api
    configured = {
        folder(p["FunctionName"]["Ref"]): p["DestinationConfig"]["OnFailure"]["Destination"]["Fn::GetAtt"][0]
        for p in stack.of_type("AWS::Lambda::EventInvokeConfig").values()
    }
    assert set(configured) == called_later
    assert set(configured.values()) <= _queues_with_an_alarm(stack)


def test_every_stream_and_queue_gives_up_into_a_queue_that_raises_an_alarm(stack: Stack) -> None:
    watched = _queues_with_an_alarm(stack)
    mappings = stack.of_type("AWS::Lambda::EventSourceMapping")
    assert len(mappings) == 2
    for mapping in mappings.values():
        assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    (stream,) = [m for m in mappings.values() if "Stream" in json.dumps(m["EventSourceArn"])]
    assert stream["DestinationConfig"]["OnFailure"]["Destination"]["Fn::GetAtt"][0] in watched
    assert stream["BisectBatchOnFunctionError"] is True
    assert 0 < stream["MaximumRetryAttempts"] <= 10
    redrive = stack.of_type("AWS::SQS::Queue")["TrackingQueue"]["RedrivePolicy"]
    assert redrive["deadLetterTargetArn"]["Fn::GetAtt"][0] in watched


def test_the_archiver_is_rung_by_new_lines_and_hears_of_changed_ones(stack: Stack) -> None:
    (stream,) = [m for m in stack.of_type("AWS::Lambda::EventSourceMapping").values() if "FilterCriteria" in m]
    assert [json.loads(f["Pattern"]) for f in stream["FilterCriteria"]["Filters"]] == [
        {"eventName": ["INSERT", "MODIFY", "REMOVE"]}
    ]


def test_every_alarm_tells_somebody(stack: Stack) -> None:
    alarms = stack.of_type("AWS::CloudWatch::Alarm")
    assert all(alarm["AlarmActions"] == [{"Ref": "AlarmTopic"}] for alarm in alarms.values())
    assert {"ArchiveLateAlarm", "JournalChangedAlarm", "ArchiveMismatchAlarm"} <= set(alarms)


def test_the_queue_hides_a_message_for_six_times_the_functions_timeout(stack: Stack) -> None:
    timeout = stack.functions()["record_activity"]["Timeout"]
    assert stack.of_type("AWS::SQS::Queue")["TrackingQueue"]["VisibilityTimeout"] >= 6 * timeout


def test_only_render_pdf_has_the_pdf_layer(stack: Stack) -> None:
    with_pdf = [name for name, p in stack.functions().items() if any("PdfLayer" in json.dumps(x) for x in p["Layers"])]
    assert with_pdf == ["render_pdf"]


def test_layers_hold_exactly_what_the_lock_file_says() -> None:
    locked = _pins("requirements.lock")
    runtime, pdf = _pins("layers/runtime/requirements.txt"), _pins("layers/pdf/requirements.txt")
    assert runtime.items() <= locked.items()
    assert pdf.items() <= locked.items()
    assert not runtime.keys() & pdf.keys()
    assert "weasyprint" in pdf


def test_the_machine_is_small_and_names_the_errors_that_it_retries(machine: Json) -> None:
    states = machine["States"]
    assert len(states) <= 10
    retried = [error for state in states.values() for r in state.get("Retry", []) for error in r["ErrorEquals"]]
    assert "States.ALL" not in retried


def test_the_machine_logs_errors_without_data(stack: Stack) -> None:
    (properties,) = stack.of_type("AWS::StepFunctions::StateMachine").values()
    logging = properties["LoggingConfiguration"]
    assert (logging["Level"], logging["IncludeExecutionData"]) == ("ERROR", False)


def test_every_placeholder_of_the_machine_is_filled(stack: Stack, machine: Json) -> None:
    (properties,) = stack.of_type("AWS::StepFunctions::StateMachine").values()
    used = set(re.findall(r"\$\{(\w+)\}", json.dumps(machine)))
    assert used == set(properties["DefinitionSubstitutions"])


def _target(properties: Json) -> str:
    target = properties.get("Target", properties)
    name: str = target["Arn"]["Fn::GetAtt"][0]
    return name


def _queues_with_an_alarm(stack: Stack) -> set[str]:
    return {
        dimension["Value"]["Fn::GetAtt"][0]
        for alarm in stack.of_type("AWS::CloudWatch::Alarm").values()
        for dimension in alarm.get("Dimensions", [])
        if dimension["Name"] == "QueueName" and alarm["Threshold"] == 0
    }


def _pins(path: str) -> dict[str, str]:
    return dict(re.findall(r"^([a-z0-9_.-]+)==(\S+)", (ROOT / path).read_text(), re.MULTILINE))
