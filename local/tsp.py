"""Answers of a time stamping authority, made of a request, a signer and an instant: no clock, no socket, no file.

RFC 3161 §§ 2.4.1 (TimeStampReq), 2.4.2 (TimeStampResp, TSTInfo), RFC 5652 §§ 5.1-5.6 (SignedData), RFC 5035 § 4
(ESSCertIDv2, as RFC 5816 § 2.2.1 wants it of tokens), RFC 5758 § 3.2 (ECDSA with SHA-256); checked 2026-11. `openssl ts
-reply` does the same but knows the system's time alone, and here an instant is the local cloud's.

What is asked for and not known here is rejected with the reason that § 2.4.2 has for it: another version, a policy,
an extension, a digest that is not of the SHA-2 family or not of its length.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import IntEnum
from hashlib import sha256
from typing import Annotated, Final

from cryptography import x509
from cryptography.hazmat import asn1
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ObjectIdentifier as Oid

POLICY: Final = Oid("1.3.6.1.4.1.32473.3161.1")  # under the number kept for examples (RFC 5612): it promises nothing
ACCURACY_S: Final = 1
_SHA256: Final = Oid("2.16.840.1.101.3.4.2.1")
_LENGTHS: Final = {_SHA256: 32, Oid("2.16.840.1.101.3.4.2.2"): 48, Oid("2.16.840.1.101.3.4.2.3"): 64}
_ECDSA_SHA256: Final = Oid("1.2.840.10045.4.3.2")
_SIGNED_DATA: Final = Oid("1.2.840.113549.1.7.2")
_TST_INFO: Final = Oid("1.2.840.113549.1.9.16.1.4")
_CONTENT_TYPE: Final = Oid("1.2.840.113549.1.9.3")
_MESSAGE_DIGEST: Final = Oid("1.2.840.113549.1.9.4")
_SIGNING_CERTIFICATE_V2: Final = Oid("1.2.840.113549.1.9.16.2.47")


class Failure(IntEnum):
    """PKIFailureInfo: why nothing was stamped; the number of the bit that says so."""

    BAD_ALG = 0
    BAD_REQUEST = 2
    BAD_DATA_FORMAT = 5
    UNACCEPTED_POLICY = 15
    UNACCEPTED_EXTENSION = 16


@dataclass(frozen=True, slots=True)
class Signer:
    """The authority's key, and its certificate, which has the one purpose timeStamping (RFC 3161 § 2.3)."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate


@asn1.sequence
class _Algorithm:
    algorithm: Oid
    parameters: asn1.Null | None = None


@asn1.sequence
class _Imprint:
    algorithm: _Algorithm
    digest: bytes


@asn1.sequence
class _Request:
    version: int
    imprint: _Imprint
    policy: Oid | None
    nonce: int | None
    wants_certificate: Annotated[bool, asn1.Default(False)]
    extensions: Annotated[list[asn1.TLV] | None, asn1.Implicit(0)]


@asn1.sequence
class _Accuracy:
    seconds: int


@asn1.sequence
class _TstInfo:
    version: int
    policy: Oid
    imprint: _Imprint
    serial_number: int
    at: asn1.GeneralizedTime
    accuracy: _Accuracy
    nonce: int | None


@asn1.sequence
class _EssCertIdV2:
    """Of SHA-256, which is the default and so is not written."""

    certificate_sha256: bytes


@asn1.sequence
class _SigningCertificateV2:
    certificates: list[_EssCertIdV2]


@asn1.sequence
class _Attribute:
    type: Oid
    values: asn1.SetOf[asn1.TLV]


@asn1.sequence
class _IssuerAndSerial:
    issuer: asn1.TLV
    serial_number: int


@asn1.sequence
class _SignerInfo:
    version: int
    signer: _IssuerAndSerial
    digest_algorithm: _Algorithm
    attributes: Annotated[asn1.SetOf[_Attribute], asn1.Implicit(0)]
    signature_algorithm: _Algorithm
    signature: bytes


@asn1.sequence
class _Content:
    type: Oid
    content: Annotated[bytes, asn1.Explicit(0)]


@asn1.sequence
class _SignedData:
    version: int
    digest_algorithms: asn1.SetOf[_Algorithm]
    content: _Content
    certificates: Annotated[asn1.SetOf[x509.Certificate] | None, asn1.Implicit(0)]
    signers: asn1.SetOf[_SignerInfo]


