"""What will be sent, shown before it is: of one document, or of a scenario before anything follows it. Reads only.

The calendar is `domain.reminder.forecast`, the words are those of `outgoing.written`: nothing is worked out here that
sending would work out another way. So what is shown is what will leave, mail by mail, unless something happens.
[DR-11, complaint 9]
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice
from typing import Final

from relance.app.context import Caller, Context
from relance.app.ports.composing import ComposedMail
from relance.app.ports.open_work import Waiting
from relance.app.ports.scenarios import PublishedScenarios
from relance.app.scenarios import get as get_scenario
from relance.app.situation import MAX_OTHERS, Situation, beside, situation
from relance.app.writing import Group, Pen, written
from relance.domain.calendar_fr import holiday_area
from relance.domain.errors import Corrupted, Invalid, NotFound
from relance.domain.ids import TenantId
from relance.domain.party import Company, CustomerKind
from relance.domain.reminder.decide import Send
from relance.domain.reminder.forecast import Followed, Foreseen, Outlook, forecast
from relance.domain.reminder.policy import Source
from relance.domain.reminder.run import Run
from relance.domain.reminder.scenario import Action, Audience, DocumentKind, Scenario, is_own, is_to_seller

HORIZON: Final = timedelta(days=60)
MAX_OPEN: Final = 5_000  # documents that a preview chooses its pages from
_LINK: Final = "apercu"  # in place of the token that lets a customer in


@dataclass(frozen=True, slots=True)
class Desk:
    """What looking ahead takes."""

    published: PublishedScenarios
    open_work: Waiting
    pen: Pen


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that will be done, with the words of a mail; `problem` says in French why they cannot be written."""

    foreseen: Foreseen
    mail: ComposedMail | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Prospect:
    """A document, how its following goes on, and what will be done about it, in order: also what others' mails do."""

    found: Situation
    scenario: Scenario
    outlook: Outlook
    told: tuple[Told, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """One page of what a scenario would do. `numbers` of all documents that are spoken of, by id; `cursor` as in lists.

    `left_out` are the ids of documents that cannot be foreseen: something of theirs cannot be read.
    """

    scenario: Scenario
    since: datetime
    until: datetime
    prospects: tuple[Prospect, ...]
    numbers: Mapping[str, str]
    left_out: tuple[str, ...]
    cursor: str | None


def of_document(ctx: Context, caller: Caller, kind: DocumentKind, id: str, desk: Desk) -> Preview:
    """What will happen to one document in sixty days, given all that its customer has open. Raises NotFound."""
    found = situation(ctx, caller.tenant, kind, id, desk.published)
    if found.run.document_kind is not kind:
        raise NotFound("Aucun document de cet identifiant.")
    ids = [one for one in desk.open_work.open_of_customer(caller.tenant, found.document.customer_id) if one != id]
    runs = ctx.store.get_many(caller.tenant, Run, ids[:MAX_OTHERS])
    others, left_out = _situations(ctx, list(runs.values()), desk.published)
    since, until = found.now, found.now + HORIZON
    if not found.run.is_open:
        over = Outlook(id, found.run.stop_reason or "done", "", None, found.run.skipped)
        prospects: tuple[Prospect, ...] = (Prospect(found, found.scenario, over, ()),)
    else:
        prospects = tuple(_prospects([found, *others], {id: found.scenario}, desk.pen, {}))
    numbers = {str(one.document.id): one.document.number for one in (found, *others)}
    return Preview(found.scenario, since, until, prospects, numbers, tuple(left_out), None)


def of_scenario(
    ctx: Context,
    caller: Caller,
    scenario_id: str,
    desk: Desk,
    *,
    in_place_of: str = "",
    limit: int = 25,
    cursor: str | None = None,
) -> Preview:
    """What that scenario would do to the company's open documents in the next sixty days, in place of their own.

    Of its sort and audience, those whose own was chosen neither on the document nor on the customer's file; with
    `in_place_of` (a name) only those that follow that one now. Customer by customer, so a page may hold a few documents
    more than `limit`. Nothing is stored. Raises NotFound for no such scenario.
    """
    scenario = get_scenario(ctx, caller.tenant, scenario_id, desk.published)
    now = ctx.clock.now()
    by_customer: dict[str, list[Run]] = defaultdict(list)
    for run in _open_runs(ctx, caller.tenant, desk.open_work):
        by_customer[run.customer_id or run.id].append(run)
    prospects: list[Prospect] = []
    numbers: dict[str, str] = {}
    left_out: list[str] = []
    wanted = sorted(customer for customer in by_customer if cursor is None or customer > cursor)
    for place, customer in enumerate(wanted):
        if len(prospects) >= limit:
            return Preview(scenario, now, now + HORIZON, tuple(prospects), numbers, tuple(left_out), wanted[place - 1])
        runs = sorted(by_customer[customer], key=lambda run: run.id)[:MAX_OTHERS]
        if not any(_is_for(scenario, run, in_place_of) for run in runs):
            continue
        found, broken = _situations(ctx, runs, desk.published)
        left_out += broken
        chosen = {str(one.document.id): scenario for one in found if _suits(scenario, one, in_place_of)}
        numbers |= {str(one.document.id): one.document.number for one in found}
        prospects += _prospects(found, chosen, desk.pen, chosen)
    return Preview(scenario, now, now + HORIZON, tuple(prospects), numbers, tuple(left_out), None)


def _open_runs(ctx: Context, tenant: TenantId, open_work: Waiting) -> Iterator[Run]:
    ids = list(islice(open_work.open_ids(tenant, Run), MAX_OPEN))
    for start in range(0, len(ids), 100):
        found = ctx.store.get_many(tenant, Run, ids[start : start + 100])
        yield from (run for run in found.values() if run.is_open)


def _is_for(scenario: Scenario, run: Run, in_place_of: str) -> bool:
    """Whether that run might take it, as far as its run tells."""
    follows = run.scenario_id.partition("@")[0]
    return (
        run.document_kind is scenario.kind
        and run.source <= Source.SEGMENT
        and (not in_place_of or follows == in_place_of)
    )


def _suits(scenario: Scenario, found: Situation, in_place_of: str) -> bool:
    content = found.document.content
    if content is None or not _is_for(scenario, found.run, in_place_of):
        return False
    is_consumer = content.buyer.kind is CustomerKind.CONSUMER
    return scenario.audience is not (Audience.BUSINESS if is_consumer else Audience.CONSUMER)


def _situations(ctx: Context, runs: Sequence[Run], published: PublishedScenarios) -> tuple[list[Situation], list[str]]:
    """How they stand; and the ids of those that cannot be read, which keep nobody else from being told. [DR-17]"""
    found: list[Situation] = []
    broken: list[str] = []
    for run in runs:
        if not run.is_open:
            continue
        try:
            found.append(situation(ctx, run.tenant, run.document_kind, run.id, published, run=run))
        except (Corrupted, NotFound):
            broken.append(run.id)
    return found, broken


def _prospects(
    situations: Sequence[Situation], wanted: Mapping[str, Scenario], pen: Pen, replaced: Mapping[str, Scenario]
) -> Iterator[Prospect]:
    """Of one customer's documents, the prospects of those `wanted`; `replaced` are under another scenario than now."""
    if not situations:
        return
    first = situations[0]
    by_id = {str(one.document.id): one for one in situations}
    followed = [_followed(one, replaced.get(one.document.id)) for one in situations]
    found = forecast(followed, first.letters, first.now, first.now + HORIZON)
    told: dict[str, list[Told]] = defaultdict(list)
    for one in found.foreseen:
        concerned = {one.document_id, *(joined.document_id for joined in one.joined)} & wanted.keys()
        if concerned:
            words = _told(one, by_id, pen)
            for id in concerned:
                told[id].append(words)
    for id, scenario in wanted.items():
        yield Prospect(by_id[id], scenario, found.outlooks[id], tuple(told[id]))


def _followed(found: Situation, scenario: Scenario | None) -> Followed:
    """The document as the forecast takes it. On another scenario its machine would be woken at once."""
    area = holiday_area(found.customer.address.postcode) if found.customer else ""
    return Followed(
        document=found.document,
        scenario=scenario or found.scenario,
        claims=found.claims,
        policy=found.around.policy,
        beside=beside(found.run, area),
        proposals=found.around.proposals,
        sleeps_until=None if scenario else found.run.next_at,
    )


def _told(foreseen: Foreseen, situations: Mapping[str, Situation], pen: Pen) -> Told:
    """With its words as they will be then."""
    if foreseen.action is not Action.EMAIL:
        return Told(foreseen)
    found = situations[foreseen.document_id]
    company = found.ctx.store.get(found.run.tenant, Company, found.run.tenant)
    if company is None:
        return Told(foreseen, problem="L’entreprise n’a pas encore été renseignée.")
    then = replace(found, now=foreseen.at, claims=foreseen.claims)
    others = tuple(replace(one, now=foreseen.at) for one in situations.values() if one is not found)
    send = Send(foreseen.step, foreseen.template, level=foreseen.level, proposal=foreseen.proposal)
    token = "" if is_to_seller(foreseen.step) else _LINK
    may_stop = found.run.document_kind is DocumentKind.QUOTE and not is_own(foreseen.step)
    try:
        mail = written(
            found.ctx,
            then,
            send,
            Group(foreseen.told, others),
            company,
            pen,
            token=token,
            pixel="",
            unsubscribe_url=f"{pen.mark.public_base_url}/u/{_LINK}" if may_stop else "",
        )
    except Invalid as error:
        return Told(foreseen, problem=error.message)
    return Told(foreseen, mail)
