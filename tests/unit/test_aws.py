"""AWS clients: nothing is loaded before it is needed, and no mail is sent twice by an SDK."""

import subprocess
import sys
from typing import Any

import pytest

from relance.runtime import aws


def test_wiring_a_client_loads_no_sdk() -> None:
    program = "import sys; from relance.runtime import aws; aws.client('s3'); print('boto3' in sys.modules)"
    told = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, env={"PYTHONPATH": "shared"}
    )
    assert told.stdout.strip() == "False"


def test_a_client_is_made_once_and_answers_as_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-3")
    assert aws.client("s3").meta is aws.client("s3").meta
    assert aws.client("s3").meta.service_model.service_name == "s3"


def test_without_retries_a_request_is_sent_once_and_waited_for_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-3")
    once: Any = aws.client("sesv2", retries=False).meta.config
    again: Any = aws.client("s3").meta.config
    assert once.retries == {"mode": "standard", "total_max_attempts": 1}
    assert again.retries == {"mode": "standard", "total_max_attempts": aws.ATTEMPTS}
    assert aws.ATTEMPTS * (again.read_timeout + again.connect_timeout) <= 15
    assert once.read_timeout > again.read_timeout
