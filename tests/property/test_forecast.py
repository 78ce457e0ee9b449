"""What is foreseen is what will be sent: a forecast against a life lived with the real decisions, mail by mail. [DR-11]

The life is lived another way than the forecast: here every document is asked again at every instant at which anything
happens to any of them, as if the machines woke far more often than they do. So it also shows that nobody sleeps too
long, and that being asked for nothing changes nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from typing import Final

from hypothesis import given, settings
from hypothesis import strategies as st

from relance.adapters.scenario_data import PackagedScenarios
from relance.domain.ids import CustomerId, InvoiceId, QuoteId
from relance.domain.invoice import Invoice
from relance.domain.quote import Quote
from relance.domain.reminder.claim import Claim, claim_id
from relance.domain.reminder.correspondence import Correspondence, first_letter, reminded
from relance.domain.reminder.decide import Act, Around, Done, Propose, Render, Send, Stop, Wait, decide
from relance.domain.reminder.facts import facts_of
from relance.domain.reminder.forecast import APPROVED_AFTER, Followed, forecast
from relance.domain.reminder.grouping import Case, together
from relance.domain.reminder.policy import Policy
from relance.domain.reminder.proposal import Proposal, ProposalState
from relance.domain.reminder.scenario import Action, Anchor, Approval, Condition, DocumentKind, Guards, Scenario, Step
from tests.builders import TENANT
from tests.doubles.office import a_claim, a_sent_quote, an_issued_invoice, kind_of

PDF: Final = "a" * 64
AHEAD: Final = timedelta(days=60)
Done_ = tuple[datetime, str, str, str, int, frozenset[tuple[str, str]]]


@dataclass
class Person:
    """One customer with his documents, as they are stored; he who is asked says yes an hour later."""

    documents: Sequence[Quote | Invoice]
    scenarios: dict[str, Scenario]
    policy: Policy
    claims: dict[str, dict[str, Claim]] = field(default_factory=dict)
    proposals: dict[str, dict[str, Proposal]] = field(default_factory=dict)
    letters: Correspondence = field(default_factory=lambda: first_letter(TENANT, CustomerId("cus_1")))
    done: list[Done_] = field(default_factory=list)
    over: set[str] = field(default_factory=set)
    asked: dict[str, Proposal] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for document in self.documents:
            self.claims[document.id], self.proposals[document.id] = {}, {}

    def case(self, document: Quote | Invoice, now: datetime) -> Case:
        around = Around(self.policy, self.letters, self.proposals[document.id])
        facts = facts_of(document, now)
        return Case(document.id, facts, self.scenarios[document.id], self.claims[document.id], around)

    def live(self, now: datetime, end: datetime) -> None:
        """Ask every document until none of them has anything to do, then go on to when the first of them has."""
        while now <= end:
            waits = [self._ask(document, now) for document in self.documents if document.id not in self.over]
            sooner = [until for until in waits if until is not None]
            if not sooner:
                return
            now = min(sooner)

    def _ask(self, document: Quote | Invoice, now: datetime) -> datetime | None:
        while True:
            asked = self.asked.get(document.id)
            if asked is not None and now < asked.at + APPROVED_AFTER:
                return asked.at + APPROVED_AFTER
            if asked is not None:
                self.proposals[document.id][asked.step] = self.asked.pop(document.id)
            case = self.case(document, now)
            answer = decide(case.facts, case.scenario, case.claims, now, case.around)
            match answer:
                case Wait(until):
                    return until
                case Done() | Stop():
                    self.over.add(document.id)
                    return None
                case Render():
                    raise AssertionError("it was drawn")
                case Propose(step, approval, expires_at):
                    self.asked[document.id] = approved(document, step, approval, now, expires_at)
                case Act(step):
                    self._do(document, step.id, step.action, step.template, step.level, now)
                case Send():
                    self._send(case, answer, document, now)

    def _send(self, case: Case, send: Send, document: Quote | Invoice, now: datetime) -> None:
        others = [self.case(one, now) for one in self.documents if one is not document and one.id not in self.over]
        told = together(case, send, others, now)
        joined = frozenset((one.document_id, one.step) for one in told.joined)
        self._do(document, send.step, Action.EMAIL, told.template, told.level, now, joined)
        for id, step in joined:
            self.claims[id][step] = a_claim(step, now, id)

    def _do(
        self,
        document: Quote | Invoice,
        step: str,
        action: Action,
        template: str,
        level: int,
        now: datetime,
        joined: frozenset[tuple[str, str]] = frozenset(),
    ) -> None:
        claim = a_claim(step, now, document.id, action=action)
        assert step not in self.claims[document.id], "twice"
        self.claims[document.id][step] = claim
        self.done.append((now, document.id, step, template, level, joined))
        if claim.is_reminder:
            self.letters = reminded(self.letters, now)


def approved(
    document: Quote | Invoice, step: Step, approval: Approval, now: datetime, expires_at: datetime
) -> Proposal:
    return Proposal(
        TENANT,
        claim_id(document.id, step.id),
        1,
        kind_of(document),
        document.id,
        "cus_1",
        step.id,
        step.template,
        step.level,
        approval,
        ProposalState.APPROVED,
        now,
        expires_at,
    )


@st.composite
def own_scenarios(draw: st.DrawFn, kind: DocumentKind) -> Scenario:
    is_quote = kind is DocumentKind.QUOTE
    anchors = [Anchor.SENT, Anchor.EXPIRY if is_quote else Anchor.DUE, Anchor.PREVIOUS]
    conditions = [Condition.UNANSWERED, Condition.NOT_VIEWED] if is_quote else [Condition.UNPAID]
    steps = []
    for i in range(draw(st.integers(1, 6))):
        anchor = draw(st.sampled_from(anchors[: 3 if i else 2]))
        action = draw(st.sampled_from([Action.EMAIL, Action.EMAIL, Action.TASK, Action.LETTER]))
        level = draw(st.integers(0, 5))
        asks = (
            st.just(Approval.MANUAL) if level >= 4 else st.sampled_from([Approval.AUTO, Approval.AUTO, Approval.MANUAL])
        )
        steps.append(
            Step(
                id=f"s{i}",
                anchor=anchor,
                offset_days=draw(st.integers(0 if anchor is Anchor.PREVIOUS else -10, 40)),
                hour=draw(st.builds(time, st.integers(0, 23), st.sampled_from([0, 30]))),
                condition=draw(st.sampled_from(conditions)),
                template=f"t{i}",
                level=level,
                action=action,
                approval=Approval.AUTO if action.is_internal else draw(asks),
                title="Appeler",
            )
        )
    guards = Guards(gap_days=draw(st.integers(1, 6)), max_mails=draw(st.integers(1, 6)), is_grouped=draw(st.booleans()))
    return Scenario(TENANT, "own", 1, 1, kind, "À moi", tuple(steps), datetime(2026, 1, 1, tzinfo=UTC), guards=guards)


@st.composite
def people(draw: st.DrawFn) -> tuple[Person, datetime]:
    start = datetime(2026, 1, 1, 8, tzinfo=UTC) + draw(st.timedeltas(timedelta(), timedelta(days=365)))
    documents: list[Quote | Invoice] = []
    scenarios: dict[str, Scenario] = {}
    for i in range(draw(st.integers(1, 3))):
        at = start + timedelta(days=draw(st.integers(0, 9)))
        if draw(st.integers(0, 2)):
            document: Quote | Invoice = replace(
                an_issued_invoice(at, draw(st.integers(0, 30)), PDF), id=InvoiceId(f"inv_{i}")
            )
        else:
            document = replace(a_sent_quote(at, draw(st.integers(3, 40)), PDF), id=QuoteId(f"quo_{i}"))
        kind = kind_of(document)
        standard = PackagedScenarios().get(TENANT, f"standard.{kind.value}@2")
        assert standard is not None
        documents.append(document)
        scenarios[document.id] = draw(st.one_of(st.just(standard), own_scenarios(kind)))
    policy = Policy(extra_days=draw(st.integers(0, 3)), max_level=draw(st.sampled_from([5, 5, 2])))
    return Person(documents, scenarios, policy), start + timedelta(days=10)


@settings(deadline=None, max_examples=60)
@given(people(), st.timedeltas(timedelta(), timedelta(days=40)))
def test_what_is_foreseen_is_what_is_sent_mail_by_mail_DR_11(drawn: tuple[Person, datetime], later: timedelta) -> None:
    """Looked at on any day of a life that has begun already, and with nothing else happening after it."""
    person, start = drawn
    looked_at = start + later
    person.live(start, looked_at)
    followed = [
        Followed(
            document,
            person.scenarios[document.id],
            dict(person.claims[document.id]),
            person.policy,
            proposals=dict(person.proposals[document.id]),
        )
        for document in person.documents
        if document.id not in person.over
    ]
    found = forecast(followed, person.letters, looked_at, looked_at + AHEAD)
    before = len(person.done)
    person.live(looked_at, looked_at + AHEAD)
    assert [
        (
            one.at,
            one.document_id,
            one.step,
            one.template,
            one.level,
            frozenset((j.document_id, j.step) for j in one.joined),
        )
        for one in found.foreseen
    ] == person.done[before:]
    assert {id for id, outlook in found.outlooks.items() if outlook.over} == {
        one.document.id for one in followed if one.document.id in person.over
    }
