"""`archive_api`: status, proofs and exports of the sealed archive."""

from collections.abc import Sequence
from http import HTTPStatus

import msgspec

from functions.archive_api.exports import add_exports
from functions.archive_api.purges import add_purges
from functions.archive_api.wiring import Parts, wire
from relance.app import closing
from relance.app.archiving import Status, alarms, prove, status
from relance.app.archiving.proof_papers import proof_sheet, proof_zip
from relance.app.archiving.proofs import prove_consistency
from relance.app.closing import Outlook
from relance.app.closing_sheet import closing_sheet
from relance.app.pins import last_pin
from relance.app.settings import get_company
from relance.contracts.archive import (
    AlarmView,
    KeyView,
    QuarantineView,
    StatusView,
    VerificationView,
    consistency_view,
    pin_view,
    proof_view,
)
from relance.contracts.closings import (
    ClosingPage,
    closing_view,
    closings_csv,
    last_closing_view,
)
from relance.contracts.days import day_of
from relance.contracts.retention import place_view
from relance.domain.archive_alarm import ArchiveAlarm
from relance.domain.attestation import attestation
from relance.domain.calendar_fr import civil_date, from_ms, to_ms
from relance.domain.chain.proof import InclusionProof
from relance.domain.errors import Fault, Invalid, NotFound
from relance.domain.periods import PeriodKind
from relance.domain.retention import Place
from relance.domain.sheets import Sheet
from relance.runtime.http import Api, Call, Reply, csv, ok, on_first_call, pdf


def build(parts: Parts) -> Api:
    """Everything under /v1/archive."""
    ctx, archive = parts.ctx, parts.archive
    api = Api("archive_api")

    @api.get("/v1/archive/status")
    def get_status(call: Call) -> Reply:
        found = status(call.caller.tenant, archive, ctx.store, now_ms=to_ms(ctx.clock.now()))
        told = alarms.latest(ctx, call.caller)
        view = _status_view(found, closing.outlook(ctx, call.caller.tenant), told, parts.place)
        pin = last_pin(ctx, call.caller.tenant)
        return ok(msgspec.structs.replace(view, last_pin=pin_view(pin) if pin else None))

    @api.get("/v1/archive/closings")
    def list_closings(call: Call) -> Reply:
        asked, written = call.choice("kind", "", *PeriodKind), call.choice("format", "json", "csv", "pdf")
        kind = PeriodKind(asked) if asked else None
        if written == "json":
            page = closing.closings(ctx, call.caller, kind=kind, limit=call.limit, cursor=call.cursor)
            return ok(ClosingPage(tuple(map(closing_view, page.items)), page.cursor))
        first, last = day_of("from", call.query("from")), day_of("to", call.query("to"))
        found = closing.closings_between(ctx, call.caller, kind=kind, first=first, last=last)
        if written == "csv":
            return csv(closings_csv(found), filename="clotures.csv")
        sheet = closing_sheet(found, kind, get_company(ctx, call.caller).legal_name, civil_date(ctx.clock.now()))
        return pdf(parts.sheets.sheet(sheet), filename="clotures.pdf")

    @api.get("/v1/archive/proofs/{id}")
    def get_proof(call: Call) -> Reply:
        return ok(proof_view(proof_of(call)))

    @api.get("/v1/archive/proofs/{id}/pdf")
    def get_proof_sheet(call: Call) -> Reply:
        proof = proof_of(call)
        company = get_company(ctx, call.caller)
        return pdf(
            parts.sheets.sheet(proof_sheet(proof, company.legal_name, ctx.clock.now())),
            filename=f"preuve-{proof.seq}.pdf",
        )

    @api.get("/v1/archive/proofs/{id}/files")
    def get_proof_files(call: Call) -> Reply:
        proof = proof_of(call)
        disposition = {"Content-Disposition": f'attachment; filename="preuve-{proof.seq}.zip"'}
        return Reply(HTTPStatus.OK, proof_zip(proof), content_type="application/zip", headers=disposition)

    @api.get("/v1/archive/attestation")
    def get_attestation(call: Call) -> Reply:
        return pdf(parts.sheets.sheet(attest(call)), filename="attestation.pdf")

    def attest(call: Call) -> Sheet:
        first = archive.journal.read(call.caller.tenant, 0, 1)
        since = civil_date(from_ms(first[0].at_ms)) if first else None
        company = get_company(ctx, call.caller)
        today = civil_date(ctx.clock.now())
        return attestation(parts.attestations, parts.fiscal_version(), company, since=since, on=today)

    @api.get("/v1/archive/consistency")
    def get_consistency(call: Call) -> Reply:
        old, new = size_of(call, "from"), size_of(call, "to") if call.query("to") else None
        return ok(consistency_view(prove_consistency(call.caller.tenant, old, new, archive)))

    def proof_of(call: Call) -> InclusionProof:
        if not _is_rank(call.path_id):
            raise NotFound("Un événement se désigne par son rang, un nombre à partir de 1.")
        return prove(call.caller.tenant, int(call.path_id), archive)

    add_exports(api, parts)
    add_purges(api, parts)
    return api


def _status_view(found: Status, closings: Outlook, told: Sequence[ArchiveAlarm], place: Place) -> StatusView:
    fault, walk = found.quarantine, found.verification
    return StatusView(
        health=found.health.value,
        recorded=found.journal_size,
        archived=found.size,
        signed=found.signed_size,
        waiting_s=found.waiting_ms // 1000,
        checkpoint=found.checkpoint.decode(),
        verifier_key=found.verifier_key,
        quarantine=QuarantineView(fault.seq, fault.code, fault.reason) if fault else None,
        verification=VerificationView(from_ms(walk.at_ms), walk.size, walk.faults) if walk else None,
        last_closing=last_closing_view(closings.last),
        next_closing_at=closings.next_at,
        alarms=tuple(AlarmView(alarm.at, alarm.size, alarm.count, alarm.faults) for alarm in told),
        storage=place_view(place),
        keys=tuple(KeyView(from_size, key) for from_size, key in found.keys),
    )


def size_of(call: Call, name: str) -> int:
    """A number of events in the query. Raises Invalid, naming the parameter."""
    text = call.query(name) or ""
    if not _is_rank(text):
        message = f"{name} : le nombre d’événements d’un point de contrôle."
        raise Invalid(message, faults=[Fault(f"/{name}", message, "wrong_type")])
    return int(text)


def _is_rank(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 15


handler = on_first_call(lambda: build(wire()))
