"""Where the ontology, the queries, the data and the scripts are: in a checkout beside `src/`, in a wheel in the packages."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_BUNDLED = _PACKAGE / "resources_data"
_CHECKOUT = _PACKAGE.parents[1]


def resource(name: str) -> Path:
    """Return the folder `ontology`, `queries` or `data` of this installation."""
    bundled = _BUNDLED / name
    return bundled if bundled.is_dir() else _CHECKOUT / name


def scripts() -> Path | None:
    """Return the folder of the scripts that are built from `ui/`, or None where they are not: the pages work without."""
    places = (_PACKAGE.parent / "ineq_kg_api", _CHECKOUT / "api" / "ineq_kg_api")
    folders = (place / "static" / "ui" for place in places)
    # The licences are written last: without them a build is not whole.
    return next((folder for folder in folders if (folder / "LICENSES.txt").is_file()), None)
