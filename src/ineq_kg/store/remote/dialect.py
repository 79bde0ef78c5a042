"""Where SPARQL servers differ from one another and from the embedded store: all of it is here, and in docs/scale.md.

Each difference was seen on the server named (Virtuoso 7.2.5, Fuseki 5.5, Oxigraph's server 0.5.13) and is held by tests.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from ineq_kg.errors import QueryError, QueryRefused, QueryTimeout, ResultTooLarge
from ineq_kg.store.embedded import FORM_ASK, FORM_GRAPH, FORM_SELECT, Dataset
from ineq_kg.store.tokens import Token, is_unsure, outside_braces, says_from, tokens, unescape
from ineq_kg.vocabulary import PREFIXES, XSD

_FORMS = {"SELECT": FORM_SELECT, "ASK": FORM_ASK, "CONSTRUCT": FORM_GRAPH, "DESCRIBE": FORM_GRAPH}
# What servers understand beyond SPARQL, and would reach other hosts or their own machine by: Virtuoso's pragmas
# (`define get:soft "replace"` fetches) and its functions bif: and sql:, Jena's java: (any class that it finds).
_BEYOND = re.compile(r"\bdefine\s+[a-z][\w-]*:|(?<!\w)(?:bif|sql|java):", re.IGNORECASE)
_NOWHERE = "urn:ineq-kg:nowhere"
_BOOLEANS = {"0": "false", "1": "true"}


@dataclass(frozen=True)
class Dialect:
    """How a kind of server differs.

    `name` is what INEQ_KG_STORE_DIALECT calls it. `told_by` is a header, and what its value begins with, that its answers
    have. `union` are the parameters that ask for the union of all its graphs, None where it cannot be asked for. `atomic`: it
    runs an update request in one transaction, whole or not at all. `sorts`: its ORDER BY can be relied on. `sound`: so can its
    repeated paths, its sub-queries and the values that it computes. `unnamed`: it has an unnamed graph. `overrides`: graphs
    that a request names take the place of those in its query. `update` and `graphs` are the last segments of the addresses
    that it has for these beside that for queries. `triples` is the media type that N-Triples are asked for by.
    """

    name: str
    told_by: tuple[str, str] | None = None
    union: tuple[tuple[str, str], ...] | None = None
    atomic: bool = False
    sorts: bool = True
    sound: bool = True
    unnamed: bool = True
    overrides: bool = True
    update: str | None = None
    graphs: str | None = None
    triples: str = "application/n-triples"

    def beside(self, address: str, segment: str | None) -> str | None:
        """Return the address that has another last segment than that for queries, or None where none is known."""
        if segment is None:
            return None
        parts = urlsplit(address)
        return urlunsplit((parts.scheme, parts.netloc, f"{parts.path.rpartition('/')[0]}/{segment}", "", ""))


STANDARD = Dialect("standard")
OXIGRAPH = Dialect(
    "oxigraph",
    told_by=("server", "Oxigraph/"),
    union=(("union-default-graph", ""),),
    atomic=True,
    update="update",
    graphs="store",
)
FUSEKI = Dialect(
    "fuseki",
    told_by=("fuseki-request-id", ""),
    union=(("default-graph-uri", "urn:x-arq:UnionGraph"),),
    atomic=True,
    update="update",
    graphs="data",
)
VIRTUOSO = Dialect(
    "virtuoso",
    told_by=("server", "Virtuoso/"),
    union=(),  # its default graph is never anything else
    # A long INSERT is more than its compiler takes, and each graph that is put is a transaction of its own.
    atomic=False,
    # It compares only the first characters of long literals.
    sorts=False,
    # Rows are lost where OPTIONAL comes after a repeated path, or a sub-query stands in OPTIONAL; what is computed may be of
    # another datatype.
    sound=False,
    unnamed=False,
    overrides=False,
    update="sparql-auth",
    graphs="sparql-graph-crud-auth",
    triples="text/plain",  # N-Triples by their first name
)
DIALECTS = {one.name: one for one in (STANDARD, OXIGRAPH, FUSEKI, VIRTUOSO)}


def told_by(headers: Mapping[str, str]) -> Dialect:
    """Return the dialect of the server that sent these headers (names in lower case); STANDARD where they do not say."""
    for dialect in DIALECTS.values():
        if dialect.told_by is not None:
            name, start = dialect.told_by
            if name in headers and headers[name].startswith(start):
                return dialect
    return STANDARD


# --- what is sent ------------------------------------------------------------------------------------------------------


def form_of(query: str) -> str:
    """Return the form of a query's answer: `select`, `ask` or `graph`. Raises QueryError for what is no query."""
    for _, token in outside_braces(query):
        if token.keyword in _FORMS:
            return _FORMS[token.keyword]
    raise QueryError("this is no SELECT, ASK, CONSTRUCT or DESCRIBE query", mend="Send one; updates are not queries.")


