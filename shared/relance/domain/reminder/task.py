"""Something that a person has to do about a document (tâche): call, post a letter, mend what holds a reminder."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from relance.domain.ids import TenantId
from relance.domain.reminder.scenario import DocumentKind

RESTORED: Final = "restored"  # the step of the task to look at a document that a restore brought back


class TaskState(StrEnum):
    """Open until somebody says it is done."""

    OPEN = "open"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do. Its id is `{document}#{step}`: what a step asks for is asked once."""

    tenant: TenantId
    id: str
    rev: int
    document_kind: DocumentKind
    document_id: str
    customer_id: str
    title: str
    state: TaskState
    at: datetime
    detail: str = ""
    done_at: datetime | None = None
    done_by: str = ""

    @property
    def is_open(self) -> bool:
        """Whether it is still to be done."""
        return self.state is TaskState.OPEN


def finish(task: Task, by: str, now: datetime) -> Task:
    """The task done; the very same one when it was."""
    if not task.is_open:
        return task
    return replace(task, rev=task.rev + 1, state=TaskState.DONE, done_at=now, done_by=by)
