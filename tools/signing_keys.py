"""Which of the archives' keys still signs what: before one of them may be disabled, no archive may be on it.

Reads only. Each archive goes over to the active key with the next segment that it locks, at the latest with the closing
of the day: the night after a rotation the list should name the active key alone. docs/operations.md. Credentials and
region as for every AWS tool; `AWS_ENDPOINT_URL` for the local cloud. Decision 0024.
"""

import argparse
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

import boto3

from relance.adapters.dynamo.archive_heads import DynamoArchiveHeads
from relance.adapters.dynamo.items import Database
from relance.adapters.dynamo.open_work import DynamoOpenWork
from relance.adapters.kms_signer import KmsSigner
from relance.app.ports.archive import ArchiveHeads
from relance.domain.errors import RelanceError

ALL_ON_ACTIVE, FAILED, STILL_ON_RETIRED = 0, 1, 3
_SHOWN = 20  # tenants of one key


def main(arguments: list[str] | None = None) -> int:
    """0: every archive is on the active key; 3: some are not yet; 1: it cannot be told, and why."""
    asked = argparse.ArgumentParser(prog="make keys", description=__doc__)
    asked.add_argument("--stack", required=True, help="nom de la pile CloudFormation")
    options = asked.parse_args(arguments)
    described = boto3.client("cloudformation").describe_stacks(StackName=options.stack)["Stacks"][0]
    outputs = {output["OutputKey"]: output["OutputValue"] for output in described.get("Outputs", [])}
    database = Database(core_table=outputs["CoreTable"], journal_table=outputs["JournalTable"])
    retired = [id for id in outputs.get("RetiredSigningKeyIds", "").split(",") if id]
    kms = boto3.client("kms")
    try:
        names = {KmsSigner(kms, outputs["SigningKeyId"]).public_key().hex(): outputs["SigningKeyId"]}
        active = next(iter(names))
        names |= _names({id: KmsSigner(kms, id) for id in retired})
        used = by_key(DynamoOpenWork(database).tenants(), DynamoArchiveHeads(database))
    except RelanceError as error:
        sys.stderr.write(f"Impossible : {error.message}\n")
        return FAILED
    sys.stdout.write("".join(told(used, names, active)))
    return ALL_ON_ACTIVE if used.keys() <= {active} else STILL_ON_RETIRED


def _names(retired: Mapping[str, KmsSigner]) -> dict[str, str]:
    """The id of each key by its public half; one that does not say it any more (disabled) is told and left out."""
    found: dict[str, str] = {}
    for id, signer in retired.items():
        try:
            found[signer.public_key().hex()] = id
        except RelanceError as error:
            sys.stderr.write(f"{error.message}\n")
    return found


def by_key(tenants: Iterable[str], heads: ArchiveHeads) -> dict[str, list[str]]:
    """The tenants whose archives still need each key (its public half): to sign, or to hand over."""
    used: dict[str, list[str]] = defaultdict(list)
    for tenant in tenants:
        head = heads.get(tenant)
        for key in {head.public_key, head.signed_by} - {""}:
            used[key].append(tenant)
    return used


def told(used: Mapping[str, list[str]], names: Mapping[str, str], active: str) -> Iterator[str]:
    """One paragraph a key: those of the deployment, then any other that an archive is on."""
    for key in [*names, *sorted(used.keys() - names.keys())]:
        role = "active" if key == active else "retirée" if key in names else "INCONNUE de la pile"
        tenants = used.get(key, [])
        count = f"{len(tenants)} archive{'s' if len(tenants) > 1 else ''}"
        yield f"Clé {names.get(key, key[:16] + '…')} ({role}) : {count}.\n"
        if key != active and tenants:
            more = f" … et {len(tenants) - _SHOWN} de plus" if len(tenants) > _SHOWN else ""
            yield f"  Ne la désactivez pas encore : {', '.join(tenants[:_SHOWN])}{more}.\n"
        elif key != active:
            yield "  Plus aucune archive n’en a besoin.\n"


if __name__ == "__main__":
    sys.exit(main())
