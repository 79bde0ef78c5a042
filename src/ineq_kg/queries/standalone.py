"""A named query as SPARQL text that any client may send: values and graphs are said in the text itself."""

from __future__ import annotations

from collections.abc import Iterator

from ineq_kg.queries.binding import Values, bind
from ineq_kg.queries.definition import NamedQuery
from ineq_kg.store.embedded import Dataset
from ineq_kg.store.tokens import outside_braces


def standalone(query: NamedQuery, values: Values) -> str:
    """Return a query with `values` bound, and the examples for what it needs and is not given.

    The graphs that it would be asked on stand as FROM clauses; the header is left out, but for the question. Raises
    ParameterError.
    """
    needed = {name: one.example for name, one in query.header.parameters.items() if one.required and one.example}
    bound, dataset = bind(query, {**needed, **values})
    header = len(query.text) - len(query.sparql)
    text = bound[header:]
    where = next(token.start for _, token in outside_braces(text) if token.keyword == "WHERE")
    return f"# {query.header.question}\n{text[:where]}{''.join(_from(query, dataset))}{text[where:]}"


def _from(query: NamedQuery, dataset: Dataset) -> Iterator[str]:
    """Yield the clauses that say the dataset. Where some do, a graph that the text names has to be said as well."""
    if not dataset.default:
        return
    for graph in dataset.default:
        yield f"FROM <{graph}>\n"
    for token, following in zip(query.tokens, query.tokens[1:], strict=False):
        if token.keyword == "GRAPH" and following.kind == "iri":
            yield f"FROM NAMED {following.text}\n"
