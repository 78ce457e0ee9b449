"""Time stamps by RFC 3161: an authority of our own, run by OpenSSL, and stamps that OpenSSL and others verify."""

import socket
import subprocess
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from rfc3161_client import VerifierBuilder, decode_timestamp_response

from relance.adapters.tsa_http import HttpTimeStamper
from relance.domain.errors import Retry

NOTE = b"a note"
CONFIG = """
[tsa]
default_tsa = tsa1
[tsa1]
serial = serial
default_policy = 1.2.3.4.1
digests = sha256
signer_digest = sha256
accuracy = secs:1
"""


class Authority:
    """Answers requests with `openssl ts -reply`, or with what a test wants."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.answers: list[tuple[int, bytes]] = []  # in the place of the true one
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Horodatage d’essai")])
        now = datetime.now(UTC)
        self.certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(1)
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
            .sign(key, hashes.SHA256())
        )
        pem = serialization.Encoding.PEM
        (folder / "key.pem").write_bytes(
            key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        )
        (folder / "cert.pem").write_bytes(self.certificate.public_bytes(pem))
        (folder / "tsa.cnf").write_text(CONFIG)
        (folder / "serial").write_text("01")

    def reply(self, request: bytes) -> bytes:
        (self.folder / "request.tsq").write_bytes(request)
        command = ["openssl", "ts", "-reply", "-config", "tsa.cnf", "-queryfile", "request.tsq"]
        command += ["-signer", "cert.pem", "-inkey", "key.pem", "-out", "reply.tsr"]
        subprocess.run(command, cwd=self.folder, check=True, capture_output=True)
        return (self.folder / "reply.tsr").read_bytes()


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@pytest.fixture
def stamper(authority: Authority) -> Iterator[HttpTimeStamper]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            assert self.headers["Content-Type"] == "application/timestamp-query"
            request = self.rfile.read(int(self.headers["Content-Length"]))
            status, body = authority.answers.pop() if authority.answers else (200, authority.reply(request))
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield HttpTimeStamper(f"http://127.0.0.1:{server.server_address[1]}/tsa")
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_stamp_is_verified_by_openssl_and_by_another_library(
    authority: Authority, stamper: HttpTimeStamper, tmp_path: Path
) -> None:
    stamp = stamper.stamp(sha256(NOTE).digest())
    (tmp_path / "note").write_bytes(NOTE)
    (tmp_path / "note.tsr").write_bytes(stamp)
    command = ["openssl", "ts", "-verify", "-data", "note", "-in", "note.tsr", "-CAfile", "cert.pem"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "Verification: OK" in done.stdout, done.stderr
    verifier = VerifierBuilder().add_root_certificate(authority.certificate).build()
    assert verifier.verify_message(decode_timestamp_response(stamp), NOTE)


def test_the_request_is_what_openssl_reads_as_one(authority: Authority, stamper: HttpTimeStamper) -> None:
    stamper.stamp(sha256(NOTE).digest())
    command = ["openssl", "ts", "-query", "-in", "request.tsq", "-text"]
    told = subprocess.run(command, cwd=authority.folder, capture_output=True, text=True, check=True).stdout
    assert "Hash Algorithm: sha256" in told
    assert "Certificate required: yes" in told


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (503, b""),
        (302, b"elsewhere"),
        (200, b""),
        (200, b"<html>"),
        (200, bytes.fromhex("3005300302010200")),  # rejection
        (200, bytes.fromhex("30053003020100")),  # granted, and no token
        (200, bytes.fromhex("3082ffff")),
        (200, bytes(70_000)),
    ],
)
def test_what_is_no_stamp_of_this_digest_is_a_reason_to_try_again(
    authority: Authority, stamper: HttpTimeStamper, status: int, body: bytes
) -> None:
    authority.answers.append((status, body))
    with pytest.raises(Retry):
        stamper.stamp(sha256(NOTE).digest())


def test_the_stamp_of_another_digest_is_not_taken(authority: Authority, stamper: HttpTimeStamper) -> None:
    other = stamper.stamp(sha256(b"other").digest())
    authority.answers.append((200, other))
    with pytest.raises(Retry):
        stamper.stamp(sha256(NOTE).digest())


def test_an_authority_that_is_not_there_is_a_reason_to_try_again() -> None:
    with pytest.raises(Retry):
        HttpTimeStamper("http://127.0.0.1:9/").stamp(sha256(NOTE).digest())


def test_an_authority_that_says_nothing_or_stops_in_the_middle_is_a_reason_to_try_again() -> None:
    for said in (b"", b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n\x30"):
        with socket.create_server(("127.0.0.1", 0)) as silent:
            thread = threading.Thread(target=_say, args=(silent, said))
            thread.start()
            with pytest.raises(Retry):
                HttpTimeStamper(f"http://127.0.0.1:{silent.getsockname()[1]}/", timeout_s=0.2).stamp(
                    sha256(NOTE).digest()
                )
            thread.join()


def _say(silent: socket.socket, said: bytes) -> None:
    """Take one request, say that much of an answer, and hold the line until the other side hangs up."""
    line, _ = silent.accept()
    with line:
        while b"\x01\x01\xff" not in line.recv(4096):
            pass
        line.sendall(said)
        line.settimeout(10)
        line.recv(1)
