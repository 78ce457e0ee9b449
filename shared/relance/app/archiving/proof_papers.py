"""A proof for a person: one page to print, and the files with which he checks it with sha256sum and openssl alone.

The page and the files say the same; the recipe on the page is the script among the files. [AR-03]
"""

import io
from base64 import b64encode
from datetime import datetime
from importlib.resources import files
from typing import Final

from relance.app.archiving.zipping import ZipStream
from relance.domain.calendar_fr import PARIS, civil_date, from_ms
from relance.domain.chain import note
from relance.domain.chain.event import Event, event_hash, parse
from relance.domain.chain.proof import InclusionProof, steps, tlog_proof
from relance.domain.sheets import Section, Sheet

EVENT: Final = "evenement.json"
WAY: Final = "chemin.txt"
CHECKPOINT: Final = "point.note"
KEY: Final = "cle.pem"
CHANGE: Final = "changement_de_cle_"
SCRIPT: Final = "verifier_preuve.sh"
_ED25519_SPKI: Final = bytes.fromhex("302a300506032b6570032100")  # RFC 8410 § 4: the algorithm, then 32 bytes of key
_SIDES: Final = {"left": "gauche", "right": "droite"}
_MEANING: Final = (
    "Ce fait est à cette place dans l’archive, et n’a pas changé depuis la signature du point de contrôle ci-dessous. "
    "Son empreinte (SHA-256) mène, de proche en proche, à celle que ce point atteste ; un seul caractère changé, et "
    "elle n’y mène plus. Des autres faits, cette page ne dit rien : l’export de l’archive les montre."
)
_SHOWN_LINE: Final = 240  # characters of the event that are printed; the file has all of it

WORDS: Final = {
    "accounts.changed": "comptes comptables modifiés",
    "archive.export_failed": "archive illisible à la remise",
    "archive.exported": "archive, écritures ou ventes remises",
    "archive.integrity_failed": "archive altérée, constatée",
    "credit_note.issued": "avoir émis",
    "document.duplicated": "duplicata remis",
    "document.sealed": "PDF arrêté",
    "document.sent": "document envoyé",
    "history.imported": "historique repris",
    "invoice.issued": "facture émise",
    "invoice.status": "statut de facture",
    "journal.purged": "exercice purgé du journal en ligne",
    "journal.rebuilt": "journal rétabli d’après l’archive",
    "key.rotated": "changement de la clé de signature",
    "letter.dispatched": "mise en demeure postée",
    "payment.recorded": "encaissement",
    "payment.refunded": "remboursement",
    "penalty.claimed": "pénalités réclamées",
    "penalty.paid": "pénalités réglées",
    "penalty.waived": "pénalités abandonnées",
    "period.closed": "clôture",
    "prospect.erased": "données d’un prospect effacées",
    "quote.accepted": "devis accepté",
    "quote.cancelled": "devis annulé",
    "quote.extended": "devis prolongé",
    "quote.not_retained": "devis non retenu",
    "quote.received": "réception des biens notée",
    "quote.refused": "devis refusé",
    "quote.sent": "devis envoyé",
    "quote.withdrawn": "rétractation",
    "rights.granted": "droit d’accès donné",
    "rights.revoked": "droit d’accès retiré",
    "settings.changed": "réglages modifiés",
    "software.changed": "version du logiciel changée",
}


def proof_files(proof: InclusionProof) -> dict[str, bytes]:
    """What the recipe reads, and `preuve.tlog-proof` for tools of transparency logs (C2SP)."""
    way = steps(proof.seq - 1, proof.size, proof.path)
    return {
        EVENT: proof.line,
        WAY: "".join(f"{_SIDES[step.side]} {step.sibling.hex()}\n" for step in way).encode(),
        CHECKPOINT: proof.checkpoint,
        KEY: pem(proof.public_key),
        **{f"{CHANGE}{number}.note": key_note for number, key_note in enumerate(proof.key_notes, 1)},
        "preuve.tlog-proof": tlog_proof(proof.seq - 1, proof.path, proof.checkpoint),
        SCRIPT: _script(),
    }


def proof_zip(proof: InclusionProof) -> bytes:
    """The files in a zip, the same bytes for the same proof."""
    target = io.BytesIO()
    output = ZipStream(target)
    for name, body in proof_files(proof).items():
        output.add(name, body)
    output.close()
    return target.getvalue()


def proof_sheet(proof: InclusionProof, company: str, now: datetime) -> Sheet:
    """The page: what was recorded and when, under which checkpoint, and how anybody checks it."""
    event = parse(proof.line)
    text, _ = note.open_note(proof.checkpoint)
    checkpoint = note.parse_checkpoint(text)
    shown = proof.line.decode()
    if len(shown) > _SHOWN_LINE:
        shown = f"{shown[:_SHOWN_LINE]}… ({len(proof.line)} octets, en entier dans {EVENT})"
    return Sheet(
        title="Preuve d’inclusion dans l’archive",
        subtitle=f"{company} · événement {proof.seq} sur {proof.size}",
        on=civil_date(now),
        sections=(
            Section("Ce qui est prouvé", paragraphs=(_MEANING,), rows=_facts(event, proof)),
            Section("Le point de contrôle signé", code=tuple(proof.checkpoint.decode().rstrip("\n").split("\n"))),
            Section(
                f"Le chemin, de la feuille à la racine ({len(proof.path)} empreintes)",
                code=tuple(proof_files(proof)[WAY].decode().splitlines()) or ("(la feuille est la racine)",),
            ),
            Section("L’événement", code=(shown,)),
            Section(
                "Vérifier soi-même",
                paragraphs=(
                    "Avec bash, sha256sum, base64 et OpenSSL 3, dans le dossier des fichiers de cette preuve "
                    f"({EVENT}, {WAY}, {CHECKPOINT}, {KEY}) :",
                    *_key_change(proof),
                ),
                code=tuple(line for line in _script().decode().splitlines()[2:]),
            ),
        ),
        footer=f"Clé publique {note.verifier_key(checkpoint.origin, proof.public_key)}",
    )


def _key_change(proof: InclusionProof) -> tuple[str, ...]:
    """Which key this is, where the archive has had others: who kept the first one must be able to go on from it."""
    if not proof.key_notes:
        return ()
    return (
        f"La clé {KEY} signe cette archive depuis l’événement {proof.key_from} : celle d’avant et elle l’attestent "
        f"toutes deux dans {CHANGE}{len(proof.key_notes)}.note (lignes 1 à 5, signées aux lignes 7 et 8).",
    )


def _facts(event: Event, proof: InclusionProof) -> tuple[tuple[str, str], ...]:
    at = from_ms(event.at_ms).astimezone(PARIS)
    rows = [
        ("Fait", WORDS.get(event.type, event.type)),
        ("Document", event.ref.number or "—"),
        ("Enregistré", f"le {at:%d/%m/%Y à %H:%M:%S} (heure de Paris)"),
        ("Empreinte de l’événement", event_hash(proof.line)),
    ]
    pdf = event.data.get("pdf_sha256")
    if isinstance(pdf, str):
        rows.append(("SHA-256 du PDF", pdf))
    return tuple(rows)


def pem(public_key: bytes) -> bytes:
    """The key as openssl reads it."""
    body = b64encode(_ED25519_SPKI + public_key).decode()
    return f"-----BEGIN PUBLIC KEY-----\n{body}\n-----END PUBLIC KEY-----\n".encode()


def _script() -> bytes:
    return files("relance.resources").joinpath(SCRIPT).read_bytes()