def refuse_beyond_sparql(query: str) -> None:
    """Raise QueryRefused for what some servers understand beyond SPARQL, and would reach other hosts by."""
    for text in {query, unescape(query)}:
        spoken = text if is_unsure(text) else " ".join(t.text for t in tokens(text) if t.kind != "string")
        found = _BEYOND.search(spoken)
        if found:
            raise QueryRefused(
                f"{found.group()} is refused: it is not SPARQL, and may reach other hosts from the store's server",
                mend="Leave it out; a prefix of yours of that name has to be called otherwise.",
            )


def complete(query: str, base: str | None) -> str:
    """Return a query with our prefixes declared, on its first line: lines that a server complains of are the author's."""
    told = f"BASE <{base}> " if base else ""
    return told + "".join(f"PREFIX {name}: <{iri}> " for name, iri in PREFIXES.items()) + query


def names_graphs(query: str) -> bool:
    """Say whether a query asks named graphs."""
    return any(token.keyword == "GRAPH" for token in tokens(query))


def parameters(
    query: str,
    dataset: Dataset,
    graphs: Callable[[], Sequence[str]],
    union: Sequence[tuple[str, str]] | None,
) -> list[tuple[str, str]]:
    """Return the parameters that make a server ask what the embedded store would (SPARQL 1.1 Protocol, 2.1.4).

    `graphs` gives all those of the store. Who names any graph has those alone, unless `all_named`. `union` is what asks the
    server for its own union, None to name each graph.
    """
    default, named = list(dataset.default), list(dataset.named)
    if not dataset.named_by_request:
        if says_from(query) or not dataset.union:
            return []
        if union is not None:
            return list(union)
        default = list(graphs())
    if names_graphs(query) and (dataset.all_named or not dataset.named_by_request):
        named = list(graphs())
    # Virtuoso takes none for all of them, where the other kind is named.
    elif names_graphs(query) and not named:
        named = [_NOWHERE]
    elif named and not default:
        default = [_NOWHERE]
    return [("default-graph-uri", graph) for graph in default] + [("named-graph-uri", graph) for graph in named]


# --- what comes back ---------------------------------------------------------------------------------------------------


def refuse_parts(headers: Mapping[str, str], rows: int, seconds: float) -> None:
    """Raise QueryTimeout or ResultTooLarge for an answer that is a part of the whole one and looks like all of it.

    Virtuoso says so in headers alone: X-SQL-State of a query that met its own time limit ("anytime query"), X-SPARQL-MaxRows.
    """
    if headers.get("x-sql-state", "").startswith("S1TAT"):
        raise QueryTimeout(
            "the store's server stopped the query at its own time limit, and sent a part of the answer, which is not used",
            limit="seconds",
            allowed=seconds,
            mend="Ask for less at once, or raise MaxQueryExecutionTime in its configuration.",
        )
    most = headers.get("x-sparql-maxrows", "")
    if most.isdigit() and rows >= int(most):
        raise ResultTooLarge(
            f"the store's server sends {int(most):,} rows at most, and there may be more; none is used",
            limit="rows",
            allowed=int(most),
            mend="Add LIMIT to ask for a part, or raise ResultSetMaxRows in its configuration.",
        )


