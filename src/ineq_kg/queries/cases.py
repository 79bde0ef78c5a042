"""What a query is expected to answer: cases, each a YAML file in a folder that has the query's name, beside its file.

A case has the answer to one question::

    parameters: {study: mcmahon-2022/study/babbel}
    columns: [construct, studies]
    contains:
      - [translated/exposure, 1]
    count: 3
    checked: "'Babbel et al. 2017' is cited for it, and a 9 stands in row 7."

`rows` is the whole answer in its order; or else `contains` has rows that are in it, `excludes` rows that are not, and `count`
says how many there are. Of each row, `columns` are looked at. A required parameter that is not given has the query's own
example. An IRI of ours is written as a slug, without its synthesis where that is the one asked about, or as `ikg:Name`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, model_validator

from ineq_kg.errors import DefinitionError, DefinitionsRejected, DocumentError
from ineq_kg.ingest.header import as_model
from ineq_kg.ingest.yaml_document import YamlDocument, read_yaml
from ineq_kg.queries.catalogue import Catalogue
from ineq_kg.queries.definition import NamedQuery
from ineq_kg.store.embedded import Rows
from ineq_kg.triples.terms import RdfTerm
from ineq_kg.vocabulary import IKG_NS, RESOURCES

Row = tuple[str | None, ...]
# A row that was found: of each value the ways in which a case may write it.
Written = tuple[tuple[str | None, ...], ...]


class Expected(BaseModel):
    """What the file says."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    parameters: dict[str, str | tuple[str, ...]] = Field(default_factory=dict)
    columns: tuple[str, ...] = Field(min_length=1)
    rows: tuple[Row, ...] | None = None
    contains: tuple[Row, ...] = ()
    excludes: tuple[Row, ...] = ()
    count: int | None = Field(default=None, ge=0)
    checked: str = ""

    @model_validator(mode="after")
    def _expects_something(self) -> Expected:
        if self.rows is None and self.count is None and not self.contains and not self.excludes:
            raise ValueError("the case expects nothing: give `rows`, or `contains`, `excludes` or `count`")
        for row in (*(self.rows or ()), *self.contains, *self.excludes):
            if len(row) != len(self.columns):
                raise ValueError(f"{_told(row)} has {len(row)} values, and there are {len(self.columns)} columns")
        return self


@dataclass(frozen=True)
class Case:
    """A case, and the query that it is about."""

    query: NamedQuery
    expected: Expected
    source: YamlDocument

    @property
    def values(self) -> dict[str, str | tuple[str, ...]]:
        """The values to ask with."""
        parameters = self.query.header.parameters.items()
        examples = {name: str(one.example) for name, one in parameters if one.required and one.example is not None}
        return {**examples, **self.expected.parameters}

    def faults(self, found: Rows) -> Iterator[DefinitionError]:
        """Yield in what an answer differs from what was expected of it, each at its line."""
        given = next(iter(self.values.values()), "")
        home = (given if isinstance(given, str) else given[0]).removeprefix(RESOURCES).partition("/")[0]
        rows = [tuple(_writings(row[column], home) for column in self.expected.columns) for row in found]
        if self.expected.rows is not None:
            yield from self._whole(self.expected.rows, rows)
        for at, row in enumerate(self.expected.contains):
            if not any(_is(row, one) for one in rows):
                yield self.fault(f"{_told(row)} is not in the answer", "contains", at)
        for at, row in enumerate(self.expected.excludes):
            if any(_is(row, one) for one in rows):
                yield self.fault(f"{_told(row)} is in the answer", "excludes", at)
        if self.expected.count not in {None, len(rows)}:
            yield self.fault(f"the answer has {len(rows)} rows, where {self.expected.count} are expected", "count")

    def _whole(self, expected: tuple[Row, ...], rows: list[Written]) -> Iterator[DefinitionError]:
        """Yield the first row that differs: those after it may differ for no other reason."""
        for at, row in enumerate(expected):
            if at >= len(rows):
                yield self.fault(f"{_told(row)} is expected, and the answer ends with row {len(rows)}", "rows", at)
                return
            if not _is(row, rows[at]):
                there = _told(tuple(one[0] for one in rows[at]))
                yield self.fault(f"row {at + 1} of the answer is {there}, where {_told(row)} is expected", "rows", at)
                return
        if len(rows) > len(expected):
            yield self.fault(f"the answer has {len(rows)} rows, where {len(expected)} are expected", "rows")

    def fault(self, message: str, *place: str | int, mend: str = "") -> DefinitionError:
        """Return an error at a place in the file."""
        return DefinitionError(message, document=self.source.path, line=self.source.line(place), mend=mend)


def read_case(path: Path, query: NamedQuery) -> Case:
    """Read one case. Raises DefinitionError, or DefinitionsRejected where it has several faults."""
    try:
        return case_of(read_yaml(path), query)
    except DocumentError as error:
        raise DefinitionError(error.message, document=path, line=error.line, mend=error.mend) from error


def case_of(source: YamlDocument, query: NamedQuery) -> Case:
    """Return what a file says as a case. Raises DefinitionError, or DefinitionsRejected where it has several faults."""
    case = Case(query, as_model(source, Expected, "case"), source)
    for name in case.expected.columns:
        if name not in query.header.columns:
            mend = f"{query.name} has: {', '.join(query.header.columns)}."
            raise case.fault(f"there is no column {name!r}", "columns", mend=mend)
    return case


def read_cases(folder: Path, catalogue: Catalogue[NamedQuery]) -> list[Case]:
    """Return the cases of a folder of queries, in the order of their names. Raises DefinitionsRejected with all faults."""
    cases: list[Case] = []
    faults: list[DefinitionError] = []
    for path in sorted(folder.glob("*/*.yaml")):
        try:
            if path.parent.name not in catalogue.queries:
                mend = f"Name the folder like the query; there is: {', '.join(catalogue.queries)}."
                raise DefinitionError(f"there is no query {path.parent.name!r}", document=path, mend=mend)
            cases.append(read_case(path, catalogue[path.parent.name]))
        except DefinitionsRejected as rejected:
            faults += rejected.errors
        except DefinitionError as error:
            faults.append(error)
    if faults:
        raise DefinitionsRejected(faults)
    return cases


def _writings(term: RdfTerm | None, home: str) -> tuple[str | None, ...]:
    """Return the ways in which a value may be written in a case, the shortest first."""
    if term is None:
        return (None,)
    text = str(term)
    if text.startswith(IKG_NS):
        return f"ikg:{text.removeprefix(IKG_NS)}", text
    slug = text.removeprefix(RESOURCES)
    return tuple(dict.fromkeys((slug.removeprefix(f"{home}/"), slug, text)))


def _is(expected: Row, found: Written) -> bool:
    return all(value in writings for value, writings in zip(expected, found, strict=True))


def _told(row: Row) -> str:
    return f"({', '.join('nothing' if value is None else value for value in row)})"
