"""Something to do: open until somebody says it is done, and then it was done by him."""

from datetime import UTC, datetime, timedelta

from relance.domain.reminder.scenario import DocumentKind
from relance.domain.reminder.task import Task, TaskState, finish
from tests.builders import TENANT

AT = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
CALL = Task(TENANT, "inv_1#call", 1, DocumentKind.INVOICE, "inv_1", "cus_1", "Appeler", TaskState.OPEN, AT)


def test_a_task_is_done_by_whoever_says_so_first() -> None:
    done = finish(CALL, "user:louise", AT)
    assert (CALL.is_open, done.is_open, done.rev) == (True, False, 2)
    assert (done.done_by, done.done_at) == ("user:louise", AT)
    assert finish(done, "user:paul", AT + timedelta(hours=1)) is done