def mended_results(body: bytes) -> bytes:
    """Return SPARQL results in JSON as the standard and the embedded store have them. Raises ValueError for what is no JSON.

    Virtuoso answers ASK by a table of one cell, or of none for no; it writes xsd:boolean as 0 and 1, and calls blank nodes
    by what is no label of one (nodeID://b10001).
    """
    found: dict[str, Any] = json.loads(body)
    if found.get("head", {}).get("vars") == ["__ASK_RETVAL"]:
        cells = [row["__ASK_RETVAL"]["value"] for row in found["results"]["bindings"]]
        return json.dumps({"head": {}, "boolean": cells in (["1"], ["true"])}).encode()
    for row in found.get("results", {}).get("bindings", ()):
        for term in row.values():
            if term.get("datatype") == XSD.term("boolean"):
                term["value"] = _BOOLEANS.get(term["value"], term["value"])
            if term.get("type") == "bnode":
                term["value"] = re.sub(r"\W", "", term["value"].removeprefix("nodeID://"))
    return json.dumps(found, ensure_ascii=False).encode()


# --- what a server is not left alone with ------------------------------------------------------------------------------


def may_lose_rows(query: str) -> bool:
    """Say whether a query has a repeated path or a sub-query. May say so of an expression that multiplies or adds."""
    depth = 0
    for before, token in pairwise(tokens(query)):
        if before.kind == "mark" and before.text in "{}":
            depth += 1 if before.text == "{" else -1
        if token.keyword == "SELECT" and depth > 0:
            return True
        of_all = before.keyword in {"SELECT", "DISTINCT", "REDUCED", "DESCRIBE"}
        after_path = before.text == ")" or before.kind in {"word", "iri"}
        if token.kind == "mark" and token.text in "*+" and after_path and not of_all:
            return True
    return False


def computes(query: str) -> bool:
    """Say whether values in a query's answer may be computed, not found: Virtuoso makes of `BIND(true AS ?x)` the integer 1."""
    return any(token.keyword == "AS" for token in tokens(query))


@dataclass(frozen=True)
class Sorting:
    """A SELECT query as a server is asked it, without order, and how its rows are then put in order by the embedded engine.

    `columns` are those asked for, `head` and `tail` what stands before and after the rows in the query that sorts them.
    """

    asked: str
    columns: tuple[str, ...]
    head: str
    tail: str


def unsorted(query: str) -> Sorting | None:
    """Return a query that is to be sorted here, or None where it says of no order, or cannot be taken apart.

    It cannot where a part of the rows is asked for by their order (LIMIT), or the order is by what groups have lost.
    """
    outer = [token for _, token in outside_braces(query)]
    words = [token.keyword for token in outer]
    if not {"SELECT", "WHERE", "ORDER"} <= set(words) or {"LIMIT", "OFFSET", "VALUES", "FROM"} & set(words):
        return None
    begin, where = outer[words.index("SELECT")], outer[words.index("WHERE")]
    order = next(token for token in reversed(outer) if token.keyword == "ORDER")
    projected = [token for token in outer if begin.start < token.start < where.start]
    shown = _columns(projected)
    keys = [token.text[1:] for token in outer if token.start > order.start and token.kind == "variable"]
    columns = tuple(dict.fromkeys([*shown, *keys]))
    chosen = " ".join(f"?{name}" for name in columns)
    prologue, asked = query[: begin.start], query[: order.start]
    head = f"SELECT {' '.join(f'?{name}' for name in shown)}"
    if set(keys) - set(shown):
        if "GROUP" in words or any(token.text == "(" for token in projected):
            return None
        if any(token.keyword == "DISTINCT" for token in projected):
            head = head.replace("SELECT", "SELECT DISTINCT", 1)
        asked = f"{prologue}SELECT {chosen} {query[where.start : order.start]}"
    if not shown:
        return None
    return Sorting(asked, columns, f"{prologue}{head} WHERE {{ VALUES ({chosen}) {{", f"}} }} {query[order.start :]}")


def _columns(projected: Sequence[Token]) -> list[str]:
    """Return the names of the columns that a SELECT clause has; none for `*`."""
    depth, found = 0, []
    for before, token in pairwise([Token("mark", "", 0), *projected]):
        depth += {"(": 1, ")": -1}.get(token.text, 0)
        if token.kind == "variable" and (depth == 0 or before.keyword == "AS"):
            found.append(token.text[1:])
    return found
