"""What a query may not do: reach another host. Oxigraph would follow `SERVICE` over HTTP if it were let."""

from __future__ import annotations

import re

from ineq_kg.errors import QueryRefused
from ineq_kg.store.tokens import Token, tokens, unescape


def _may_be_service(token: Token) -> bool:
    """Say whether a parser may see the keyword here: also glued to a number or keyword (`1.SERVICE`, `trueSERVICE`)."""
    if token.kind != "word" or not token.text.upper().endswith("SERVICE"):
        return False
    _, colon, local = token.text.rpartition(":")
    # After a colon it is the local part of a prefixed name, unless that part cannot begin so and the name ended before it.
    return not colon or not re.match(r"[\w%\\]", local)


def refuse_egress(query: str) -> None:
    r"""Raise QueryRefused where the query holds `SERVICE`, spelled plainly or with `\u` escapes."""
    for text in {query, unescape(query)}:
        if any(_may_be_service(token) for token in tokens(text)):
            raise QueryRefused(
                "SERVICE is refused: this endpoint asks no other host",
                mend="Query the other endpoint on its own and join the answers yourself.",
            )
