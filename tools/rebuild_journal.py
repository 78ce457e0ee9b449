"""After the tables were restored to an earlier moment: what the journal lacks of its archive, and putting it back.

Without `--write` nothing is written: the plan is printed and the exit code is 3 when there is something to do. Stop the
traffic first (set the API's throttling to 0): a writer that goes on takes numbers that were given before. Credentials
and region as for every AWS tool; `AWS_ENDPOINT_URL` for the local cloud. DynamoDB developer guide, "Point-in-time
recovery" (a restore makes new tables: deploy with their names, or copy them back), checked 2026-11.
"""

import argparse
import sys

import boto3

from relance.adapters.clock import clock
from relance.adapters.dynamo.archive_heads import DynamoArchiveHeads
from relance.adapters.dynamo.items import Database
from relance.adapters.dynamo.journal import DynamoJournal
from relance.adapters.dynamo.store import DynamoStore
from relance.adapters.entropy import SystemEntropy
from relance.adapters.s3_archive import S3ImmutableStore
from relance.app.archiving import Archive
from relance.app.archiving.rebuilding import Plan, plan, rebuild
from relance.app.context import Context
from relance.domain.errors import RelanceError
from relance.domain.ids import TenantId

NOTHING, FAILED, TO_DO = 0, 1, 3


def main(arguments: list[str] | None = None) -> int:
    """0: nothing to do, or done; 1: it cannot be done, and why; 3: there is something to do."""
    asked = argparse.ArgumentParser(prog="make rebuild", description=__doc__)
    asked.add_argument("tenant", help="identifiant de l’entreprise (ten_…)")
    asked.add_argument("--stack", required=True, help="nom de la pile CloudFormation")
    asked.add_argument("--write", action="store_true", help="écrire ; sans cela, tout est seulement montré")
    options = asked.parse_args(arguments)
    tenant = TenantId(options.tenant)
    ctx, archive = _parts(options.stack)
    try:
        found = rebuild(ctx, tenant, archive) if options.write else plan(ctx, tenant, archive)
    except RelanceError as error:
        sys.stderr.write(f"Impossible : {error.message}\n")
        return FAILED
    sys.stdout.write(_told(found, written=options.write))
    return TO_DO if found.is_needed and not options.write else NOTHING


def _parts(stack: str) -> tuple[Context, Archive]:
    described = boto3.client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]
    outputs = {output["OutputKey"]: output["OutputValue"] for output in described.get("Outputs", [])}
    database = Database(core_table=outputs["CoreTable"], journal_table=outputs["JournalTable"])
    store = S3ImmutableStore(boto3.client("s3"), outputs["ArchiveBucket"])
    archive = Archive(DynamoJournal(database), DynamoArchiveHeads(database), store)
    return Context(DynamoStore(database), clock(""), SystemEntropy()), archive


def _told(found: Plan, *, written: bool) -> str:
    lines = [
        f"Archive : {found.archived} événements, intacte. Journal : {found.journal}. Tête : {found.head_seq}.",
        f"{found.missing} événements {'remis' if written else 'à remettre'} dans le journal.",
    ]
    if not found.is_needed:
        lines[1] = "Rien à faire : le journal a tout ce qui est archivé."
    if found.documents:
        lines.append("À revoir ensuite, un par un : leur fiche date d’avant ce que l’archive en sait.")
        lines += [f"  {one.kind} {one.number or one.id} : {', '.join(one.events)}" for one in found.documents]
    if found.is_needed and not written:
        lines.append("Rien n’a été écrit : recommencez avec WRITE=1.")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
