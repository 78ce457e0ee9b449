"""`archive_api`: status, proofs and exports of the sealed archive."""

from typing import Final

from functions.archive_api.wiring import Parts, wire
from relance.app import bookkeeping, exporting
from relance.app.archiving import InclusionProof, Status, prove, status
from relance.contracts.accounts import AccountsBody, AccountsView, accounts_view, to_own_accounts
from relance.contracts.archive import ProofView, QuarantineView, StatusView, VerificationView
from relance.contracts.exports import ExportBody, ExportPage, ExportView, export_view, filename, wanted
from relance.domain.archive_export import ArchiveExport, ExportState
from relance.domain.bookkeeping.accounts import OwnAccounts
from relance.domain.calendar_fr import civil_date, from_ms, to_ms
from relance.domain.chain.event import event_hash
from relance.domain.errors import NotFound
from relance.domain.party import Company
from relance.runtime.http import Api, Call, Reply, accepted, ok, on_first_call

LINK_VALID_S: Final = 900


def build(parts: Parts) -> Api:
    """Everything under /v1/archive."""
    ctx, archive, exports = parts.ctx, parts.archive, parts.exports
    api = Api("archive_api")

    @api.get("/v1/archive/status")
    def get_status(call: Call) -> Reply:
        return ok(_status_view(status(call.caller.tenant, archive, ctx.store, now_ms=to_ms(ctx.clock.now()))))

    @api.get("/v1/archive/proofs/{id}")
    def get_proof(call: Call) -> Reply:
        if not call.path_id.isascii() or not call.path_id.isdigit() or len(call.path_id) > 15:
            raise NotFound("Un événement se désigne par son rang, un nombre à partir de 1.")
        return ok(_proof_view(prove(call.caller.tenant, int(call.path_id), archive)))

    @api.get("/v1/settings/accounts")
    def get_accounts(call: Call) -> Reply:
        own = bookkeeping.own_accounts(ctx, call.caller.tenant)
        return ok(view_accounts(own), rev=own.rev)

    @api.put("/v1/settings/accounts")
    def put_accounts(call: Call) -> Reply:
        wanted = to_own_accounts(call.body(AccountsBody))
        own = bookkeeping.put_own_accounts(ctx, call.caller, wanted, expected_rev=call.expected_rev)
        return ok(view_accounts(own), rev=own.rev)

    def view_accounts(own: OwnAccounts) -> AccountsView:
        return accounts_view(parts.charts.on(civil_date(ctx.clock.now())).renumbered(own.numbers), own)

    @api.post("/v1/archive/exports")
    def post_export(call: Call) -> Reply:
        body = call.body(ExportBody) if call.raw_body else ExportBody()
        asked = wanted(body, call.caller.tenant, ctx.clock.now())
        made = exporting.ask(ctx, call.caller, archive, parts.maker, asked, idem=call.idem)
        return accepted(view(made), rev=made.rev, location=f"/v1/archive/exports/{made.id}")

    @api.get("/v1/archive/exports")
    def list_exports(call: Call) -> Reply:
        found = exporting.page(ctx, call.caller, limit=call.limit, cursor=call.cursor)
        return ok(ExportPage(tuple(view(item) for item in found.items), found.cursor))

    @api.get("/v1/archive/exports/{id}")
    def get_export(call: Call) -> Reply:
        found = exporting.get(ctx, call.caller, call.id)
        return ok(view(found), rev=found.rev)

    def view(found: ArchiveExport) -> ExportView:
        return export_view(found, link(found), LINK_VALID_S)

    def link(found: ArchiveExport) -> str | None:
        if found.state is not ExportState.MADE:
            return None
        company = ctx.store.get(found.tenant, Company, found.tenant)
        name = filename(found, company.siren if company else "")
        return exports.link(found.tenant, found.stored_name, filename=name, valid_s=LINK_VALID_S)

    return api


def _status_view(found: Status) -> StatusView:
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
    )


def _proof_view(proof: InclusionProof) -> ProofView:
    return ProofView(
        seq=proof.seq,
        size=proof.size,
        line=proof.line.decode(),
        event_hash=event_hash(proof.line),
        path=tuple(node.hex() for node in proof.path),
        checkpoint=proof.checkpoint.decode(),
    )


handler = on_first_call(lambda: build(wire()))
