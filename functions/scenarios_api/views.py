"""What is foreseen, as it is told: from the use case's words to the wire's."""

from collections.abc import Mapping

from relance.app.foreseeing import Preview, Prospect, Told
from relance.contracts.foresight import (
    ForeseenView,
    JoinedView,
    OutlookView,
    PreviewView,
    said_of,
    said_of_outlook,
    skipped_view,
)
from relance.domain.calendar_fr import civil_date


def preview_view(preview: Preview) -> PreviewView:
    """A page of what a scenario would do."""
    return PreviewView(
        scenario_id=preview.scenario.id,
        since=preview.since,
        until=preview.until,
        items=tuple(outlook_view(prospect, preview.numbers) for prospect in preview.prospects),
        left_out=preview.left_out,
        cursor=preview.cursor,
    )


def outlook_view(prospect: Prospect, numbers: Mapping[str, str]) -> OutlookView:
    """One document with its calendar; `numbers` of all documents that its mails may speak of."""
    document, outlook = prospect.found.document, prospect.outlook
    return OutlookView(
        document_id=document.id,
        kind=prospect.found.run.document_kind,
        number=document.number,
        customer=document.content.buyer.name if document.content else "",
        scenario_id=prospect.scenario.id,
        over=outlook.over,
        why=outlook.why,
        until=outlook.until,
        said=said_of_outlook(outlook),
        foreseen=tuple(_foreseen_view(told, numbers) for told in prospect.told),
        skipped=tuple(map(skipped_view, outlook.skipped)),
    )


def _foreseen_view(told: Told, numbers: Mapping[str, str]) -> ForeseenView:
    one = told.foreseen
    return ForeseenView(
        at=one.at,
        day=civil_date(one.at),
        document_id=one.document_id,
        number=numbers.get(one.document_id, ""),
        step=one.step,
        action=one.action,
        template=one.template,
        level=one.level,
        approval=one.approval,
        said=said_of(one.action, one.approval, one.at),
        title=one.title,
        subject=told.mail.subject if told.mail else "",
        text=told.mail.text if told.mail else "",
        problem=told.problem,
        joined=tuple(
            JoinedView(joined.document_id, numbers.get(joined.document_id, ""), joined.step, joined.level)
            for joined in one.joined
        ),
        owed=tuple(numbers.get(id, "") for id in one.told.owed),
    )
