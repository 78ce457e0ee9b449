"""One probe per repair, run against the emulator without and with it.

Without, the probe must find the fault that the repair was written for: when an update of the emulator mends it, the
probe fails and says which repair to remove.
"""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from local import mails, repairs
from local.repairs.few_workers import WORKERS
from tests.cloud.conftest import PATIENCE_S, Probed, eventually

pytestmark = pytest.mark.cloud

MAIL = b"From: a@relance.example\r\nTo: b@example.fr\r\nSubject: Devis\r\nX-Ours: kept\r\n\r\nBonjour\r\n"


def test_every_repair_has_its_probe() -> None:
    probes = Path(__file__).read_text()
    elsewhere = ["quick_transform"]  # of speed alone: tests/template/test_transform.py
    assert [name for name in repairs.NAMES if f'judge("{name}"' not in probes] == elsewhere


def test_a_python_error_keeps_the_name_of_its_class(probed: Probed) -> None:
    probed.function("raises", "def handler(event, context):\n    raise KeyError('lost')\n")
    answer = json.loads(probed.boto("lambda").invoke(FunctionName="raises")["Payload"].read())
    assert answer["errorMessage"] == "'lost'"
    probed.judge("error_types", works=answer["errorType"] == "KeyError")


def test_a_burst_waits_for_a_free_worker(probed: Probed) -> None:
    probed.function(
        "slow", "import os, time\ndef handler(event, context):\n    time.sleep(0.2)\n    return os.getpid()\n"
    )
    lambdas = probed.boto("lambda")
    with ThreadPoolExecutor(8) as burst:
        answers = burst.map(lambda _: lambdas.invoke(FunctionName="slow")["Payload"].read(), range(8))
        processes = {json.loads(answer) for answer in answers}
    assert all(isinstance(process, int) for process in processes)
    probed.judge("few_workers", works=len(processes) <= WORKERS)


def test_an_http_api_gets_the_routes_and_the_authorizer_of_its_body(probed: Probed) -> None:
    invoke = "arn:aws:apigateway:eu-west-3:lambda:path/2015-03-31/functions/{}/invocations"
    uri = invoke.format("arn:aws:lambda:eu-west-3:000000000000:function:any")
    integration = {"type": "aws_proxy", "httpMethod": "POST", "uri": uri, "payloadFormatVersion": "2.0"}
    authorizer = {"type": "request", "authorizerUri": uri, "identitySource": ["$request.header.Authorization"]}
    scheme = {"type": "apiKey", "in": "header", "name": "X", "x-amazon-apigateway-authorizer": authorizer}
    operation = {"x-amazon-apigateway-integration": integration, "security": [{"Tenant": []}]}
    body = {"paths": {"/v1/{id}": {"get": operation}}, "components": {"securitySchemes": {"Tenant": scheme}}}
    made = probed.stack("api", {"Api": {"Type": "AWS::ApiGatewayV2::Api", "Properties": {"Body": body}}})

    routes = probed.boto("apigatewayv2").get_routes(ApiId=made["Api"])["Items"]
    found = [(route["RouteKey"], route["AuthorizationType"]) for route in routes]
    probed.judge("http_routes", works=found == [("GET /v1/{id}", "CUSTOM")])


def test_a_state_machine_may_be_written_in_yaml(probed: Probed) -> None:
    s3 = probed.boto("s3")
    s3.create_bucket(Bucket="asl", CreateBucketConfiguration={"LocationConstraint": "eu-west-3"})
    s3.put_object(Bucket="asl", Key="m.yaml", Body=b"StartAt: Done\nStates:\n  Done:\n    Type: Succeed\n")
    properties = {
        "DefinitionS3Location": {"Bucket": "asl", "Key": "m.yaml"},
        "RoleArn": "arn:aws:iam::000000000000:role/probe",
    }
    made = probed.stack("yaml", {"Machine": {"Type": "AWS::StepFunctions::StateMachine", "Properties": properties}})

    machine = probed.boto("stepfunctions")
    run = machine.start_execution(stateMachineArn=made["Machine"])["executionArn"]
    assert eventually(lambda: machine.describe_execution(executionArn=run)["status"] != "RUNNING")
    probed.judge("machine_yaml", works=machine.describe_execution(executionArn=run)["status"] == "SUCCEEDED")


def test_a_mail_is_kept_byte_for_byte(probed: Probed) -> None:
    ses = probed.boto("sesv2")
    ses.create_email_identity(EmailIdentity="relance.example")
    ses.send_email(Destination={"ToAddresses": ["b@example.fr"]}, Content={"Raw": {"Data": MAIL}})
    probed.judge("mail_store", works=MAIL in [mail.raw for mail in mails.load(probed.state.mails)])


def test_ses_tells_what_became_of_a_mail(probed: Probed) -> None:
    ses, events = probed.boto("sesv2"), probed.boto("events")
    queue, queue_arn = probed.queue("fates")
    pattern = {"source": ["aws.ses"], "detail-type": ["Email Bounced"]}
    events.put_rule(Name="fates", EventPattern=json.dumps(pattern))
    events.put_targets(Rule="fates", Targets=[{"Id": "queue", "Arn": queue_arn}])
    ses.create_email_identity(EmailIdentity="events.example")
    ses.create_configuration_set(ConfigurationSetName="probe")
    bus = {"EventBusArn": "arn:aws:events:eu-west-3:000000000000:event-bus/default"}
    destination = {"Enabled": True, "MatchingEventTypes": ["BOUNCE"], "EventBridgeDestination": bus}
    ses.create_configuration_set_event_destination(
        ConfigurationSetName="probe", EventDestinationName="bus", EventDestination=destination
    )

    ses.send_email(
        FromEmailAddress="a@events.example",
        Destination={"ToAddresses": ["Bob <bounce@simulator.amazonses.com>"]},
        ConfigurationSetName="probe",
        Content={"Raw": {"Data": MAIL}},
    )
    probed.judge("mail_events", works=probed.received(queue, PATIENCE_S if probed.repaired else 2))


