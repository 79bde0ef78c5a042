"""Which format a request asks for: `?format=` first, then the Accept header (RFC 9110, 12.5.1)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import mimeparse

from ineq_kg.errors import NotAcceptable, ParameterError
from ineq_kg.represent.formats import Format


@lru_cache(maxsize=256)  # clients say the same thing again and again
def _accepted(accept: str, offered: tuple[Format, ...]) -> Format | None:
    """Return the format that the Accept header likes best among those offered, or None."""
    # A format's own media type counts before any alias; mimeparse prefers the last of equals.
    by_type = {member.media_type: member for member in offered}
    by_type |= {alias: member for member in offered for alias in member.aliases}
    try:
        best = mimeparse.best_match(list(reversed(by_type)), accept or "*/*")
    except mimeparse.MimeTypeParseException as error:
        raise NotAcceptable(f"the Accept header {accept!r} is not a list of media types") from error
    return by_type.get(best)


def choose(accept: str, offered: Sequence[Format], asked: str | None = None) -> Format:
    """Return the format to answer in. `offered` is in the order of preference, the most preferred first.

    A `?format=` that does not suit the answer, or is not known, gives way to an Accept header that names one that does:
    clients exist that send `format=xml` with every query, or names of their own, and say the rest in the header.
    Raises ParameterError for an unknown `?format=`, NotAcceptable where nothing offered suits.
    """
    if asked:
        mend = f"Use one of: {', '.join(member.extension for member in offered)}."
        found = Format.by_name(asked)
        if found is None and "*/*" in (accept or "*/*"):
            raise ParameterError(f"format: {asked!r} is not a format", parameter="format", value=asked, mend=mend)
        if found is not None and found in offered:
            return found
        by_header = None if accept in {"", "*/*"} else _accepted(accept, tuple(offered))
        if by_header is None:
            label = found.label if found else asked
            raise NotAcceptable(f"this answer cannot be written as {label}", mend=mend)
        return by_header
    chosen = _accepted(accept, tuple(offered))
    if chosen is None:
        types = ", ".join(member.media_type for member in offered)
        raise NotAcceptable("no format asked for can be had here", mend=f"Accept one of: {types}.")
    return chosen
