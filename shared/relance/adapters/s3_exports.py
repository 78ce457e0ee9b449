"""Finished exports on S3 under `{tenant}/{name}`, handed out by presigned links; the bucket expires them.

A file goes up as it is made: in one put when it is small, else in parts of 16 MB (multipart: 5 MB to 5 GB for each part
but the last, 10,000 parts at most, so 160 GB). An upload that is given up is aborted; what could not be aborted, the
bucket forgets after a day. S3 user guide, "Multipart upload limits", checked 2026-11.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from botocore.exceptions import BotoCoreError, ClientError

from relance.domain.errors import Retry

if TYPE_CHECKING:
    from types_boto3_s3.client import S3Client
    from types_boto3_s3.type_defs import CompletedPartTypeDef

PART_BYTES: Final = 16 * 2**20


class S3Exports:
    """Keeps the promises of ExportStore."""

    def __init__(self, client: "S3Client", bucket: str, *, part_bytes: int = PART_BYTES) -> None:
        self._client = client
        self._bucket = bucket
        self._part_bytes = part_bytes

    @contextmanager
    def writing(self, tenant: str, name: str, media_type: str) -> Iterator["_Upload"]:
        upload = _Upload(self._client, self._bucket, _key(tenant, name), media_type, self._part_bytes)
        try:
            yield upload
            upload.finish()
        except (ClientError, BotoCoreError) as error:
            upload.abort()
            raise Retry("L’export n’a pas pu être rangé : redemandez-le.") from error
        except BaseException:
            upload.abort()
            raise

    def link(self, tenant: str, name: str, *, filename: str, valid_s: int) -> str | None:
        key = _key(tenant, name)
        try:
            self._client.head_object(Bucket=self._bucket, Key=key)
        except ClientError as error:
            # Without s3:ListBucket, which nobody has on this bucket, S3 says 403 of an object that is not there.
            if error.response["Error"]["Code"] in {"404", "403"}:
                return None
            raise Retry("L’export n’a pas pu être lu.") from error
        return self._client.generate_presigned_url(
            "get_object",
            Params={
                "Bucket": self._bucket,
                "Key": key,
                "ResponseContentDisposition": f'attachment; filename="{filename}"',
            },
            ExpiresIn=valid_s,
        )


@dataclass(slots=True)
class _Upload:
    """One file on its way. `upload_id` is "" as long as it fits into one put."""

    client: "S3Client"
    bucket: str
    key: str
    media_type: str
    part_bytes: int
    held: bytearray = field(default_factory=bytearray)
    upload_id: str = ""
    parts: "list[CompletedPartTypeDef]" = field(default_factory=list)

    def write(self, data: bytes) -> int:
        self.held += data
        while len(self.held) >= self.part_bytes:
            self._send(bytes(self.held[: self.part_bytes]))
            del self.held[: self.part_bytes]
        return len(data)

    def finish(self) -> None:
        if not self.upload_id:
            self.client.put_object(Bucket=self.bucket, Key=self.key, Body=bytes(self.held), ContentType=self.media_type)
            return
        if self.held:
            self._send(bytes(self.held))
        self.client.complete_multipart_upload(
            Bucket=self.bucket, Key=self.key, UploadId=self.upload_id, MultipartUpload={"Parts": self.parts}
        )

    def abort(self) -> None:
        if self.upload_id:
            with suppress(ClientError, BotoCoreError):  # the bucket's lifecycle rule does it tomorrow
                self.client.abort_multipart_upload(Bucket=self.bucket, Key=self.key, UploadId=self.upload_id)

    def _send(self, part: bytes) -> None:
        if not self.upload_id:
            begun = self.client.create_multipart_upload(Bucket=self.bucket, Key=self.key, ContentType=self.media_type)
            self.upload_id = begun["UploadId"]
        number = len(self.parts) + 1
        sent = self.client.upload_part(
            Bucket=self.bucket, Key=self.key, UploadId=self.upload_id, PartNumber=number, Body=part
        )
        self.parts.append({"ETag": sent["ETag"], "PartNumber": number})


def _key(tenant: str, name: str) -> str:
    return f"{tenant}/{name}"
