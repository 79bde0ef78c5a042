"""What an analysis is: a question like a named query, only computed in Python.

An analysis asks named queries, all on one snapshot, and computes rows of RDF terms from their answers. So it has what a named
query has: a header that says what it takes and gives, and an answer in every format that a table can be written in. Its
`method` says how the figures come about, whose method it is, and what is assumed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from ineq_kg.errors import DefinitionError
from ineq_kg.queries.binding import Values, terms_of
from ineq_kg.queries.definition import Column, Header, Parameter
from ineq_kg.store.embedded import Rows
from ineq_kg.triples.terms import RdfTerm
from ineq_kg.vocabulary import XSD

Ask = Callable[[str, Values], Rows]
Given = Mapping[str, Sequence[str]]
Cell = RdfTerm | str | bool | int | Fraction | None

SYNTHESIS = Parameter(
    type="iri",
    of_class="ikg:Synthesis",
    description="The synthesis asked about",
    example="mcmahon-2022",
    required=True,
)
# Between the names in one cell: names of studies hold commas and semicolons.
_BETWEEN = " | "


@dataclass(frozen=True)
class Analysis:
    """A question with the function that computes its answer.

    `run` is given `ask`, which answers a named query on one snapshot, and the values of the parameters: checked, defaults
    filled in, slugs written out as IRIs. A parameter without a value is not there.
    """

    name: str
    header: Header
    method: str
    run: Callable[[Ask, Given], Rows]

    def answer(self, ask: Ask, values: Values) -> Rows:
        """Return the rows of the answer, one cell per column of the header.

        Raises ParameterError as named queries do, and where an analysis cannot work on the values together; NotFound where
        nothing is of a name that was given.
        """
        terms = terms_of(self.name, self.header, values)
        rows = self.run(ask, {name: [term.value for term in several] for name, several in terms.items()})
        if rows.columns != tuple(self.header.columns):
            raise DefinitionError(f"the columns are not those described: {', '.join(rows.columns)}", document=self.name)
        return rows


def columns(**described: tuple[str, str]) -> dict[str, Column]:
    """Return the columns of a header, from their labels and meanings by name."""
    return {name: Column(label=label, meaning=meaning) for name, (label, meaning) in described.items()}


def iri(value: str) -> RdfTerm:
    """Return an IRI as a cell."""
    return RdfTerm("iri", value)


def names(labels: Iterable[str]) -> str | None:
    """Return labels as one cell, in the order of the alphabet, or None where there are none."""
    return _BETWEEN.join(sorted(labels)) or None


def _term(value: Cell) -> RdfTerm | None:
    if value is None or isinstance(value, RdfTerm):
        return value
    if isinstance(value, str):
        return RdfTerm("literal", value)
    if isinstance(value, bool):
        return RdfTerm("literal", str(value).lower(), datatype=XSD.term("boolean"))
    if isinstance(value, int):
        return RdfTerm("literal", str(value), datatype=XSD.term("integer"))
    rounded = Decimal(value.numerator) / Decimal(value.denominator)
    text = f"{rounded:.4f}".rstrip("0")
    return RdfTerm("literal", text + "0" if text.endswith(".") else text, datatype=XSD.term("decimal"))


def table(header: Header, rows: Iterable[Mapping[str, Cell]]) -> Rows:
    """Return rows as RDF terms, in the columns of the header; what a row does not name is unbound.

    Shares and indices are decimals of four places. Raises KeyError where a row names a column that is not described.
    """
    known = tuple(header.columns)
    found = []
    for row in rows:
        if unknown := set(row) - set(known):
            raise KeyError(f"no column is called {', '.join(sorted(unknown))}")
        found.append(tuple(_term(row.get(name)) for name in known))
    return Rows(known, tuple(found))
