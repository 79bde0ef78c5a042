"""Updates in which later operations declare prefixes or a base: SPARQL 1.1 lets them (19.8, rule 29), the engine does not."""

from __future__ import annotations

import re
from itertools import pairwise

from ineq_kg.store.tokens import Token, is_unsure, outside_braces, tokens

_DECLARATIONS = frozenset({"PREFIX", "BASE"})
_NOT_A_LINE_END = re.compile(r"[^\r\n]")


def operations(update: str) -> list[str]:
    """Return texts that together do what an update does, one after another: none has a declaration after an operation.

    What stands where in each is what stands there in the update: an error in it is found at the same line and column.
    """
    if not any(word in update.upper() for word in _DECLARATIONS) or is_unsure(update):
        return [update]
    cuts = [
        before.start
        for before, token in outside_braces(update)
        if before is not None and before.text == ";" and token.keyword in _DECLARATIONS
    ]
    ends = [*cuts, len(update)]
    return [_blanked(update, start + 1) + update[start + 1 : end] for start, end in pairwise([-1, *ends])]


def _blanked(update: str, end: int) -> str:
    """Return what stands before `end` with spaces for all but declarations and ends of lines."""
    kept, done = [], 0
    for start, stop in _declared(update[:end]):
        kept += [_NOT_A_LINE_END.sub(" ", update[done:start]), update[start:stop]]
        done = stop
    return "".join([*kept, _NOT_A_LINE_END.sub(" ", update[done:end])])


def _declared(text: str) -> list[tuple[int, int]]:
    """Return where the declarations in a text begin and end: each ends with the first IRI after its keyword."""
    starts = {token.start for _, token in outside_braces(text) if token.keyword in _DECLARATIONS}
    found: list[tuple[int, int]] = []
    opened: Token | None = None
    for token in tokens(text):
        if token.start in starts:
            opened = token
        elif opened is not None and token.kind == "iri":
            found.append((opened.start, token.start + len(token.text)))
            opened = None
    return found
