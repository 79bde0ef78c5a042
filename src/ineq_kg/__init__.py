"""ineq-kg: an open, queryable graph of meta-ethnographies."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("ineq-kg")
except PackageNotFoundError:  # run from a bare source tree
    __version__ = "0+unknown"
