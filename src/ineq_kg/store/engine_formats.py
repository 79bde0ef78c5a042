"""The engine's formats, by media type."""

from __future__ import annotations

import pyoxigraph as ox

from ineq_kg.errors import StoreError


def rdf_format(media_type: str) -> ox.RdfFormat:
    """Return the format for graphs. Raises StoreError where the engine has none."""
    found = ox.RdfFormat.from_media_type(media_type)
    if found is None:
        raise StoreError(f"Oxigraph writes no {media_type}")
    return found


def results_format(media_type: str) -> ox.QueryResultsFormat:
    """Return the format for results of queries. Raises StoreError where the engine has none."""
    found = ox.QueryResultsFormat.from_media_type(media_type)
    if found is None:
        raise StoreError(f"Oxigraph writes no results as {media_type}")
    return found
