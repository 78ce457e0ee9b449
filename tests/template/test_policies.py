"""Who may do what: the template's policies, read as data. The local cloud does not enforce IAM; these tests do."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.template.conftest import ROOT, Stack, logical_id

FUNCTIONS = sorted(path.parent.name for path in (ROOT / "functions").glob("*/app.py"))
TABLES = {"CORE_TABLE": "CoreTable", "JOURNAL_TABLE": "JournalTable", "ACTIVITY_TABLE": "ActivityTable"}
BUCKETS = {"DOCUMENTS_BUCKET": "DocumentsBucket", "ARCHIVE_BUCKET": "ArchiveBucket", "EXPORTS_BUCKET": "ExportsBucket"}


def test_each_folder_is_a_function_and_each_function_has_its_folder(stack: Stack) -> None:
    assert sorted(stack.functions()) == FUNCTIONS


def test_each_function_has_a_role_of_its_own(stack: Stack) -> None:
    roles = [json.dumps(properties["Role"]) for properties in stack.functions().values()]
    assert len(set(roles)) == len(roles) == len(FUNCTIONS)


def test_no_policy_of_ours_allows_a_wildcard_action(stack: Stack) -> None:
    # The key of the alarm topic is the account's own: its administrators may do with it what they like.
    allowed = [s for s in stack.statements() if s.effect == "Allow" and s.owner != "AlarmTopicKey"]
    assert [(s.owner, a) for s in allowed for a in s.actions if "*" in a] == []


def test_only_log_delivery_is_allowed_on_every_resource(stack: Stack) -> None:
    roles = [s for s in stack.statements() if s.effect == "Allow" and s.owner.endswith("Role")]
    everywhere = [s for s in roles if "*" in s.resources]
    assert {s.owner for s in everywhere} == {"LifecycleMachineRole"}
    assert all(action.startswith("logs:") for s in everywhere for action in s.actions)


SIGNING_KEYS = ("SigningKey", "SigningKey2", "SigningKey3", "SigningKey4")


@pytest.mark.parametrize("key", SIGNING_KEYS)
def test_only_the_archiver_may_sign_and_only_by_the_policy_of_the_key(stack: Stack, key: str) -> None:
    signing = [s for s in stack.statements() if s.allows("kms:Sign") and s.owner != "AlarmTopicKey"]
    assert {s.owner for s in signing} == set(SIGNING_KEYS)
    (allowed,) = [s for s in signing if s.owner == key]
    archiver = {"AWS": {"Fn::GetAtt": ["ArchiveStreamFunctionRole", "Arn"]}}
    assert allowed.body["Principal"] == archiver
    assert allowed.actions == ("kms:Sign",)
    assert allowed.body["Condition"] == {"StringEquals": {"kms:SigningAlgorithm": "ED25519_SHA_512"}}
    own = {s.body["Sid"]: s for s in stack.statements() if s.owner == key}
    assert set(own) == {"AccountManagesWithoutSigning", "OnlyTheArchiverSigns", "AndReadsWhichKeyItIs"}
    reading = own["AndReadsWhichKeyItIs"]
    assert (reading.body["Principal"], reading.actions) == (archiver, ("kms:GetPublicKey",))
    assert "Condition" not in reading.body, "GetPublicKey names no algorithm: such a condition would never hold"
    administering = own["AccountManagesWithoutSigning"]
    assert not any(administering.allows(f"kms:{action}") for action in ("Sign", "CreateGrant", "ReplicateKey"))


@pytest.mark.parametrize("action", ["UpdateItem", "BatchWriteItem", "PartiQLUpdate", "PartiQLDelete"])
def test_nobody_may_change_a_line_of_the_journal(stack: Stack, action: str) -> None:
    guilty = [s.owner for s in stack.statements() if s.allows(f"dynamodb:{action}") and s.names("JournalTable")]
    assert guilty == []


def test_only_who_carries_out_purges_may_remove_a_line_of_the_journal(stack: Stack) -> None:
    """[AF-07] And removals that no purge covers raise the alarm."""
    owners = {s.owner for s in stack.statements() if s.allows("dynamodb:DeleteItem") and s.names("JournalTable")}
    assert owners == {"RetentionFunctionRole"}


@pytest.mark.parametrize("action", ["DeleteObject", "BypassGovernanceRetention", "PutBucketPolicy"])
def test_nobody_may_take_anything_out_of_a_bucket(stack: Stack, action: str) -> None:
    assert [s.owner for s in stack.statements() if s.allows(f"s3:{action}")] == []


def test_only_who_erases_prospects_may_remove_documents_and_never_from_the_archive(stack: Stack) -> None:
    """[K-07] Every version of a PDF: nobody else may, and nothing locked is concerned."""
    (allowed,) = [s for s in stack.statements() if s.allows("s3:DeleteObjectVersion")]
    assert allowed.owner == "RetentionFunctionRole"
    assert allowed.names("DocumentsBucket")
    assert not allowed.names("ArchiveBucket")
    assert all("/pdf/" in resource for resource in allowed.resources)


def test_only_the_archiver_writes_to_the_archive(stack: Stack) -> None:
    writers = {s.owner for s in stack.statements() if s.allows("s3:PutObject") and s.names("ArchiveBucket")}
    assert writers == {"ArchiveStreamFunctionRole"}


def test_only_who_follows_documents_sends_mails_and_who_walks_archives_a_checkpoint(stack: Stack) -> None:
    senders = {s.owner for s in stack.statements() if s.allows("ses:SendEmail")}
    assert senders == {"ReminderStepFunctionRole", "ArchiveVerifyFunctionRole"}


def test_the_archive_refuses_deletion_and_overwriting_whatever_a_role_may(stack: Stack) -> None:
    denied = {s.body["Sid"]: s for s in stack.statements() if s.owner == "ArchiveBucketPolicy" and s.effect == "Deny"}
    assert set(denied["NobodyDeletes"].actions) >= {"s3:DeleteObject", "s3:DeleteObjectVersion"}
    overwriting = denied["NobodyOverwrites"]
    assert overwriting.actions == ("s3:PutObject",)
    assert overwriting.body["Condition"]["Null"] == {"s3:if-none-match": "true"}
    assert all(s.body["Principal"] == "*" for s in denied.values())


def test_the_authorizer_reads_keys_and_memberships_only(stack: Stack) -> None:
    (statement,) = [s for s in stack.role_statements("authorizer") if s.names("CoreTable")]
    assert statement.actions == ("dynamodb:GetItem",)
    condition = statement.body["Condition"]["ForAllValues:StringLike"]
    assert condition == {"dynamodb:LeadingKeys": ["apikey#*", "member#*"]}


def test_the_pixel_may_only_queue(stack: Stack) -> None:
    allowed = [action for s in stack.role_statements("pixel") for action in s.actions]
    assert allowed == ["sqs:SendMessage"]


def test_reports_read_and_write_nothing(stack: Stack) -> None:
    allowed = {action for s in stack.role_statements("reports_api") for action in s.actions}
    assert allowed
    assert {action.partition(":")[2] for action in allowed} <= {"BatchGetItem", "GetItem", "Query"}


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_is_told_of_the_tables_and_buckets_that_it_may_use_and_of_no_other(
    stack: Stack, function: str
) -> None:
    told = stack.functions()[function]["Environment"]["Variables"]
    own = stack.role_statements(function)
    for variable, resource in (TABLES | BUCKETS).items():
        assert (variable in told) == any(s.names(resource) for s in own), f"{logical_id(function)}: {variable}"


def test_every_route_but_the_public_ones_wants_an_authorized_tenant(stack: Stack) -> None:
    (api,) = stack.of_type("AWS::ApiGatewayV2::Api").values()
    public = set()
    for path, operations in api["Body"]["paths"].items():
        for operation in operations.values():
            if {"Tenant": []} not in operation.get("security", []):
                public.add((path, _function(operation)))
    assert {function for _, function in public} == {"PublicPageFunction", "PixelFunction"}
    assert {path.split("/")[1] for path, _ in public} == {"q", "o", "u"}


def _function(operation: dict[str, Any]) -> str:
    uri: str = operation["x-amazon-apigateway-integration"]["uri"]["Fn::Sub"]
    return uri.rpartition("${")[2].partition(".")[0]
