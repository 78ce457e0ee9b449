"""The legal clock is told by itself, whatever scenarios do: twice, ninety and thirty days before. [DU-04, DR-15]"""

from typing import Any

import pytest

from relance.adapters.dunning_data import load_dunning_law
from relance.app.prescription_alerts import Alerts, every_week, nearing
from relance.domain.calendar_fr import civil_date
from relance.domain.reminder.task import Task
from tests.builders import TENANT
from tests.doubles.api import wanted
from tests.doubles.late import CONSUMER, at, owes, since_january
from tests.doubles.till import Till

LAW = load_dunning_law()


@pytest.fixture
def till() -> Till:
    return since_january()


def week(till: Till, day: str) -> Alerts:
    till.server.clock.move_to(at(day))
    failures: list[Exception] = []
    done = every_week(till.server.ctx, till.server.store, LAW, lambda _tenant, error: failures.append(error))
    assert failures == []
    return done


def tasks(till: Till) -> list[Task]:
    return list(till.server.store.page(TENANT, Task).items)


def unpaid(till: Till) -> dict[str, Any]:
    consumer = wanted(till.me.customers.post("/v1/customers", CONSUMER), 201)
    return owes(till, "240.00", "2026-01-20", "2026-02-20", customer_id=consumer["id"])


def test_du_04_a_task_ninety_and_one_thirty_days_before_on_mondays_each_once(till: Till) -> None:
    invoice = unpaid(till)
    assert week(till, "2027-10-18").asked == 0, "94 days left"
    assert week(till, "2027-10-26").asked == 0, "a Tuesday"
    assert [week(till, day).asked for day in ("2027-10-25", "2027-11-01")] == [1, 0], "asked for once"
    assert week(till, "2027-12-27").asked == 1, "again at 24 days"
    assert week(till, "2028-01-24").asked == 0, "over: nothing can be done any more"
    soon, urgent = sorted(tasks(till), key=lambda task: task.at)
    assert (soon.id, urgent.id) == (f"{invoice['id']}#prescription_90", f"{invoice['id']}#prescription_30")
    assert soon.title == f"Facture {invoice['number']} : prescription le 20/01/2028, dans 87 jours"
    assert "240,00 € restent dus par Camille Lefèvre" in urgent.detail
    assert "C. conso. art. L218-2" in urgent.detail


def test_what_is_paid_asks_for_nothing_and_young_invoices_are_not_even_read(till: Till) -> None:
    invoice = unpaid(till)
    young = owes(till, "600.00", "2026-02-20", "2026-03-20", customer_id=invoice["customer_id"])
    till.pays(invoice, paid_on="2026-02-20")
    assert week(till, "2027-10-25").asked == 0
    near = list(nearing(till.server.ctx, TENANT, LAW, civil_date(at("2027-11-22"))))
    assert [one.number for one in near] == [young["number"]], "ninety days before it, and not a day sooner"
    assert list(nearing(till.server.ctx, TENANT, LAW, civil_date(at("2027-11-21")))) == []


def test_one_tenant_that_fails_holds_up_no_other(till: Till, monkeypatch: pytest.MonkeyPatch) -> None:
    unpaid(till)
    told: list[str] = []

    def fails(*_: object, **__: object) -> None:
        raise RuntimeError("unreadable")

    till.server.clock.move_to(at("2027-10-25"))
    monkeypatch.setattr(type(till.server.store), "starting_with", fails)
    done = every_week(till.server.ctx, till.server.store, LAW, lambda tenant, error: told.append(f"{tenant} {error}"))
    assert (done.asked, done.failed, told) == (0, 1, [f"{TENANT} unreadable"])
