"""A platform made of files on S3, for who has no plateforme agréée yet: deposits are put, statuses picked up. [E-07]

    platform/{tenant}/out/{invoice_id}/invoice.xml      what was deposited (CII)
    platform/{tenant}/out/{invoice_id}/envelope.json    who addresses whom; written last: with it the deposit is made
    platform/{tenant}/out/{invoice_id}/{status_id}.json a status that the seller sets
    platform/{tenant}/in/{name}.json                    a status that somebody left for us, in the order of the names
    platform/{tenant}/directory/{siren}.json            where that business receives its invoices

A connector to a real platform reads `out` and writes `in`; nothing is ever removed.
"""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from relance.app.ports.platform import Envelope, News, ToldStatus, Unreadable
from relance.domain.einvoice import ElectronicAddress
from relance.domain.errors import Conflict, Retry
from relance.domain.ids import TenantId
from relance.domain.platform_status import StatusCode, StatusEntry

if TYPE_CHECKING:
    from types_boto3_s3.client import S3Client

MAX_FILE: Final = 10_000  # bytes of a status that somebody left: more is no status


class FilePlatform:
    """Keeps the promises of `relance.app.ports.platform.Platform`."""

    def __init__(self, client: "S3Client", bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def deposit(self, envelope: Envelope, xml: bytes) -> str:
        folder = f"platform/{envelope.tenant}/out/{envelope.invoice_id}"
        if (known := self._read(f"{folder}/envelope.json")) is not None:
            if json.loads(known)["sha256"] != envelope.sha256:
                raise Conflict("Cette facture a déjà été déposée avec un autre contenu.", code="deposited_otherwise")
            return envelope.invoice_id
        self._write(f"{folder}/invoice.xml", xml, "application/xml")
        self._write_json(
            f"{folder}/envelope.json",
            {
                "invoice_id": envelope.invoice_id,
                "number": envelope.number,
                "type_code": envelope.type_code,
                "issue_date": envelope.issue_date.isoformat(),
                "sender": {"scheme": envelope.sender.scheme, "id": envelope.sender.id},
                "receiver": {"scheme": envelope.receiver.scheme, "id": envelope.receiver.id},
                "framework": envelope.framework,
                "processing": envelope.processing,
                "sha256": envelope.sha256,
            },
        )
        return envelope.invoice_id

    def tell(self, tenant: TenantId, invoice_id: str, number: str, status: StatusEntry) -> None:
        self._write_json(
            f"platform/{tenant}/out/{invoice_id}/{status.id}.json",
            {
                "id": status.id,
                "invoice_id": invoice_id,
                "number": number,
                "code": status.code.value,
                "at": status.at.isoformat().replace("+00:00", "Z"),
                "reason": status.reason,
                "amount": f"{status.amount // 100}.{status.amount % 100:02d}",
            },
        )

    def news(self, tenant: TenantId, cursor: str, limit: int) -> News:
        prefix = f"platform/{tenant}/in/"
        try:
            found = self._client.list_objects_v2(
                Bucket=self._bucket, Prefix=prefix, StartAfter=prefix + cursor, MaxKeys=limit
            )
        except (ClientError, BotoCoreError) as error:
            raise Retry("La plateforme ne répond pas.") from error
        statuses: list[ToldStatus] = []
        unreadable: list[Unreadable] = []
        for item in found.get("Contents", []):
            name = item["Key"].removeprefix(prefix)
            cursor = name
            try:
                if item["Size"] > MAX_FILE:
                    raise ValueError("trop volumineux")
                statuses.append(_status(json.loads(self._read(item["Key"]) or b"")))
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                unreadable.append(Unreadable(name, f"Ce fichier n’est pas un statut ({type(error).__name__})."))
        return News(tuple(statuses), tuple(unreadable), cursor)

    def address_of(self, tenant: TenantId, siren: str) -> Sequence[ElectronicAddress]:
        known = self._read(f"platform/{tenant}/directory/{siren}.json")
        return tuple(ElectronicAddress(one["scheme"], one["id"]) for one in json.loads(known)) if known else ()

    def _read(self, key: str) -> bytes | None:
        try:
            return self._client.get_object(Bucket=self._bucket, Key=key)["Body"].read()
        except ClientError as error:
            if error.response["Error"]["Code"] == "NoSuchKey":
                return None
            raise Retry("La plateforme ne répond pas.") from error
        except BotoCoreError as error:
            raise Retry("La plateforme ne répond pas.") from error

    def _write_json(self, key: str, value: dict[str, Any]) -> None:
        self._write(key, json.dumps(value, ensure_ascii=False, indent=1).encode(), "application/json")

    def _write(self, key: str, body: bytes, media_type: str) -> None:
        try:
            self._client.put_object(Bucket=self._bucket, Key=key, Body=body, ContentType=media_type)
        except (ClientError, BotoCoreError) as error:
            raise Retry("La plateforme ne répond pas.") from error


def _status(told: dict[str, Any]) -> ToldStatus:
    """Raises ValueError, KeyError or TypeError on what says nothing we understand."""
    at = datetime.fromisoformat(str(told["at"]).replace("Z", "+00:00")).astimezone(UTC)
    id, invoice_id, reason = told["id"], told["invoice_id"], told.get("reason", "")
    if not (isinstance(id, str) and 0 < len(id) <= 64 and isinstance(invoice_id, str) and isinstance(reason, str)):
        raise TypeError("id, invoice_id and reason are texts")
    return ToldStatus(id, invoice_id, StatusCode(str(told["code"])), at, reason[:1000])
