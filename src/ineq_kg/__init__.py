"""ineq-kg: an open, queryable graph of meta-ethnographies."""

from typing import Any


def __getattr__(name: str) -> Any:
    """Return `__version__`, looked up when it is first asked for: to read the package's metadata takes 30 ms."""
    if name != "__version__":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib.metadata import PackageNotFoundError, version

    try:
        found = version("ineq-kg")
    except PackageNotFoundError:  # run from a bare source tree
        found = "0+unknown"
    globals()[name] = found
    return found
