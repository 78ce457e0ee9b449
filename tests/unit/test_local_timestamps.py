"""The local cloud's time stamping authority, judged by the product, by OpenSSL and by a third library. [AR-02]"""

from __future__ import annotations

import stat
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID
from rfc3161_client import VerifierBuilder, decode_timestamp_response

from local.client import call
from local.clock import ClockFile
from local.timestamping import QUERY, REPLY, Authority, TimeStamps
from relance.adapters.tsa_http import HttpTimeStamper
from relance.domain.chain.stamp import is_stamp_of

NOTE = b"a note"
DIGEST = sha256(NOTE).digest()
NO_CERTIFICATE_WANTED = bytes.fromhex("30360201013031300d060960864801650304020105000420") + DIGEST


@pytest.fixture
def clock(tmp_path: Path) -> ClockFile:
    """Simulated time, three years ahead."""
    clock = ClockFile(tmp_path / "clock.json")
    clock.ensure()
    clock.advance(timedelta(days=1100))
    return clock


@pytest.fixture
def served(tmp_path: Path, clock: ClockFile) -> Iterator[TimeStamps]:
    server = TimeStamps(0, Authority(tmp_path / "timestamps", clock))
    yield server
    server.stop()


def openssl(folder: Path, *arguments: str) -> str:
    """What `openssl ts` says, on both streams."""
    done = subprocess.run(["openssl", "ts", *arguments], cwd=folder, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def asked(folder: Path, url: str, *options: str) -> bytes:
    """The reply to a query that OpenSSL made; both are in the folder too."""
    (folder / "note").write_bytes(NOTE)
    openssl(folder, "-query", "-data", "note", "-out", "query.tsq", *options)
    reply = call("POST", url, headers={"Content-Type": QUERY}, body=(folder / "query.tsq").read_bytes())
    assert (reply.status, reply.headers["Content-Type"]) == (200, REPLY)
    (folder / "reply.tsr").write_bytes(reply.body)
    return reply.body


def test_its_stamp_is_taken_by_the_product_and_verified_by_openssl_and_another_library(
    tmp_path: Path, served: TimeStamps
) -> None:
    stamp = HttpTimeStamper(served.url).stamp(DIGEST)
    (tmp_path / "note").write_bytes(NOTE)
    (tmp_path / "reply.tsr").write_bytes(stamp)
    check = ("-verify", "-data", "note", "-in", "reply.tsr", "-CAfile", "timestamps/root.pem")
    assert "Verification: OK" in openssl(tmp_path, *check)
    root = x509.load_pem_x509_certificate((tmp_path / "timestamps" / "root.pem").read_bytes())
    assert VerifierBuilder(roots=[root]).build().verify_message(decode_timestamp_response(stamp), NOTE)

    for n in (len(stamp) - 1, stamp.index(DIGEST) + 5):  # the signature; what is signed
        (tmp_path / "reply.tsr").write_bytes(stamp[:n] + bytes([stamp[n] ^ 1]) + stamp[n + 1 :])
        assert "Verification: OK" not in openssl(tmp_path, *check)


def test_it_stamps_with_the_simulated_clock_and_never_twice_with_one_number(
    tmp_path: Path, clock: ClockFile, served: TimeStamps
) -> None:
    first = decode_timestamp_response(asked(tmp_path, served.url)).tst_info
    clock.advance(timedelta(days=400))
    second = decode_timestamp_response(asked(tmp_path, served.url)).tst_info
    assert timedelta(days=400) <= second.gen_time - first.gen_time < timedelta(days=401)
    assert abs(second.gen_time - clock.now()) < timedelta(minutes=1)
    assert second.gen_time - datetime.now(UTC) > timedelta(days=1400)
    assert first.serial_number != second.serial_number


@pytest.mark.parametrize("digest", ["-sha256", "-sha384", "-sha512"])
@pytest.mark.parametrize("options", [(), ("-no_nonce", "-cert")])
def test_openssl_finds_in_the_reply_what_it_asked_for(
    tmp_path: Path, served: TimeStamps, digest: str, options: tuple[str, ...]
) -> None:
    """Its nonce, its digest, and the certificate if it wants it, only then."""
    reply = asked(tmp_path, served.url, digest, *options)
    certificate = tmp_path / "timestamps" / "certificate.pem"
    known = () if "-cert" in options else ("-untrusted", str(certificate))
    check = ("-verify", "-queryfile", "query.tsq", "-in", "reply.tsr", "-CAfile", "timestamps/root.pem", *known)
    assert "Verification: OK" in openssl(tmp_path, *check)
    assert len(decode_timestamp_response(reply).signed_data.certificates) == ("-cert" in options)


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (("-sha1",), "unrecognized or unsupported algorithm identifier"),
        (("-sha256", "-tspolicy", "1.2.3.4"), "the requested TSA policy is not supported by the TSA"),
    ],
)
def test_what_it_does_not_stamp_is_rejected_with_the_reason(
    tmp_path: Path, served: TimeStamps, options: tuple[str, ...], reason: str
) -> None:
    reply = asked(tmp_path, served.url, *options)
    told = openssl(tmp_path, "-reply", "-in", "reply.tsr", "-text")
    assert "Status: Rejected." in told
    assert reason in told
    assert not is_stamp_of(reply, DIGEST)


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        (b"\x30\x03\x02\x01\x01", "the data submitted has the wrong format"),
        (NO_CERTIFICATE_WANTED.replace(b"\x02\x01\x01", b"\x02\x01\x02", 1), "transaction not permitted or supported"),
        (
            b"\x30\x43" + NO_CERTIFICATE_WANTED[2:] + bytes.fromhex("a00b3009060355040304020500"),
            "the requested extension is not supported by the TSA",
        ),
    ],
)
def test_no_request_of_this_standard_is_rejected_with_the_reason(
    tmp_path: Path, served: TimeStamps, query: bytes, reason: str
) -> None:
    """What is no request at all, one of another version, one with an extension."""
    reply = call("POST", served.url, headers={"Content-Type": QUERY}, body=query)
    (tmp_path / "reply.tsr").write_bytes(reply.body)
    assert reason in openssl(tmp_path, "-reply", "-in", "reply.tsr", "-text")
    assert not is_stamp_of(reply.body, DIGEST)


def test_what_is_sent_as_something_else_or_is_too_long_is_no_query(served: TimeStamps) -> None:
    assert call("POST", served.url, headers={"Content-Type": "text/plain"}, body=NO_CERTIFICATE_WANTED).status == 400
    assert call("POST", served.url, headers={"Content-Type": QUERY}, body=bytes(5000)).status == 400
    assert call("POST", served.url, headers={"Content-Type": QUERY}, body=b"").status == 400
    assert call("GET", served.url).status == 501


def test_its_key_is_made_once_and_its_certificate_has_one_purpose(tmp_path: Path, clock: ClockFile) -> None:
    folder = tmp_path / "timestamps"
    Authority(folder, clock)
    kept = {path.name: path.read_bytes() for path in folder.iterdir()}
    Authority(folder, clock)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == kept
    assert kept.keys() == {"key.pem", "certificate.pem", "root.pem"}, "the key of the root is nowhere"
    assert stat.S_IMODE((folder / "key.pem").stat().st_mode) == 0o600
    purpose = x509.load_pem_x509_certificate(kept["certificate.pem"]).extensions.get_extension_for_class(
        x509.ExtendedKeyUsage
    )
    assert purpose.critical
    assert list(purpose.value) == [ExtendedKeyUsageOID.TIME_STAMPING]
