"""After the tables were restored to an earlier moment: what the journal lacks of its archive, and putting it back.

Without `--write` nothing is written: the plan is printed and the exit code is 3 when there is something to do. With
`--restored`, mails are put in doubt even if no event is missing. Stop all traffic first (docs/operations.md): a writer
that goes on takes numbers that were given before, and a reminder that wakes is sent a second time. Credentials and
region as for every AWS tool; `AWS_ENDPOINT_URL` for the local cloud. DynamoDB developer guide, "Point-in-time
recovery" (a restore makes new tables: deploy with their names, or copy them back), checked 2026-11.

Facts that the journal lost before they were archived are named, and nothing is written. `--from` gives another table of
the same journal, restored to a later moment: of it only lines that the chain confirms on both sides are taken.

Prospects who were erased in the lost time came back with the table. Their erasure is asked for again, and carried out
by the one function that may: its call waits until that function is let go, which is done first. Until none is left, the
exit code is 3.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

import boto3

from relance.adapters.clock import clock
from relance.adapters.dynamo.access import DynamoAccessRegistry
from relance.adapters.dynamo.archive_heads import DynamoArchiveHeads
from relance.adapters.dynamo.items import Database
from relance.adapters.dynamo.journal import DynamoJournal
from relance.adapters.dynamo.store import DynamoStore
from relance.adapters.entropy import SystemEntropy
from relance.adapters.retention_bell import RetentionBell
from relance.adapters.s3_archive import S3ImmutableStore
from relance.adapters.scenario_data import PackagedScenarios
from relance.app import erasing
from relance.app.archiving import Archive
from relance.app.archiving.proof_papers import WORDS
from relance.app.archiving.putting_back import Lost
from relance.app.archiving.rebuilding import Plan, plan, rebuild
from relance.app.archiving.whole import WholeJournal
from relance.app.context import Context
from relance.app.holding_rights import Difference, Gap, close, differences
from relance.app.ports.access import AccessRegistry
from relance.app.ports.retention import RetentionWorker
from relance.domain.erasure import Erasure
from relance.domain.errors import RelanceError
from relance.domain.ids import TenantId
from relance.domain.rebuild import told as told_holes
from relance.domain.retention import Work

NOTHING, FAILED, TO_DO = 0, 1, 3
# What is put back, and what it is about, in words; any other by its name.
_STORED: Final = {
    "Claim": "envoi noté",
    "Closing": "clôture",
    "Company": "fiche de l’entreprise",
    "Customer": "fiche de client",
    "Erasure": "effacement à refaire",
    "Invoice": "facture ou avoir",
    "PenaltyClaim": "pénalités d’une facture",
    "Purge": "purge à reprendre",
    "Quote": "devis",
    "Run": "suivi d’un document",
    "Task": "tâche pour une personne",
}
_ABOUT: Final = {"company": "entreprise", "customer": "client", "invoice": "facture", "quote": "devis"}


def main(arguments: list[str] | None = None) -> int:
    """0: nothing to do, or done; 1: it cannot be done, and why; 3: there is something to do."""
    asked = argparse.ArgumentParser(prog="make rebuild", description=__doc__)
    asked.add_argument("tenant", help="identifiant de l’entreprise (ten_…)")
    asked.add_argument("--stack", required=True, help="nom de la pile CloudFormation")
    asked.add_argument("--write", action="store_true", help="écrire ; sans cela, tout est seulement montré")
    asked.add_argument("--restored", action="store_true", help="la table des documents vient d’être restaurée")
    asked.add_argument("--from", dest="copy", default="", help="table du journal d’un moment plus tardif")
    options = asked.parse_args(arguments)
    tenant = TenantId(options.tenant)
    ctx, archive, worker, registry = _parts(options.stack)
    copy = DynamoJournal(Database(core_table="", journal_table=options.copy)) if options.copy else None
    act = rebuild if options.write else plan
    try:
        found = act(ctx, tenant, archive, PackagedScenarios(), is_restored=options.restored, copy=copy)
        doors = differences(ctx, tenant, registry)
        if options.write:
            close(registry, doors)
        left = erasing.left(ctx, tenant)
        for id in left if options.write else ():
            worker.begin(tenant, Work.ERASE, id)
    except RelanceError as error:
        sys.stderr.write(f"Impossible : {error.message}\n")
        return FAILED
    words = [told(found, written=options.write), _doors(doors, written=options.write)]
    words.append(_erasures(found, left, written=options.write))
    is_shown_only = not options.write and (found.is_needed or any(one.gap is not Gap.LOST for one in doors))
    if is_shown_only:
        words.append("Rien n’a été écrit : recommencez avec WRITE=1.\n")
    sys.stdout.write("".join(words))
    return TO_DO if left or is_shown_only else NOTHING


def _parts(stack: str) -> tuple[Context, Archive, RetentionWorker, AccessRegistry]:
    described = boto3.client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]
    outputs = {output["OutputKey"]: output["OutputValue"] for output in described.get("Outputs", [])}
    database = Database(core_table=outputs["CoreTable"], journal_table=outputs["JournalTable"])
    store = S3ImmutableStore(boto3.client("s3"), outputs["ArchiveBucket"])
    entities, heads = DynamoStore(database), DynamoArchiveHeads(database)
    archive = Archive(WholeJournal(DynamoJournal(database), heads, store, entities), heads, store)
    worker = RetentionBell(boto3.client("lambda"), outputs["RetentionFunction"])
    return Context(entities, clock(""), SystemEntropy()), archive, worker, DynamoAccessRegistry(database)


def _doors(found: Sequence[Difference], *, written: bool) -> str:
    """Which credentials do not open as was decided: what was taken back or changed is so again, once written."""
    words = {
        Gap.REOPENED: "avait été retiré et ouvrait encore : refermé"
        if written
        else "a été retiré et ouvre : à refermer",
        Gap.OTHERWISE: "n’ouvrait pas comme décidé : remis" if written else "n’ouvre pas comme décidé : à remettre",
        Gap.LOST: "donné, mais sa clé est perdue : redonnez-en une (make grant) s’il en a encore besoin",
    }
    return "".join(f"Accès {one.right.id} de {one.right.user} ({one.right.role}) {words[one.gap]}.\n" for one in found)


def _erasures(found: Plan, left: Sequence[str], *, written: bool) -> str:
    """Who must go again, and what there is to do about it."""
    ids = sorted({*left, *(id for kind, id in found.writes if kind == Erasure.__name__)})
    if not ids:
        return ""
    lines = [
        "Prospects effacés pendant le temps perdu, ou dont l’effacement est en cours :",
        *(f"  {id}" for id in ids),
    ]
    if written:
        lines.append("Leur effacement est demandé. Laissez d’abord repartir la fonction Retention, elle seule, puis")
        lines.append("recommencez sans WRITE=1 jusqu’à ce qu’il n’en reste aucun : aucun courriel ne doit leur partir.")
    return "\n".join(lines) + "\n"


def told(found: Plan, *, written: bool) -> str:
    """A plan in French: where everything stands, which lines and documents, what a person must look at."""
    lines = [f"Archive : {found.archived} événements, intacte. Journal : {found.journal}. Tête : {found.head_seq}."]
    if not found.is_needed:
        return f"{lines[0]}\nRien à faire : le journal a tout ce qui est archivé.\n"
    lines += list(_lines(found, written=written))
    if found.is_under_way:
        lines.append("Une reprise était restée inachevée : elle est menée à son terme.")
    lines += list(_documents(found, written=written))
    if found.doubts:
        lines.append("Envois en doute (partis peut-être pendant le temps perdu) : rien n’en repart de soi-même.")
        lines += [f"  {one.number or one.document_id} : {one.step}" for one in found.doubts]
    return "\n".join(lines) + "\n"


def _lines(found: Plan, *, written: bool) -> Iterator[str]:
    """Which lines, where, and from where."""
    where = f" : {told_holes(found.holes)}" if found.holes else ""
    events = f"{found.missing} événement{'s' if found.missing > 1 else ''}"
    back = "à remettre" if not written else "remis"
    yield f"{events} {back} dans le journal{where}."
    if found.copied:
        yield f"Dans aucune archive, mais dans l’autre table, et confirmés par la chaîne : {found.copied}."
    if found.holes and not found.is_older:
        yield "La tête du journal dit ce que disent tous ses événements : elle ne change pas, les documents non plus."


def _documents(found: Plan, *, written: bool) -> Iterator[str]:
    """What becomes of the documents, and what a person must look at."""
    if found.writes:
        yield "Remis dans la table :" if written else "À remettre dans la table :"
    for kind, count in sorted(Counter(kind for kind, _ in found.writes).items()):
        yield f"  {count} × {_STORED.get(kind, kind)}"
    whole = [one for one in found.documents if not one.missing]
    if whole:
        yield "Repris de l’archive :"
    yield from (f"  {_named(one)} : {_facts(one)}" for one in whole)
    for one in found.documents:
        if one.missing:
            yield f"À vérifier, {_named(one)} ({_facts(one)}) :"
            yield from (f"  - {sentence}" for sentence in one.missing)


def _named(one: Lost) -> str:
    return one.number or f"{_ABOUT.get(one.kind, one.kind)} {one.id}"


def _facts(one: Lost) -> str:
    return ", ".join(WORDS.get(event, event) for event in one.events)


if __name__ == "__main__":
    sys.exit(main())
