"""What SPARQL text may not do: reach another host, or a file. Oxigraph would follow `SERVICE` and `LOAD` if it were let.

Oxigraph's grammar asks for no white space after a keyword (`SERVICEx:y` is one) and cuts some prefixed names short
(`x:a.b.SERVICE`), so a keyword is looked for inside words too. Where the text may be cut otherwise than we cut it, it must not
hold the keyword at all, be it in a string.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import chain, pairwise

from ineq_kg.errors import QueryRefused
from ineq_kg.store.tokens import Token, is_unsure, outside_braces, tokens, unescape

_SERVICE = re.compile("SERVICE", re.IGNORECASE)
_LOAD = re.compile(r"(?<!\w)LOAD", re.IGNORECASE)
# What a name of ours may follow outside braces; anything else begins an operation there.
_BEFORE_NAMES = frozenset(["PREFIX", "GRAPH", "WITH", "USING", "NAMED", "TO", "INTO", "ADD", "MOVE", "COPY", "SILENT"])


def is_service(word: str, following: str) -> bool:
    """Say whether a parser may see SERVICE in this word, glued to what stands before or after it (`1.SERVICEx:y`)."""
    name, colon, local = word.partition(":")
    if _SERVICE.search(name):
        # `service:x` is a name, unless a group graph pattern comes after it.
        return not colon or following in {"{", ""}
    found = _SERVICE.search(local)
    # In the local part of a prefixed name it is one with it, unless the name may have ended before.
    return found is not None and ("." in local[: found.start()] or not re.match(r"[\w%\\:]", local))


def _says_service(text: str) -> bool:
    found = chain(tokens(text), [Token("end", "", len(text))])
    return any(token.kind == "word" and is_service(token.text, after.text) for token, after in pairwise(found))


def is_load(before: Token | None, word: Token) -> bool:
    """Say whether a parser may see LOAD in a word outside braces, which comes after the token `before`."""
    return word.text.upper().startswith("LOAD") and not (
        ":" in word.text and before is not None and before.keyword in _BEFORE_NAMES
    )


def _says_load(text: str) -> bool:
    return any(token.kind == "word" and is_load(before, token) for before, token in outside_braces(text))


def _may_say(text: str, word: re.Pattern[str], says: Callable[[str], bool]) -> bool:
    r"""Say whether a parser may find the keyword in the text, spelled plainly or with `\u` escapes."""
    return any(word.search(one) and (is_unsure(one) or says(one)) for one in {text, unescape(text)})


def may_say_service(text: str) -> bool:
    """Say whether a parser may find SERVICE in a query or an update."""
    return _may_say(text, _SERVICE, _says_service)


def may_say_load(text: str) -> bool:
    """Say whether a parser may find LOAD in an update."""
    return _may_say(text, _LOAD, _says_load)


def refuse_egress(query: str) -> None:
    """Raise QueryRefused where a query, or an update, may hold `SERVICE`."""
    if may_say_service(query):
        raise QueryRefused(
            "SERVICE is refused: this endpoint asks no other host",
            mend="Query the other endpoint on its own and join the answers yourself.",
        )


def refuse_egress_of_update(update: str) -> None:
    """Raise QueryRefused where an update may hold `SERVICE` or `LOAD`."""
    refuse_egress(update)
    if may_say_load(update):
        raise QueryRefused(
            "LOAD is refused: this endpoint fetches nothing, neither from other hosts nor from files",
            mend="Send the triples: INSERT DATA, or POST them to /graph-store?graph=IRI.",
        )
