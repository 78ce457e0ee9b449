"""A time stamping authority of the local cloud's own, on 127.0.0.1: as its archive meets one in production, over HTTP.

    POST /   application/timestamp-query -> application/timestamp-reply    (RFC 3161 § 3.4)

Its time is the simulated one, so that stamps fit the events that they date. Key and certificates are made once per
state directory; the key of the root is forgotten at once, so that nobody, we included, can make another authority of
that name. `openssl ts -verify … -CAfile .local/timestamps/root.pem` is for whoever doubts a token. Nobody else trusts
that root: what it stamps proves the way it goes, and no date to anybody. Checked 2026-11. [AR-02]
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from local import tsp
from local.clock import ClockFile
from local.web import Handler, Server

QUERY: Final = "application/timestamp-query"
REPLY: Final = "application/timestamp-reply"
_MOST_BYTES: Final = 4096  # a request is some sixty
_VALID: Final = timedelta(days=365 * 50)  # simulated time may run far ahead
_USAGE: Final = dict.fromkeys(
    ("key_encipherment", "data_encipherment", "key_agreement", "encipher_only", "decipher_only"), False
)


class Authority:
    """Who stamps in one local cloud; `folder` keeps its key (`key.pem`), its certificate and its root."""

    def __init__(self, folder: Path, clock: ClockFile) -> None:
        self._clock = clock
        if not (folder / "root.pem").exists():  # written last
            _found(folder, datetime.now(UTC))
        key = serialization.load_pem_private_key((folder / "key.pem").read_bytes(), password=None)
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise TypeError(f"{folder / 'key.pem'} holds a {type(key).__name__}")
        self._signer = tsp.Signer(key, x509.load_pem_x509_certificate((folder / "certificate.pem").read_bytes()))

    def answer(self, query: bytes) -> bytes:
        """The TimeStampResp to a TimeStampReq, both DER, at the clock's present instant."""
        return tsp.answer(query, self._signer, self._clock.now(), x509.random_serial_number())


class TimeStamps(Server):
    """Stamps over HTTP until `stop`."""

    def __init__(self, port: int, authority: Authority) -> None:
        super().__init__(port, _StampHandler, authority=authority)


class _StampHandler(Handler):
    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        query = self.rfile.read(min(int(length), _MOST_BYTES)) if length.isdecimal() else b""
        if self.headers.get("Content-Type") != QUERY or not 0 < len(query) == int(length):
            self.close_connection = True  # whatever of it was not read
            self.answer(400, f"A TimeStampReq, as {QUERY}.\n".encode(), {"Content-Type": "text/plain; charset=utf-8"})
            return
        authority: Authority = self.server.authority  # type: ignore[attr-defined]  # set by Server
        self.answer(200, authority.answer(query), {"Content-Type": REPLY})


def _found(folder: Path, now: datetime) -> None:
    """A root, a certificate of the one purpose timeStamping (critical, § 2.3), and its key. `now` is real time: whoever
    verifies a token today asks whether its certificate is valid today.
    """
    folder.mkdir(parents=True, exist_ok=True)
    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root_name, name = _name("Racine d’horodatage du nuage local"), _name("Horodatage du nuage local")
    root = (
        _certificate(root_name, root_name, root_key, now)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_key_usage(signs_certificates=True), critical=True)
        .sign(root_key, hashes.SHA256())
    )
    certificate = (
        _certificate(name, root_name, key, now)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_key_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key()), critical=False)
        .sign(root_key, hashes.SHA256())
    )
    pem, private = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    (folder / "key.pem").touch(mode=0o600)
    (folder / "key.pem").write_bytes(key.private_bytes(pem, private, serialization.NoEncryption()))
    (folder / "certificate.pem").write_bytes(certificate.public_bytes(pem))
    (folder / "root.pem").write_bytes(root.public_bytes(pem))


def _certificate(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, now: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + _VALID)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _key_usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        **_USAGE,
    )


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
