"""boto3 clients of the emulator, and of nothing else."""

from __future__ import annotations

import os
from typing import Any, Final

import boto3

REGION: Final = "eu-west-3"
ACCOUNT: Final = "000000000000"


def client(endpoint: str, service: str) -> Any:
    """A client of the emulator at `endpoint`; the environment and the files of the person at the keyboard count not."""
    keys = {"aws_access_key_id": ACCOUNT, "aws_secret_access_key": "local"}
    session = boto3.session.Session(**keys, region_name=REGION)  # type: ignore[arg-type]  # str keys are what it takes
    return session.client(service, endpoint_url=endpoint)  # type: ignore[call-overload]  # the name is the caller's choice


def environment(endpoint: str) -> dict[str, str]:
    """The same for another process: what an AWS client needs to talk to the emulator and never to a real account."""
    return {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": ACCOUNT,
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_SESSION_TOKEN": "",
        "AWS_DEFAULT_REGION": REGION,
        "AWS_REGION": REGION,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }
