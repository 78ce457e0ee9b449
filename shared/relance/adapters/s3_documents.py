"""Documents on S3: the name is the content, so storing twice is storing once.

What was drawn here is `pdf/{sha256}.pdf`, what a company brought `pdf/{tenant}/{sha256}.pdf`.
"""

from base64 import b64encode
from hashlib import sha256 as digest_of
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from relance.domain.errors import Corrupted, NotFound, Retry

if TYPE_CHECKING:
    from types_boto3_s3.client import S3Client


class S3Documents:
    """Keeps the promises of Documents."""

    def __init__(self, client: "S3Client", bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def put(self, pdf: bytes, *, owner: str = "") -> str:
        """Raises Retry when S3 did not confirm; putting the same bytes again is harmless."""
        digest = digest_of(pdf)
        try:
            self._client.put_object(
                Bucket=self._bucket,
                Key=_key(digest.hexdigest(), owner),
                Body=pdf,
                ContentType="application/pdf",
                ChecksumSHA256=b64encode(digest.digest()).decode(),
            )
        except (ClientError, BotoCoreError) as error:
            raise Retry("Le document n’a pas pu être rangé.") from error
        return digest.hexdigest()

    def get(self, sha256: str, *, owner: str = "") -> bytes:
        """Also raises Retry when S3 does not answer."""
        pdf = self._read(_key(sha256, owner))
        if pdf is None and owner:
            pdf = self._read(_key(sha256))
        if pdf is None:
            raise NotFound(f"Le document {sha256} n’existe pas.")
        if digest_of(pdf).hexdigest() != sha256:
            raise Corrupted(f"Le document {sha256} a été modifié.", code="document.altered")
        return pdf

    def _read(self, key: str) -> bytes | None:
        try:
            return self._client.get_object(Bucket=self._bucket, Key=key)["Body"].read()
        except ClientError as error:
            if error.response["Error"]["Code"] == "NoSuchKey":
                return None
            raise Retry(f"Le document {key} n’a pas pu être lu.") from error
        except BotoCoreError as error:
            raise Retry(f"Le document {key} n’a pas pu être lu.") from error


class S3DocumentEraser:
    """Keeps the promises of DocumentEraser: of a versioned bucket a plain delete would remove nothing."""

    def __init__(self, client: "S3Client", bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def erase(self, sha256: str, *, owner: str = "") -> None:
        """Remove each version and delete marker of that very key."""
        key = _key(sha256, owner)
        try:
            for page in self._client.get_paginator("list_object_versions").paginate(Bucket=self._bucket, Prefix=key):
                for found in (*page.get("Versions", []), *page.get("DeleteMarkers", [])):
                    self._client.delete_object(Bucket=self._bucket, Key=key, VersionId=found["VersionId"])
        except (ClientError, BotoCoreError) as error:
            raise Retry(f"Le document {sha256} n’a pas pu être effacé.") from error


def _key(sha256: str, owner: str = "") -> str:
    return f"pdf/{owner}/{sha256}.pdf" if owner else f"pdf/{sha256}.pdf"
