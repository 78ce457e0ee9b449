"""The lifecycle machine with the real tasks on doubles: weeks of a firm's life in milliseconds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from functions.reminder_step import app as reminder_step
from functions.reminder_step.wiring import Parts as WorkParts
from functions.render_pdf import app as render_pdf
from functions.render_pdf.wiring import Parts as RenderParts
from relance.app.relaunching import Sweep, relaunch
from relance.app.sending import MailDeferred
from relance.contracts.lifecycle import DocumentTask
from relance.domain.invoice import Invoice
from relance.domain.quote import Quote
from relance.domain.reminder.run import Run
from relance.runtime.tasks import task
from tests.builders import TENANT
from tests.doubles.office import Office
from tests.doubles.outside import FakeRenderer
from tests.statemachine.asl import Machine, Task, lifecycle

WORK, RENDER = "${ReminderStepFunctionArn}", "${RenderPdfFunctionArn}"


@dataclass
class Trouble:
    """Makes the next calls of a task fail: before it does anything, or after it did everything."""

    task: Task
    before: list[Exception] = field(default_factory=list)
    after: list[Exception] = field(default_factory=list)

    def __call__(self, event: dict[str, Any], context: object) -> dict[str, Any]:
        if self.before:
            raise self.before.pop(0)
        answer = self.task(event, context)
        if self.after:
            raise self.after.pop(0)
        return answer


@dataclass
class Theatre:
    """An office whose documents are followed by the machine."""

    office: Office = field(default_factory=Office)
    troubles: Mapping[str, Trouble] = field(init=False)
    machine: Machine = field(init=False)

    def __post_init__(self) -> None:
        office = self.office
        work = partial(reminder_step.work, WorkParts(office.ctx, office.post))
        renderer = FakeRenderer()
        render = partial(render_pdf.render, RenderParts(office.ctx, renderer, office.documents, renderer, renderer))
        self.troubles = {
            WORK: Trouble(task(reminder_step.log, DocumentTask, work, own=(MailDeferred,))),
            RENDER: Trouble(task(render_pdf.log, DocumentTask, render)),
        }
        self.machine = Machine(lifecycle(), self.troubles, office.clock)

    def quote(self, **changes: Any) -> Quote:
        """A quote sent now: not drawn yet, its execution started."""
        quote = self.office.quote(pdf_sha256="", **changes)
        self.machine.start(TENANT, "quote", quote.id, 1)
        return quote

    def invoice(self, **changes: Any) -> Invoice:
        """An invoice issued now, its execution started."""
        invoice = self.office.invoice(pdf_sha256="", **changes)
        self.machine.start(TENANT, "invoice", invoice.id, 1)
        return invoice

    def days(self, n: float) -> None:
        """Live for that long."""
        self.machine.run_until(self.office.clock.at + timedelta(days=n))

    def until(self, instant: datetime) -> None:
        """Live until then."""
        self.machine.run_until(instant)

    def sweep(self) -> Sweep:
        """What the sweep does to the runs of the one tenant."""
        done = Sweep()
        for document_id in self.office.store.open_ids(TENANT, Run):
            done.looked_at += 1
            run = self.office.store.get(TENANT, Run, document_id)
            assert run is not None
            done.started += relaunch(self.office.ctx, self.machine, run)
        return done

    def executions_of(self, document: Quote | Invoice) -> list[tuple[str, str]]:
        """Status and error of each execution of a document, in the order of their turns."""
        run = self.office.run_of(document)
        names = [f"{document.id}-{turn}-" for turn in range(1, run.turn + 1)]
        found = [e for name in names for e in self.machine.executions.values() if e.name.startswith(name)]
        return [(execution.status, execution.error) for execution in found]

    def states(self, document: Quote | Invoice, turn: int = 1) -> list[str]:
        """The states that an execution went through."""
        return next(e.trace for e in self.machine.executions.values() if e.name.startswith(f"{document.id}-{turn}-"))
