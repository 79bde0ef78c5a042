"""What the service says of itself and of its dataset."""

from __future__ import annotations

from contextlib import suppress

from ineq_kg.app import App, Representation
from ineq_kg.errors import FiguresNotReady
from ineq_kg.represent.formats import Format
from ineq_kg.represent.views.dataset import Known, dataset_page


def service_description(app: App, endpoint: str, wanted: Format) -> Representation:
    """Describe the SPARQL endpoint at an address, in a format for graphs. Raises StoreEmpty."""
    from ineq_kg.represent.service_description import Service, write_service_description

    service = Service(endpoint, app.snapshot().graphs(), app.union, bool(app.pool.limits.services))
    return Representation.by_content(write_service_description(service, wanted), wanted)


def dataset_description(app: App, home: str, wanted: Format) -> Representation:
    """Describe the dataset of the service at an address (ending in a slash). Raises StoreEmpty, FiguresNotReady."""
    from ineq_kg.represent.dataset_description import Described, write_dataset_description

    snapshot = app.snapshot()
    kept = set(app.store.kept())
    entries = [entry for entry in app.store.entries() if entry.version in kept]
    figures = app.figures.of(snapshot, app.patience)
    described = Described(home, snapshot.version, snapshot.committed, entries, figures)
    return Representation.by_content(write_dataset_description(described, wanted), wanted)


def page_of_dataset(app: App) -> Representation:
    """Return the page of the dataset; figures that take long to count are left out of it for now. Raises StoreEmpty."""
    snapshot = app.snapshot()
    with suppress(FiguresNotReady):
        app.figures.of(snapshot, app.patience)
    known = Known.of(snapshot, app.store, app.figures.ready(snapshot.version))
    return Representation.by_content(app.linked(dataset_page(app.asking(snapshot), known)).encode(), Format.HTML)
