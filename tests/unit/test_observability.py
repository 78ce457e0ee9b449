"""What operators see, and what they must never see."""

from typing import Any, ClassVar

import pytest

from relance.runtime.observability import Log, metric


def last(caplog: pytest.LogCaptureFixture) -> dict[str, Any]:
    return vars(caplog.records[-1])


def test_only_allow_listed_keys_are_logged_and_a_stray_one_is_named(caplog: pytest.LogCaptureFixture) -> None:
    stray: dict[str, Any] = {"tenant": "t", "email": "a@b.fr", "amount": 12}
    Log("test").info("something", **stray)
    logged = last(caplog)
    assert (logged["tenant"], logged["dropped_keys"]) == ("t", ["amount", "email"])
    assert "a@b.fr" not in str(logged)


def test_a_failure_tells_class_stack_and_cause_and_not_the_message(caplog: pytest.LogCaptureFixture) -> None:
    try:
        try:
            raise KeyError("a@b.fr")
        except KeyError as error:
            raise ValueError("12 rue des Capucins") from error
    except ValueError as error:
        Log("test").failure("it broke", error, tenant="t")
    logged = last(caplog)
    assert (logged["error"], logged["cause"]) == ("ValueError", "KeyError")
    assert any("test_observability.py" in frame for frame in logged["stack"])
    assert "Capucins" not in str(logged)
    assert "a@b.fr" not in str(logged)


def test_a_service_s_refusal_is_told_by_its_code(caplog: pytest.LogCaptureFixture) -> None:
    class ServiceError(Exception):
        response: ClassVar[dict[str, Any]] = {"Error": {"Code": "MessageRejected", "Message": "a@b.fr is not verified"}}

    Log("test").failure("refused", ServiceError())
    assert last(caplog)["service_code"] == "MessageRejected"
    assert "a@b.fr" not in str(last(caplog))


def test_a_metric_is_one_line_of_the_log(capsys: pytest.CaptureFixture[str]) -> None:
    metric("MailUnknown", 2, service="reminder_step")
    line = capsys.readouterr().out
    assert '"Namespace":"Relance"' in line
    assert '"MailUnknown":[2.0]' in line
