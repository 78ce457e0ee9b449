"""Mails in the company's own words: kept, changed, tried on a document before anything is sent with them. [KB-24]"""

from dataclasses import replace
from datetime import datetime
from typing import Final

from relance.app.context import Caller, Context
from relance.app.ports.store import Idem
from relance.app.records import Beside, Records
from relance.domain.errors import Invalid
from relance.domain.mail_text import MailText, Wording, text_faults, version_of


def _kept(_ctx: Context, _before: MailText | None, after: MailText | None) -> Beside:
    """Each version is stored beside the text and stays when it is removed: a scenario may name it. [DR-16]"""
    return Beside(puts=(version_of(after),) if after else ())


_own: Final = Records(MailText, "txt", "Aucun texte de courriel ne porte cet identifiant.", _kept)
get = _own.get
page = _own.page
delete = _own.delete


def create(ctx: Context, caller: Caller, wanted: Wording, *, idem: Idem | None = None) -> MailText:
    """A new text, in its first version. Raises Invalid with every fault in its words. [DR-13]"""
    _require_sound(wanted)

    def made(id: str, at: datetime) -> MailText:
        return MailText(
            tenant=caller.tenant,
            id=id,
            rev=1,
            created_at=at,
            updated_at=at,
            kind=wanted.kind,
            name=wanted.name,
            subject=wanted.subject,
            body=wanted.body,
        )

    return _own.create(ctx, caller, made, idem)


def update(ctx: Context, caller: Caller, id: str, wanted: Wording, *, expected_rev: int) -> MailText:
    """Its next version; scenarios go on with the one that they name. Raises NotFound, StaleVersion, Invalid."""
    _require_sound(wanted)

    def changed(stored: MailText, at: datetime) -> MailText:
        return replace(
            stored,
            rev=stored.rev + 1,
            updated_at=at,
            kind=wanted.kind,
            name=wanted.name,
            subject=wanted.subject,
            body=wanted.body,
        )

    return _own.update(ctx, caller, id, changed, expected_rev=expected_rev)


def _require_sound(wanted: Wording) -> None:
    if faults := list(text_faults(wanted.kind, wanted.subject, wanted.body)):
        raise Invalid("Ce texte ne peut pas être enregistré : corrigez les points signalés.", faults=faults)
