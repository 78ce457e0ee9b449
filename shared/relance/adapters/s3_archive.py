"""The immutable store on S3: versioned bucket, Object Lock with a default retention, conditional puts.

Retention is the bucket's default, so no caller can choose a shorter one. The lock is asserted on each object, new or
found: a bucket without Object Lock looks the same until the day somebody deletes. S3 API reference, PutObject
(If-None-Match, 412, 409) and Object Lock user guide, checked 2026-11.
"""

from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from relance.app.ports.archive import AlreadyStored, NotLocked, ObjectMissing, ObjectVersion
from relance.domain.errors import OutcomeUnknown, Retry

if TYPE_CHECKING:
    from types_boto3_s3.client import S3Client

_TAKEN: Final = {"PreconditionFailed"}
_MISSING: Final = {"NoSuchKey", "NoSuchVersion", "404"}
# Nothing was stored: S3 refused before it looked, or another conditional put of the same key was in flight.
_REFUSED: Final = {"SlowDown", "RequestLimitExceeded", "ConditionalRequestConflict", "OperationAborted"}


class S3ImmutableStore:
    """Keeps the promises of ImmutableStore."""

    def __init__(self, client: "S3Client", bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def put_new(self, key: str, body: bytes, media_type: str) -> None:
        """The checksum travels with the bytes: S3 refuses what was damaged on the way."""
        try:
            self._client.put_object(
                Bucket=self._bucket,
                Key=key,
                Body=body,
                ContentType=media_type,
                IfNoneMatch="*",
                ChecksumAlgorithm="SHA256",  # S3 wants this header (or Content-MD5) for an object that it is to lock
                ChecksumSHA256=b64encode(sha256(body).digest()).decode(),
            )
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code in _TAKEN:
                self._assert_locked(key)
                raise AlreadyStored(f"L’objet {key} existe déjà.") from error
            if code in _REFUSED:
                raise Retry(f"S3 n’a pas pris l’objet {key} ({code}).") from error
            raise OutcomeUnknown(f"S3 n’a pas confirmé l’objet {key} ({code}).") from error
        except BotoCoreError as error:
            raise OutcomeUnknown(f"S3 n’a pas répondu pour l’objet {key}.") from error
        self._assert_locked(key)

    def get(self, key: str, version_id: str | None = None) -> bytes:
        request: dict[str, Any] = {"Bucket": self._bucket, "Key": key}
        if version_id is not None:
            request["VersionId"] = version_id
        try:
            return self._client.get_object(**request)["Body"].read()
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code in _MISSING:
                raise ObjectMissing(f"L’objet {key} n’est pas dans l’archive.") from error
            raise Retry(f"S3 n’a pas rendu l’objet {key} ({code}).") from error
        except BotoCoreError as error:
            raise Retry(f"S3 n’a pas répondu pour l’objet {key}.") from error

    def versions(self, prefix: str) -> Iterator[ObjectVersion]:
        """S3 lists versions and delete markers apart: they are merged here, page by page (a page ends inside a key at
        most at one of its versions, and goes on there).
        """
        for page in self._client.get_paginator("list_object_versions").paginate(Bucket=self._bucket, Prefix=prefix):
            found = [(v["Key"], v["LastModified"], v["VersionId"], False) for v in page.get("Versions", [])]
            found += [(m["Key"], m["LastModified"], m["VersionId"], True) for m in page.get("DeleteMarkers", [])]
            for key, _, version_id, deleted in sorted(found, key=lambda item: (item[0], -item[1].timestamp())):
                yield ObjectVersion(key, version_id, deleted)

    def _assert_locked(self, key: str) -> None:
        """Raises NotLocked unless the current version of `key` is under retention."""
        try:
            found = self._client.head_object(Bucket=self._bucket, Key=key)
        except (ClientError, BotoCoreError) as error:
            raise OutcomeUnknown(f"S3 n’a pas confirmé le verrou de l’objet {key}.") from error
        if found.get("VersionId", "null") == "null" or "ObjectLockRetainUntilDate" not in found:
            raise NotLocked(f"L’objet {key} n’est pas verrouillé : vérifiez Object Lock sur le seau {self._bucket}.")
