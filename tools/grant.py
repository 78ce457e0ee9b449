"""Who may come in to a company: give or take back a right, and chain it in the company's journal. [AF-11]

Without `--member` a new API key is made and printed once; the table keeps its SHA-256 alone. Credentials and region as
for every AWS tool; `AWS_ENDPOINT_URL` for the local cloud.
"""

import argparse
import re
import secrets
import sys

import boto3

from relance.adapters.clock import clock
from relance.adapters.dynamo.access import DynamoAccessRegistry, api_key_pk, member_pk
from relance.adapters.dynamo.items import Database
from relance.adapters.dynamo.store import DynamoStore
from relance.adapters.entropy import SystemEntropy
from relance.app.context import Caller, Context
from relance.app.granting import Credential, grant, revoke
from relance.app.ports.access import Grant
from relance.domain.errors import RelanceError
from relance.domain.ids import TenantId
from relance.domain.right import CredentialKind

_NAME = re.compile(r"[A-Za-z0-9_.:-]{1,64}")
_ROLE = re.compile(r"[a-z_]{1,32}")


def main(arguments: list[str] | None = None) -> int:
    """0: done; 1: it cannot be done, and why."""
    asked = argparse.ArgumentParser(prog="make grant", description=__doc__)
    asked.add_argument("tenant", help="identifiant de l’entreprise (ten_…)")
    asked.add_argument("--stack", required=True, help="nom de la pile CloudFormation")
    asked.add_argument("--by", required=True, help="qui décide : son identifiant, inscrit au journal")
    asked.add_argument("--user", default="", help="à qui : son identifiant, inscrit au journal")
    asked.add_argument("--role", default="member", help="owner, member…")
    asked.add_argument("--member", nargs=2, metavar=("EMETTEUR", "SUJET"), help="un compte de l’émetteur, pas une clé")
    asked.add_argument("--key", default="", help="la clé d’API à retirer")
    asked.add_argument("--revoke", action="store_true", help="retirer au lieu de donner")
    options = asked.parse_args(arguments)
    if options.revoke and not (options.key or options.member):
        asked.error("--revoke : dites quelle clé (--key) ou quel compte (--member).")
    if not options.revoke and not (_NAME.fullmatch(options.user) and _ROLE.fullmatch(options.role)):
        asked.error("--user et --role : lettres, chiffres et « _.:- », sans espace ni adresse électronique.")
    key = options.key or f"rl_{secrets.token_urlsafe(32)}"
    credential = (
        Credential(CredentialKind.MEMBER, member_pk(*options.member))
        if options.member
        else Credential(CredentialKind.API_KEY, api_key_pk(key))
    )
    described = boto3.client("cloudformation").describe_stacks(StackName=options.stack)["Stacks"][0]
    outputs = {output["OutputKey"]: output["OutputValue"] for output in described.get("Outputs", [])}
    database = Database(core_table=outputs["CoreTable"], journal_table=outputs["JournalTable"])
    ctx = Context(DynamoStore(database), clock(""), SystemEntropy())
    caller, registry = Caller(TenantId(options.tenant), options.by), DynamoAccessRegistry(database)
    try:
        if options.revoke:
            revoke(ctx, caller, registry, credential)
        else:
            grant(ctx, caller, registry, credential, Grant(caller.tenant, options.user, options.role))
    except RelanceError as error:
        sys.stderr.write(f"Impossible : {error.message}\n")
        return 1
    sys.stdout.write(f"Accès {credential.fingerprint} {'retiré' if options.revoke else 'donné'}, inscrit au journal.\n")
    if credential.kind is CredentialKind.API_KEY and not options.revoke:
        sys.stdout.write(f"Clé, montrée cette seule fois : {key}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
