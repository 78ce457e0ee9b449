"""The key of the archive in KMS: key spec ECC_NIST_EDWARDS25519, algorithm ED25519_SHA_512 (pure Ed25519, RFC 8032).

MessageType must be RAW: KMS signs the message itself, at most 4,096 bytes, which a checkpoint never reaches.
Signatures are deterministic. A disabled key says not even its public half (GetPublicKey answers DisabledException, as
Sign does). AWS KMS developer guide ("Key states") and API reference (Sign, GetPublicKey), checked 2026-11.
"""

from typing import TYPE_CHECKING, Final, NoReturn

from botocore.exceptions import BotoCoreError, ClientError

from relance.app.ports.archive import KeyUnusable
from relance.domain.chain.note import PUBLIC_KEY_BYTES, SIGNATURE_BYTES
from relance.domain.errors import Corrupted, Retry

if TYPE_CHECKING:
    from types_boto3_kms.client import KMSClient

# SubjectPublicKeyInfo of an Ed25519 key (RFC 8410 § 4): this header, then the 32 bytes of the key.
_SPKI_HEADER: Final = bytes.fromhex("302a300506032b6570032100")
# What only a person can mend, by the error of KMS. {key}: its id or ARN.
_UNUSABLE: Final = {
    "AccessDeniedException": "La politique de la clé KMS {key} ne laisse plus l’archiveur signer : remettez celle du "
    "modèle (template.yaml).",
    "DisabledException": "La clé KMS {key} est désactivée : réactivez-la (aws kms enable-key --key-id {key}).",
    "KMSInvalidStateException": "La clé KMS {key} est en attente de suppression, ou hors d’état de signer : "
    "annulez la suppression (aws kms cancel-key-deletion --key-id {key}), puis réactivez-la.",
    "NotFoundException": "La clé KMS {key} n’existe pas, ou plus : vérifiez son identifiant dans la pile.",
}
_WAITS: Final = "Rien n’est perdu : ce qui attend sera signé ensuite."


class KmsSigner:
    """Keeps the promises of CheckpointSigner. The public key is read once per process."""

    def __init__(self, client: "KMSClient", key_id: str) -> None:
        self._client = client
        self._key_id = key_id
        self._public_key = b""

    def public_key(self) -> bytes:
        if not self._public_key:
            try:
                der = self._client.get_public_key(KeyId=self._key_id)["PublicKey"]
            except (ClientError, BotoCoreError) as error:
                self._fail("KMS n’a pas rendu la clé publique de l’archive.", error)
            if not der.startswith(_SPKI_HEADER) or len(der) != len(_SPKI_HEADER) + PUBLIC_KEY_BYTES:
                raise Corrupted("La clé de l’archive n’est pas une clé Ed25519.", code="archive.wrong_key_type")
            self._public_key = der[len(_SPKI_HEADER) :]
        return self._public_key

    def sign(self, message: bytes) -> bytes:
        try:
            answer = self._client.sign(
                KeyId=self._key_id, Message=message, MessageType="RAW", SigningAlgorithm="ED25519_SHA_512"
            )
        except (ClientError, BotoCoreError) as error:
            self._fail("KMS n’a pas signé le point de contrôle.", error)
        signature = answer["Signature"]
        if len(signature) != SIGNATURE_BYTES:
            raise Corrupted("KMS a rendu une signature qui n’en est pas une.", code="archive.wrong_signature")
        return signature

    def _fail(self, message: str, error: ClientError | BotoCoreError) -> NoReturn:
        code = error.response["Error"]["Code"] if isinstance(error, ClientError) else ""
        if code in _UNUSABLE:
            raise KeyUnusable(f"{_UNUSABLE[code].format(key=self._key_id)} {_WAITS}") from error
        raise Retry(message) from error
