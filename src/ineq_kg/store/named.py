"""Which graphs a change is about: what a store on another machine is asked for before the change is made to a copy of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from ineq_kg.errors import QueryError
from ineq_kg.store.tokens import Token, absolute, is_unsure, resolved, tokens
from ineq_kg.triples.naming import asserted_by, graph_of, inferred_graph_of
from ineq_kg.vocabulary import GRAPHS, PREFIXES

# What stands before the name of a graph (SPARQL 1.1 Update, 3.1 and 3.2; SPARQL 1.1, 8.3).
_BEFORE = frozenset({"GRAPH", "WITH", "USING", "NAMED", "INTO", "TO", "ADD", "MOVE", "COPY", "SILENT"})
_INFERRED = "/inferred"


@dataclass(frozen=True)
class About:
    """The graphs that a change may read or write: these (None is the unnamed one), and `every` other that is known or not."""

    graphs: frozenset[str | None] = frozenset()
    every: bool = False

    @classmethod
    def these(cls, graphs: Iterable[str | None], *, every: bool = False) -> About:
        """Return these graphs, and with each synthesis's the one that holds what follows from it."""
        found = set(graphs)
        for graph in [one for one in found if one is not None and one.startswith(GRAPHS)]:
            slug = asserted_by(graph.removesuffix(_INFERRED))
            found |= set() if slug is None else {graph_of(slug), inferred_graph_of(slug)}
        return cls(frozenset(found), every)


def named_by(update: str, base: str | None) -> About:
    """Return the graphs that an update is about; relative IRIs in it are relative to `base`.

    Raises QueryError where the text may be cut into words in another way than ours.
    """
    if is_unsure(update) or "\\u" in update or "\\U" in update:
        raise _unclear("text that can be read in two ways")
    prefixes, start = dict(PREFIXES), base or ""
    graphs: set[str | None] = {None}
    every = False
    declared = Token("mark", "", 0)
    for before, token in pairwise([declared, *tokens(update)]):
        if before.keyword == "BASE" and token.kind == "iri":
            start = absolute(start, token)
        elif declared.text.endswith(":") and token.kind == "iri":
            prefixes[declared.text.removesuffix(":")] = absolute(start, token)
        declared = token if before.keyword == "PREFIX" else Token("mark", "", 0)
        prefix, colon, _ = token.text.partition(":")
        if token.kind == "word" and colon and before.keyword != "PREFIX" and prefix not in {*prefixes, "_"}:
            raise _unclear(token.text)
        if before.keyword in _BEFORE:
            graphs.add(resolved(token, prefixes, start))
            every = every or token.kind == "variable"
        every = every or token.keyword in {"ALL", "NAMED"}
    return About.these(graphs, every=every)


def _unclear(what: str) -> QueryError:
    return QueryError(
        f"which graphs this update is about is not understood: {what[:60]}",
        mend="Declare every prefix, put spaces between words, write no \\u escapes and IRIs in full.",
    )


EVERY = About(frozenset({None}), every=True)