def test_a_bucket_is_locked_as_its_template_says(probed: Probed) -> None:
    retention = {"Mode": "GOVERNANCE", "Days": 1}
    properties = {
        "ObjectLockEnabled": True,
        "ObjectLockConfiguration": {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": retention}},
    }
    made = probed.stack("lock", {"Bucket": {"Type": "AWS::S3::Bucket", "Properties": properties}})
    try:
        answer = probed.boto("s3").get_object_lock_configuration(Bucket=made["Bucket"])["ObjectLockConfiguration"]
    except probed.boto("s3").exceptions.ClientError:
        answer = {}
    probed.judge("object_lock", works=answer.get("Rule") == {"DefaultRetention": retention})


def test_a_schedule_is_due_in_simulated_time_and_fires_once_after_a_jump(probed: Probed) -> None:
    queue, queue_arn = probed.queue("ticks")
    probed.boto("scheduler").create_schedule(
        Name="tick",
        ScheduleExpression="rate(15 minutes)",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target={"Arn": queue_arn, "RoleArn": "arn:aws:iam::000000000000:role/probe"},
    )
    probed.clock.advance(timedelta(days=3))
    probed.judge("schedules", works=probed.received(queue, PATIENCE_S if probed.repaired else 1))
    assert not probed.received(queue, 1.5)


def test_a_package_is_unpacked_once_for_all_its_workers(probed: Probed) -> None:
    code = "from pathlib import Path\ndef handler(event, context):\n    return str(Path(__file__).resolve())\n"
    probed.function("where", code)
    path = json.loads(probed.boto("lambda").invoke(FunctionName="where")["Payload"].read())
    probed.judge("shared_packages", works=path.startswith(str(probed.state.unpacked.resolve())))


def test_a_handler_sees_its_package_and_its_layers_only(probed: Probed) -> None:
    code = "from importlib.util import find_spec\ndef handler(event, context):\n    return find_spec('moto') is None\n"
    probed.function("alone", code)
    answer = json.loads(probed.boto("lambda").invoke(FunctionName="alone")["Payload"].read())
    probed.judge("isolated_workers", works=answer is True)


def test_a_stream_resumes_at_the_failed_record_and_gives_up_as_configured(probed: Probed) -> None:
    log = probed.state.root / "seen"
    code = f"""
def handler(event, context):
    numbers = [record["dynamodb"]["Keys"]["n"]["N"] for record in event["Records"]]
    with open({str(log)!r}, "a") as seen:
        seen.write(" ".join(numbers) + "\\n")
    poison = [r["dynamodb"]["SequenceNumber"] for r in event["Records"] if r["dynamodb"]["Keys"]["n"]["N"] == "2"]
    return {{"batchItemFailures": [{{"itemIdentifier": number}} for number in poison]}}
"""
    probed.function("drain", code)
    dynamodb = probed.boto("dynamodb")
    table = dynamodb.create_table(
        TableName="lines",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "n", "AttributeType": "N"}],
        KeySchema=[{"AttributeName": "n", "KeyType": "HASH"}],
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
    )["TableDescription"]
    queue, queue_arn = probed.queue("given-up")
    for number in ("1", "2", "3"):
        dynamodb.put_item(TableName="lines", Item={"n": {"N": number}})
    probed.boto("lambda").create_event_source_mapping(
        EventSourceArn=table["LatestStreamArn"],
        FunctionName="drain",
        StartingPosition="TRIM_HORIZON",
        BatchSize=10,
        MaximumRetryAttempts=1,
        FunctionResponseTypes=["ReportBatchItemFailures"],
        DestinationConfig={"OnFailure": {"Destination": queue_arn}},
    )
    assert eventually(log.exists)
    gave_up = probed.received(queue, PATIENCE_S if probed.repaired else 1)
    probed.judge("stream_failures", works=gave_up and log.read_text() == "1 2 3\n2 3\n")


def test_a_wait_ends_when_the_clock_shows_its_instant(probed: Probed) -> None:
    states = probed.boto("stepfunctions")
    definition = {
        "StartAt": "Wait",
        "States": {"Wait": {"Type": "Wait", "TimestampPath": "$.until", "Next": "Done"}, "Done": {"Type": "Succeed"}},
    }
    machine = states.create_state_machine(
        name="waits", definition=json.dumps(definition), roleArn="arn:aws:iam::000000000000:role/probe"
    )["stateMachineArn"]
    # A month ahead of both clocks: neither emulator is there yet.
    until = max(probed.clock.now(), datetime.now(UTC)) + timedelta(days=30)
    run = states.start_execution(stateMachineArn=machine, input=json.dumps({"until": f"{until:%Y-%m-%dT%H:%M:%SZ}"}))[
        "executionArn"
    ]

    def over() -> bool:
        return bool(states.describe_execution(executionArn=run)["status"] == "SUCCEEDED")

    assert not eventually(over, 0.5)
    probed.clock.advance(until)
    probed.judge("waits", works=eventually(over, PATIENCE_S if probed.repaired else 1))