@asn1.sequence
class _Token:
    type: Oid
    content: Annotated[_SignedData, asn1.Explicit(0)]


@asn1.sequence
class _Status:
    status: int
    words: list[str] | None = None
    failure: asn1.BitString | None = None


@asn1.sequence
class _Response:
    status: _Status
    token: _Token | None = None


def answer(query: bytes, signer: Signer, at: datetime, serial_number: int) -> bytes:
    """The TimeStampResp (DER) to a TimeStampReq: granted at that instant, or rejected with a reason.

    `serial_number` must never have been given before, at most 160 bits (§ 2.4.2). Whole seconds: `at` is cut.
    """
    try:
        asked = asn1.decode_der(_Request, query)
    except ValueError:
        return _rejected(Failure.BAD_DATA_FORMAT, "This is no TimeStampReq.")
    if asked.version != 1:
        return _rejected(Failure.BAD_REQUEST, "Version 1 is the one that is known here.")
    if _LENGTHS.get(asked.imprint.algorithm.algorithm) != len(asked.imprint.digest):
        return _rejected(Failure.BAD_ALG, "A digest by SHA-256, SHA-384 or SHA-512 is what is stamped here.")
    if asked.policy not in (None, POLICY):
        return _rejected(Failure.UNACCEPTED_POLICY, f"The policy here is {POLICY.dotted_string}.")
    if asked.extensions:
        return _rejected(Failure.UNACCEPTED_EXTENSION, "No extension is known here.")
    info = _TstInfo(
        version=1,
        policy=POLICY,
        imprint=asked.imprint,
        serial_number=serial_number,
        at=asn1.GeneralizedTime(at.astimezone(UTC).replace(microsecond=0)),
        accuracy=_Accuracy(seconds=ACCURACY_S),
        nonce=asked.nonce,
    )
    return asn1.encode_der(_Response(status=_Status(status=0), token=_signed(info, signer, asked.wants_certificate)))


def _rejected(failure: Failure, why: str) -> bytes:
    """Status 2; of a BIT STRING with named bits, DER leaves trailing zeros out (X.690 § 11.2.2)."""
    last = failure % 8
    bits = bytes(failure // 8) + bytes([0x80 >> last])
    return asn1.encode_der(
        _Response(status=_Status(status=2, words=[why], failure=asn1.BitString(bits, padding_bits=7 - last)))
    )


def _signed(info: _TstInfo, signer: Signer, with_certificate: bool) -> _Token:
    """SignedData by one signer, over the attributes that § 2.4.2 and RFC 5652 § 5.3 want, and no others."""
    content, certificate = asn1.encode_der(info), signer.certificate
    ess = _SigningCertificateV2(
        certificates=[_EssCertIdV2(certificate_sha256=sha256(certificate.public_bytes(Encoding.DER)).digest())]
    )
    attributes = asn1.SetOf(
        [
            _attribute(_CONTENT_TYPE, _TST_INFO),
            _attribute(_MESSAGE_DIGEST, sha256(content).digest()),
            _attribute(_SIGNING_CERTIFICATE_V2, ess),
        ]
    )
    # What is signed is a SET OF, tag and length included, whatever tag it has in the message (RFC 5652 § 5.4).
    signature = signer.key.sign(asn1.encode_der(attributes), ec.ECDSA(hashes.SHA256()))
    signed = _SignerInfo(
        version=1,
        signer=_IssuerAndSerial(
            issuer=asn1.decode_der(asn1.TLV, certificate.issuer.public_bytes()),
            serial_number=certificate.serial_number,
        ),
        digest_algorithm=_Algorithm(algorithm=_SHA256),
        attributes=attributes,
        signature_algorithm=_Algorithm(algorithm=_ECDSA_SHA256),
        signature=signature,
    )
    data = _SignedData(
        version=3,
        digest_algorithms=asn1.SetOf([_Algorithm(algorithm=_SHA256)]),
        content=_Content(type=_TST_INFO, content=content),
        certificates=asn1.SetOf([certificate]) if with_certificate else None,
        signers=asn1.SetOf([signed]),
    )
    return _Token(type=_SIGNED_DATA, content=data)


def _attribute(type: Oid, value: object) -> _Attribute:
    return _Attribute(type=type, values=asn1.SetOf([asn1.decode_der(asn1.TLV, asn1.encode_der(value))]))
