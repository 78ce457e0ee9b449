"""What the API of the archive stands on in a test: the shipped data, a drawer that draws nothing, and what is given."""

from functions.archive_api.wiring import Parts
from relance.adapters.attestation_data import load_attestations
from relance.adapters.chart_data import load_charts
from relance.adapters.fiscal_modules import fiscal_version
from relance.adapters.retention_data import load_retention
from relance.app.archiving.drain import Archive
from relance.app.context import Context
from tests.doubles.exported import Bell, Shelf
from tests.doubles.outside import FakeRenderer
from tests.doubles.worker import Worker


def archive_parts(ctx: Context, archive: Archive, worker: Worker | None = None) -> Parts:
    """Exports stand on a shelf of their own."""
    retention = load_retention()
    return Parts(
        ctx,
        archive,
        Shelf(),
        Bell(),
        load_charts(),
        FakeRenderer(),
        load_attestations(),
        fiscal_version,
        retention,
        retention.place("eu-west-3"),
        worker or Worker(),
    )
