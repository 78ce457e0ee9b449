"""What people have to do about documents, on the wire."""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from relance.contracts.reminder_ids import shown_id
from relance.domain.reminder.scenario import DocumentKind
from relance.domain.reminder.task import Task, TaskState


class TaskView(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to do. `done_by` and `done_at` say who did it, and when."""

    id: str
    document_kind: DocumentKind
    document_id: str
    customer_id: str
    title: str
    detail: str
    state: TaskState
    at: datetime
    done_at: datetime | None
    done_by: str


class TaskPage(msgspec.Struct, frozen=True):
    """Tasks; `cursor` asks for the next page, null at the end."""

    items: tuple[TaskView, ...]
    cursor: str | None


def task_view(task: Task) -> TaskView:
    """A task as it is told."""
    return TaskView(
        id=shown_id(task.id),
        document_kind=task.document_kind,
        document_id=task.document_id,
        customer_id=task.customer_id,
        title=task.title,
        detail=task.detail,
        state=task.state,
        at=task.at,
        done_at=task.done_at,
        done_by=task.done_by,
    )


def task_page(tasks: Iterable[Task], cursor: str | None = None) -> TaskPage:
    """A slice of the listing."""
    return TaskPage(tuple(task_view(task) for task in tasks), cursor)
