"""What a query file says of itself.

A definition is plain SPARQL that any editor runs, headed by YAML in comments::

    #+ summary: Walk back from a claim to the words it rests on
    #+ parameters:
    #+   start: {type: iri, description: Where to begin, example: mcmahon-2022/argument/x, required: true}
    #+ columns:
    #+   node: {label: Node, meaning: What was reached}
    SELECT ?node WHERE { ... }
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from ineq_kg.errors import DefinitionError
from ineq_kg.triples.sparql_file import line_of, read_header, selected_by

ParameterType = Literal["iri", "string", "integer", "decimal", "boolean", "date", "lang", "enum"]
_NAME = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Parameter(_Part):
    """One parameter: the variable of the same name is bound to its value."""

    type: ParameterType
    description: str
    required: bool = False
    default: str | None = None
    example: str | None = None
    values: tuple[str, ...] = ()


class Column(_Part):
    """One column of the answer."""

    label: str
    meaning: str


class Header(_Part):
    """The YAML header.

    `scope` says which graphs the query runs on: `asserted` what the synthesis of its IRIs asserts, `synthesis` that and what
    was inferred from it, `all` the union of all graphs. An IRI that syntheses share (a report's) always means `all`.
    """

    summary: str
    question: str
    scope: Literal["asserted", "synthesis", "all"] = "all"
    parameters: dict[str, Parameter] = Field(default_factory=dict)
    columns: dict[str, Column]
    tags: tuple[str, ...] = ()
    budget: int = Field(gt=0, description="milliseconds")


class NamedQuery(_Part):
    """A question with its SPARQL. `name` is the file's name without `.rq`."""

    name: str
    header: Header
    text: str
    path: Path


def read_definition(path: Path) -> NamedQuery:
    """Read one query file and check all it says. Raises DefinitionError with the line at fault."""
    text = path.read_text(encoding="utf-8")
    if not _NAME.fullmatch(path.stem):
        raise DefinitionError("a query's file name is lower-case words joined by hyphens", document=path)
    header = read_header(path, text, Header)
    query = NamedQuery(name=path.stem, header=header, text=text, path=path)
    _check(query)
    return query


def _check(query: NamedQuery) -> None:
    path = query.path
    projected = selected_by(path, query.text)
    if projected != list(query.header.columns):
        raise DefinitionError(
            f"the columns described ({', '.join(query.header.columns)}) are not those selected"
            f" ({', '.join(projected)})",
            document=path,
            line=line_of(query.text, "columns"),
        )
    body = "\n".join(line for line in query.text.splitlines() if not line.startswith("#"))
    for name in query.header.parameters:
        if not re.search(rf"[?$]{re.escape(name)}\b", body):
            line = line_of(query.text, name)
            raise DefinitionError(f"the parameter {name!r} is not a variable of the query", document=path, line=line)
