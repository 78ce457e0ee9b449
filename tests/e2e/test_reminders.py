"""Scenarios on the local cloud: real state machine, real mails, a clock that jumps. [KB-07, KB-24, DR-01, SQ-02]

That acceptance and payment end them is part of the demo's main job, which test_demo.py runs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from local.client import Customer
from local.main_job import link
from tests.e2e.conftest import eventually

if TYPE_CHECKING:
    from tests.e2e.conftest import Firm


def test_a_quote_that_nobody_answers_gets_its_three_reminders_and_then_silence(firm: Firm) -> None:
    firm.send_quote()
    firm.forward(days=31)  # the last reminder may fall on the last day of validity: it waits for a working day
    mails = firm.mails(at_least=4)
    firm.forward(days=20)
    assert len(firm.mails()) == len(mails) == 4
    assert [mail["In-Reply-To"] for mail in mails] == [None] + [mails[0]["Message-ID"]] * 3
    assert len({mail["Message-ID"] for mail in mails}) == 4


def test_a_customer_who_did_not_consent_gets_no_pixel(firm: Firm) -> None:
    quiet = firm.api.post(
        "/v1/customers",
        {
            "kind": "consumer",
            "name": "Camille Lefèvre",
            "address": {"line1": "3 place Bellecour", "postcode": "69002", "city": "Lyon"},
            "email": firm.customer["email"],
        },
    )
    firm.send_quote(customer_id=quiet["id"])
    html = firm.mails(at_least=1)[0].get_body(("html",))
    assert html is not None
    assert "/o/" not in html.get_content()


def test_a_withdrawn_consent_silences_the_pixel_of_a_mail_already_sent(firm: Firm) -> None:
    quote = firm.send_quote()
    mail = firm.mails(at_least=1)[0]
    pixel = link(mail, f"{firm.cloud.public_url}/o/")
    token = pixel.rsplit("/", 1)[1].removesuffix(".gif")
    goodbye = Customer().submit(f"{firm.cloud.public_url}/u/{token}", token)
    assert goodbye.status in {200, 303}, goodbye.text
    before = firm.api.get(f"/v1/quotes/{quote['id']}/timeline")["entries"]
    shown = Customer().look(pixel)
    forged = Customer().look(f"{firm.cloud.public_url}/o/{token[::-1]}.gif")
    assert (shown.status, shown.body) == (forged.status, forged.body)
    firm.settle()
    after = firm.api.get(f"/v1/quotes/{quote['id']}/timeline")["entries"]
    assert [e for e in after if e["type"] == "opened"] == [e for e in before if e["type"] == "opened"] == []


def test_a_run_whose_execution_died_is_swept_up_and_sends_its_reminder_once(firm: Firm) -> None:
    firm.send_quote()
    firm.settle()
    machines = firm.cloud.boto("stepfunctions")
    arn = firm.cloud.outputs["LifecycleMachineArn"]
    for running in machines.list_executions(stateMachineArn=arn, statusFilter="RUNNING")["executions"]:
        machines.stop_execution(executionArn=running["executionArn"], error="test", cause="killed")
    firm.forward(days=4)  # the sweep is scheduled every 15 minutes and finds runs without an execution
    eventually(lambda: len(firm.mails()) == 2, "the first reminder, once")


def test_one_click_sends_a_reminder_and_a_smart_query_enrols_by_night(firm: Firm) -> None:
    """KB-25: the type e-mail with the PDF, in the thread. KB-07, KB-09: asked by the deployed function of the night."""
    quote = firm.send_quote()
    asked = firm.api.post(f"/v1/quotes/{quote['id']}/remind", {"subject": "Votre devis, suite à notre appel"})
    delivery, reminder = firm.mails(at_least=2)
    assert (reminder["Subject"], reminder["In-Reply-To"]) == (asked["subject"], delivery["Message-ID"])
    assert [part.get_content_type() for part in reminder.iter_attachments()] == ["application/pdf"]
    firm.settle()
    example = firm.api.get("/v1/segments")["examples"][0]
    query = firm.api.post("/v1/segments", {**example, "scenario": "standard.quote@1"})
    firm.api.post(f"/v1/segments/{query['id']}/activate", {"existing": "enrol"})
    firm.forward(days=1)
    functions = firm.cloud.boto("lambda")
    names = [one["FunctionName"] for one in functions.list_functions(MaxItems=200)["Functions"]]
    (nightly,) = [name for name in names if "NightlyFunction" in name]
    functions.invoke(FunctionName=nightly, Payload=b"{}")
    assert firm.api.get(f"/v1/segments/{query['id']}")["night"]["entered"] == 1
    assert firm.api.get(f"/v1/quotes/{quote['id']}/holds")["scenario"] == "standard.quote@1"
