"""What would make the electronic invoice invalid is refused by the rule's id, with where and how to mend it. [E-04]"""

import pytest

from relance.domain.content import InvoiceContent
from relance.domain.einvoice_rules import einvoice_faults
from tests.validation.refusals import ACCEPTED, REFUSALS


@pytest.mark.parametrize(("content", "rule", "pointer"), REFUSALS.values(), ids=REFUSALS)
def test_an_invoice_that_breaks_a_rule_is_refused_by_its_id(content: InvoiceContent, rule: str, pointer: str) -> None:
    assert (rule, pointer) in {(fault.code, fault.pointer) for fault in einvoice_faults(content)}


@pytest.mark.parametrize(("content", "rule", "pointer"), REFUSALS.values(), ids=REFUSALS)
def test_a_refusal_says_in_french_how_to_mend(content: InvoiceContent, rule: str, pointer: str) -> None:
    for fault in einvoice_faults(content):
        assert fault.message.endswith(".")
        assert len(fault.message) > 25


@pytest.mark.parametrize("content", ACCEPTED.values(), ids=ACCEPTED)
def test_what_keeps_the_rules_is_let_through(content: InvoiceContent) -> None:
    assert einvoice_faults(content) == []
