"""Lists in parts: as many of their entries at a time as a page may hold. The data of a page are always whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar

from ineq_kg.analysis.definition import Given
from ineq_kg.errors import ParameterError
from ineq_kg.queries.definition import Parameter

# About how many bytes of a page's own a part may have: what frames it, and the style sheets, come on top.
MOST_BYTES = 66_000
# Without a default, so that no address names a part that nobody asked for.
PART = Parameter(type="integer", description="Which part of a long list a page shows, from 1", example="2")

T = TypeVar("T")


def part_of(given: Given, name: str = "part") -> int:
    """Return which part is asked for, the first unless one is. Raises ParameterError for one before it."""
    part = int(given[name][0]) if name in given else 1
    if part < 1:
        raise ParameterError(f"{name} counts from 1", parameter=name, value=str(part), mend="Leave it out.")
    return part


def cut(entries: Sequence[T], room: int = MOST_BYTES, html: str = "") -> list[list[T]]:
    """Return the entries, as they are written on a page, in parts of `room` bytes; at least one is in each.

    Where entries are mappings, `html` names what is written of them.
    """
    parts: list[list[T]] = [[]]
    filled = 0
    for entry in entries:
        written = entry[html] if isinstance(entry, Mapping) else entry
        size = len(str(written).encode())
        if filled and filled + size > room:
            parts.append([])
            filled = 0
        parts[-1].append(entry)
        filled += size
    return parts
