"""Where the ontology, the queries and the data are: in a checkout beside `src/`, in a wheel inside the package."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_BUNDLED = _PACKAGE / "resources_data"
_CHECKOUT = _PACKAGE.parents[1]


def resource(name: str) -> Path:
    """Return the folder `ontology`, `queries` or `data` of this installation."""
    bundled = _BUNDLED / name
    return bundled if bundled.is_dir() else _CHECKOUT / name
