"""The archive of the legal facts: filling it, watching it, handing it out, proving it.

CGI art. 286 I 3° bis, BOI-TVA-DECLA-30-10-30 §§ 80-260, checked 2026-11. [AF-02, AF-07, AR-01 to AR-07]
"""

from relance.app.archiving.drain import Archive, Archiver, Drained, drain
from relance.app.archiving.export import Export, export
from relance.app.archiving.proofs import prove
from relance.app.archiving.status import Health, Status, status
from relance.app.archiving.verification import Walked, verify

__all__ = [
    "Archive",
    "Archiver",
    "Drained",
    "Export",
    "Health",
    "Status",
    "Walked",
    "drain",
    "export",
    "prove",
    "status",
    "verify",
]
