"""A bucket is locked as its template says.

Seen: `ObjectLockEnabled` and `ObjectLockConfiguration` of AWS::S3::Bucket are dropped without a word; an unlocked
bucket looks deployed. Once configured, the emulator enforces the lock well.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ministack.services import s3
from ministack.services.cloudformation import provisioners


def apply() -> None:
    handlers = provisioners._RESOURCE_HANDLERS["AWS::S3::Bucket"]
    handlers["create"] = _with_lock(handlers["create"], properties=1)
    handlers["update"] = _with_lock(handlers["update"], properties=2)


def _with_lock(provision: Callable[..., Any], *, properties: int) -> Callable[..., Any]:
    def repaired(*args: Any, **kwargs: Any) -> Any:
        outcome = provision(*args, **kwargs)
        wanted = args[properties]
        if str(wanted.get("ObjectLockEnabled", "")).lower() == "true":
            _lock(outcome[0], wanted.get("ObjectLockConfiguration") or {})
        return outcome

    return repaired


def _lock(bucket: str, configuration: dict[str, Any]) -> None:
    s3._bucket_versioning[bucket] = "Enabled"  # AWS turns versioning on with the lock
    retention = (configuration.get("Rule") or {}).get("DefaultRetention") or {}
    fields = "".join(f"<{name}>{retention[name]}</{name}>" for name in ("Mode", "Days", "Years") if name in retention)
    rule = f"<Rule><DefaultRetention>{fields}</DefaultRetention></Rule>" if fields else ""
    xml = f"<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled>{rule}</ObjectLockConfiguration>"
    status, *_, body = s3._put_object_lock_configuration(bucket, xml.encode())
    if status != 200:
        raise ValueError(f"locking {bucket}: {body!r}")
