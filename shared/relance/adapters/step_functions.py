"""Executions of the lifecycle machine on Step Functions. Port: relance.app.ports.outside.Executions.

The name of an execution is a function of document and turn, and a standard workflow's name is good for one execution in
90 days: a second start of a running one is the same start, of a closed one `ExecutionAlreadyExists`. Both mean that the
turn was started, which is all that was asked. Step Functions API reference, StartExecution, checked 2026-11.
"""

import json
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from relance.domain.errors import Retry
from relance.domain.ids import TenantId
from relance.domain.reminder.run import execution_name

if TYPE_CHECKING:
    from types_boto3_stepfunctions import SFNClient


class StepFunctionsExecutions:
    """Starts executions of one machine, and looks whether they live."""

    def __init__(self, client: "SFNClient", machine_arn: str) -> None:
        self._client = client
        self._machine_arn = machine_arn

    def start(self, tenant: TenantId, document_kind: str, document_id: str, turn: int) -> None:
        """Start the execution of that turn, or do nothing when it was started before. Raises Retry."""
        task = {"tenant": tenant, "kind": document_kind, "id": document_id, "turn": turn}
        try:
            self._client.start_execution(
                stateMachineArn=self._machine_arn,
                name=execution_name(tenant, document_id, turn),
                input=json.dumps(task, sort_keys=True),
            )
        except self._client.exceptions.ExecutionAlreadyExists:
            return
        except (ClientError, BotoCoreError) as error:
            raise Retry("Le suivi du document n’a pas pu être lancé.", code="execution_not_started") from error

    def is_alive(self, tenant: TenantId, document_kind: str, document_id: str, turn: int) -> bool:
        """Whether that execution is running, or being redriven by an operator. Raises Retry."""
        base = self._machine_arn.replace(":stateMachine:", ":execution:")
        try:
            found = self._client.describe_execution(executionArn=f"{base}:{execution_name(tenant, document_id, turn)}")
        except self._client.exceptions.ExecutionDoesNotExist:
            return False
        except (ClientError, BotoCoreError) as error:
            raise Retry("Le suivi du document n’a pas pu être vérifié.", code="execution_unseen") from error
        return found["status"] in {"RUNNING", "PENDING_REDRIVE"}

    def stop(self, tenant: TenantId, document_kind: str, document_id: str, turn: int) -> None:
        """End that execution (port: ExecutionStopper). Raises Retry.

        What StopExecution answers about one that is over, the API reference does not tell (the local cloud's emulator
        refuses it): so that one is looked at.
        """
        base = self._machine_arn.replace(":stateMachine:", ":execution:")
        try:
            self._client.stop_execution(executionArn=f"{base}:{execution_name(tenant, document_id, turn)}")
        except self._client.exceptions.ExecutionDoesNotExist:
            return
        except (ClientError, BotoCoreError) as error:
            refused = isinstance(error, ClientError) and error.response["Error"].get("Code") == "ValidationException"
            if refused and not self.is_alive(tenant, document_kind, document_id, turn):
                return
            raise Retry("Le suivi du document n’a pas pu être arrêté.", code="execution_not_stopped") from error
