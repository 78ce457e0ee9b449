"""The local cloud as one object: `with LocalCloud.start(Path(".local")) as cloud: …`.

Guarantees:
* nothing listens outside 127.0.0.1, and no call can reach a real AWS account;
* data survives `stop()` and the next `start()` of the same directory; `fresh=True` begins with an empty, deployed
  cloud;
* after `stop()`, also when the launcher is killed, no process of ours is left.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from local import clients, deploy, logs, mails
from local.clock import ClockFile
from local.front import Front
from local.mailbox import Mailbox
from local.mails import Mail
from local.ports import free_port
from local.process import Emulator
from local.state import Memory, State
from local.timestamping import Authority, TimeStamps

TENANT = "demo"
SENDER_DOMAIN = "relance.example"


@dataclass(frozen=True, slots=True)
class Ports:
    """Where to listen on 127.0.0.1; 0 takes the port of the last start if it is free, else any free one."""

    front: int = 0
    mailbox: int = 0
    timestamps: int = 0
    emulator: int = 0


class LocalCloud:
    """A running local cloud. Made by `start`; ended by `stop` or by leaving the `with` block."""

    def __init__(self, state: State, memory: Memory, emulator: Emulator, held: IO[str]) -> None:
        self.state = state
        self.clock = ClockFile(state.clock)
        self.outputs: dict[str, str] = memory.outputs
        self.emulator = emulator
        self._held = held
        self.api_key = _ensure_api_key(self)
        self._front = Front(memory.front_port, emulator.url, self.outputs["ApiId"], memory.mailbox_port)
        self._mailbox = Mailbox(memory.mailbox_port, state.mails)
        self._timestamps = TimeStamps(memory.timestamps_port, Authority(state.timestamps, self.clock))
        self.api_url = self.public_url = self._front.url
        self.mailbox_url = self._mailbox.url
        self.timestamps_url = self._timestamps.url

    @classmethod
    def start(
        cls,
        state_dir: Path,
        *,
        fresh: bool = False,
        ports: Ports | None = None,
        say: Callable[[str], None] = lambda _: None,
    ) -> Self:
        """Start, building and deploying only what changed. `say` is told each slow step before it begins.

        Raises AlreadyRunningError, EmulatorError or DeploymentError, each with a message for the person at the
        terminal.
        """
        state = State(state_dir.resolve())
        held = state.lock()
        try:
            return cls._start(state, held, fresh, ports or Ports(), say)
        except BaseException:
            held.close()
            raise

    @classmethod
    def _start(cls, state: State, held: IO[str], fresh: bool, ports: Ports, say: Callable[[str], None]) -> Self:
        stamp = deploy.sources_stamp()
        if fresh:
            state.wipe()
        empty = not state.memory.exists()
        if empty and state.restore_snapshot(stamp):
            empty = False
        memory = Memory.load(state.memory) if state.memory.exists() else Memory()
        # Addresses are in the functions' environment (customers' pages, queue, authority): another port is another
        # deployment.
        told = memory.told
        memory.emulator_port = free_port(ports.emulator or memory.emulator_port)
        memory.front_port = free_port(ports.front or memory.front_port)
        memory.mailbox_port = free_port(ports.mailbox or memory.mailbox_port)
        memory.timestamps_port = free_port(ports.timestamps or memory.timestamps_port)
        ClockFile(state.clock).ensure()
        emulator = Emulator(state, memory.emulator_port)
        say("Starting the emulator")
        emulator.start()
        try:
            if memory.stamp != stamp or told != memory.told:
                _deploy(state, memory, emulator, stamp, say)
                emulator.stop()
                if empty:
                    state.save_snapshot()
                emulator.start()  # anew, without what a deployment leaves in memory
            memory.save(state.memory)
            return cls(state, memory, emulator, held)
        except BaseException:
            emulator.stop()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Stop everything and keep the data. Safe to call twice."""
        self._front.stop()
        self._mailbox.stop()
        self._timestamps.stop()
        self.emulator.stop()
        self._held.close()

    @property
    def env(self) -> dict[str, str]:
        """What an AWS client in another process needs to talk to this cloud."""
        return clients.environment(self.emulator.url)

    def boto(self, service: str) -> Any:
        """A boto3 client of this cloud."""
        return clients.client(self.emulator.url, service)

    def mails(self) -> list[Mail]:
        """Every mail that the system sent, oldest first."""
        return mails.load(self.state.mails)

    def logs(self, function: str | None = None) -> list[str]:
        """What a function (its folder's name), or all of them, wrote to the logs."""
        return [line for _, _, line in logs.lines(self.boto("logs"), function)]


def _deploy(state: State, memory: Memory, emulator: Emulator, stamp: str, say: Callable[[str], None]) -> None:
    memory.stamp = ""
    memory.save(state.memory)  # if we die on the way, the next start deploys again
    say("Building the packages (sam build)")
    built = deploy.build(stamp)
    say("Deploying the template (sam deploy)")
    parameters = {
        "Stage": "local",
        "ClockFile": str(state.clock),
        "PublicBaseUrl": f"http://127.0.0.1:{memory.front_port}",
        "TimestampAuthorityUrl": f"http://127.0.0.1:{memory.timestamps_port}",
        "SenderDomain": SENDER_DOMAIN,
        "DeletionProtection": "false",
    }
    deploy.deploy(built, clients.environment(emulator.url), parameters)
    described = clients.client(emulator.url, "cloudformation").describe_stacks(StackName=deploy.STACK)
    memory.outputs = {output["OutputKey"]: output["OutputValue"] for output in described["Stacks"][0]["Outputs"]}
    _allow_sending(emulator.url)
    _forget_uploads(emulator.url)
    memory.stamp = stamp
    memory.save(state.memory)


def _allow_sending(endpoint: str) -> None:
    """What a person does once per account: verify the sender's domain (its DKIM records are not published here)."""
    ses = clients.client(endpoint, "sesv2")
    if SENDER_DOMAIN not in {known["IdentityName"] for known in ses.list_email_identities()["EmailIdentities"]}:
        ses.create_email_identity(EmailIdentity=SENDER_DOMAIN)


def _forget_uploads(endpoint: str) -> None:
    """Empty the bucket that `sam deploy` uploaded to: its packages live on in Lambda, and here a bucket is memory."""
    s3 = clients.client(endpoint, "s3")
    for bucket in s3.list_buckets()["Buckets"]:
        if bucket["Name"].startswith("aws-sam-cli-managed"):
            for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket["Name"]):
                for version in [*page.get("Versions", []), *page.get("DeleteMarkers", [])]:
                    s3.delete_object(Bucket=bucket["Name"], Key=version["Key"], VersionId=version["VersionId"])


def _ensure_api_key(cloud: LocalCloud) -> str:
    """The key of the demo company's owner, made at the first start. The table holds its SHA-256 only."""
    path: Path = cloud.state.api_key
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(f"rl_{secrets.token_urlsafe(32)}\n")
    key = path.read_text().strip()
    cloud.boto("dynamodb").put_item(
        TableName=cloud.outputs["CoreTable"],
        Item={
            "pk": {"S": f"apikey#{sha256(key.encode()).hexdigest()}"},
            "sk": {"S": "-"},
            "tenant": {"S": TENANT},
            "user": {"S": "local"},
            "role": {"S": "owner"},
        },
    )
    return key
