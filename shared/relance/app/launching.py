"""Starting a document's run after its facts are committed: a wish, not a promise — the sweep keeps the promise."""

from relance.app.context import Caller
from relance.app.ports.outside import Executions
from relance.domain.errors import Retry
from relance.domain.reminder.run import Run


def launch(caller: Caller, executions: Executions, kind: str, id: str) -> None:
    """Start the first execution of a document's run.

    The run was stored with the document, so when the service does not answer, or when we crash right here, the sweep
    finds a run without an execution and starts it: nothing is lost but minutes.
    """
    try:
        executions.start(caller.tenant, kind, id, 1)
    except Retry:
        return


def launch_run(executions: Executions, run: Run) -> None:
    """Start the execution of the turn that a run was just handed to; the sweep does, when the service does not answer.

    Starting it twice is harmless: executions are named after the turn.
    """
    try:
        executions.start(run.tenant, run.document_kind.value, run.id, run.turn)
    except Retry:
        return
