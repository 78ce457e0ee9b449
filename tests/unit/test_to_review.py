"""What a restore brought back with something missing: nothing is sent, invoiced or transmitted from it. [K-01, N-02]"""

from dataclasses import replace

import pytest

from relance.domain.calendar_fr import from_ms
from relance.domain.errors import ToReview, require_reviewed
from relance.domain.party import CustomerKind
from relance.domain.quote import require_draft
from relance.domain.rebuild import ID, Rebuild
from relance.domain.transmission import require_exchanged
from tests.builders import TENANT, a_company, a_customer, a_quote, an_invoice, an_invoice_content

LACKS = ("Les prix de revient ne sont pas dans l’archive.",)


def test_what_lacks_nothing_is_as_any_other() -> None:
    require_reviewed(())
    require_draft(a_quote())


def test_what_lacks_something_says_what_to_do() -> None:
    with pytest.raises(ToReview, match="faites la tâche qui dit ce qui lui manque") as caught:
        require_reviewed(LACKS)
    assert caught.value.code == "to_review"


def test_a_draft_that_was_sent_in_the_lost_hour_is_not_sent_as_it_is() -> None:
    with pytest.raises(ToReview):
        require_draft(replace(a_quote(), to_review=LACKS))


def test_an_invoice_that_waits_for_a_look_is_not_deposited() -> None:
    content = an_invoice_content(a_company(), a_customer(kind=CustomerKind.BUSINESS, siren="912345675"))
    with pytest.raises(ToReview):
        require_exchanged(replace(an_invoice(), content=content, to_review=LACKS))


def test_a_rebuild_is_under_way_until_its_fact_is_written() -> None:
    begun = Rebuild(TENANT, 1, from_ms(1_780_000_000_000), archived=9, journal=5, head_seq=5)
    assert (begun.id, begun.is_under_way) == (ID, True)
    assert not replace(begun, ended_at=begun.started_at).is_under_way
