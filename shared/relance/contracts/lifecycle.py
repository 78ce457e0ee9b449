"""What the lifecycle machine carries from state to state (statemachines/lifecycle.asl.yaml): ids and one decision.

No amount, name or address: the history of an execution is readable by whoever may read the machine. Fields that are not
declared here are ignored, so a state may hand over more than its task needs.
"""

from typing import Literal

import msgspec

Action = Literal["wait", "render", "continue", "done"]


class DocumentTask(msgspec.Struct, frozen=True, kw_only=True):
    """The input of an execution and of every task: one document, and the turn that the execution carries."""

    tenant: str
    kind: Literal["quote", "invoice"]
    id: str
    turn: int


class Instruction(DocumentTask, frozen=True, kw_only=True, omit_defaults=True):
    """What `reminder_step` decided, having done what was due.

    `until` with wait (RFC 3339, UTC, on the machine's clock), `execution` (the name of the next execution, whose turn
    is `turn`) with continue; `reason` tells why it waits or is done.
    """

    action: Action
    until: str = ""
    execution: str = ""
    reason: str = ""
