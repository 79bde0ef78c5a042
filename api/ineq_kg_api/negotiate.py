"""Which format a request asks for: `?format=` first, then the Accept header (RFC 9110, 12.5.1)."""

from __future__ import annotations

from collections.abc import Sequence

import mimeparse

from ineq_kg.errors import NotAcceptable, ParameterError
from ineq_kg.represent.formats import Format


def choose(accept: str, offered: Sequence[Format], asked: str | None = None) -> Format:
    """Return the format to answer in. `offered` is in the order of preference, the most preferred first.

    Raises ParameterError for an unknown `?format=`, NotAcceptable where nothing offered suits.
    """
    extensions = ", ".join(member.extension for member in offered)
    if asked:
        found = Format.by_extension(asked)
        if found is None:
            mend = f"Use one of: {extensions}."
            raise ParameterError(f"format: {asked!r} is not a format", parameter="format", value=asked, mend=mend)
        if found not in offered:
            raise NotAcceptable(f"this answer cannot be written as {found.label}", mend=f"Use one of: {extensions}.")
        return found
    by_type = {name: member for member in offered for name in (member.media_type, *member.aliases)}
    # mimeparse prefers the last of equals.
    try:
        best = mimeparse.best_match(list(reversed(by_type)), accept or "*/*")
    except mimeparse.MimeTypeParseException as error:
        raise NotAcceptable(f"the Accept header {accept!r} is not a list of media types") from error
    if not best:
        types = ", ".join(by_type)
        raise NotAcceptable("no format asked for can be had here", mend=f"Accept one of: {types}.")
    return by_type[best]
