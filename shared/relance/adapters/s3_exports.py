"""Finished exports on S3 under `{tenant}/{export}.zip`, handed out by presigned links; the bucket expires them."""

from typing import IO, TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from relance.domain.errors import Retry

if TYPE_CHECKING:
    from types_boto3_s3.client import S3Client


class S3Exports:
    """Keeps the promises of ExportStore."""

    def __init__(self, client: "S3Client", bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def put(self, tenant: str, export_id: str, file: IO[bytes]) -> None:
        """Streams the file, in parts when it is large."""
        try:
            self._client.upload_fileobj(
                file, self._bucket, _key(tenant, export_id), ExtraArgs={"ContentType": "application/zip"}
            )
        except (ClientError, BotoCoreError) as error:
            raise Retry("L’export n’a pas pu être rangé : redemandez-le.") from error

    def link(self, tenant: str, export_id: str, *, valid_s: int) -> str | None:
        key = _key(tenant, export_id)
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
                "ResponseContentDisposition": f'attachment; filename="archive-{export_id}.zip"',
            },
            ExpiresIn=valid_s,
        )


def _key(tenant: str, export_id: str) -> str:
    return f"{tenant}/{export_id}.zip"
