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

import pyoxigraph as ox
import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ineq_kg.errors import DefinitionError
from ineq_kg.vocabulary import PREFIXES

ParameterType = Literal["iri", "string", "integer", "decimal", "boolean", "date", "lang", "enum"]
_NAME = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_HEADER = re.compile(r"#\+ ?(.*)")


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


def _split(path: Path, text: str) -> str:
    lines = []
    for line in text.splitlines():
        found = _HEADER.fullmatch(line)
        lines.append(found.group(1) if found else "")
        if not found and line.strip() and not line.startswith("#"):
            break
    header = "\n".join(lines)
    if not header.strip():
        raise DefinitionError("the file has no `#+` header", document=path, line=1)
    return header


def read_definition(path: Path) -> NamedQuery:
    """Read one query file and check all it says. Raises DefinitionError with the line at fault."""
    text = path.read_text(encoding="utf-8")
    if not _NAME.fullmatch(path.stem):
        raise DefinitionError("a query's file name is lower-case words joined by hyphens", document=path)
    try:
        header = Header.model_validate(yaml.safe_load(_split(path, text)))
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise DefinitionError(f"the header is not YAML: {error.problem}", document=path, line=line) from error
    except ValidationError as error:
        detail = error.errors()[0]
        place = ".".join(str(part) for part in detail["loc"])
        line = _line_of(text, str(detail["loc"][-1]) if detail["loc"] else "")
        raise DefinitionError(f"header, {place}: {detail['msg']}", document=path, line=line) from error
    query = NamedQuery(name=path.stem, header=header, text=text, path=path)
    _check(query)
    return query


def _line_of(text: str, word: str) -> int:
    """Return the first line that holds `word`, else 1."""
    for number, line in enumerate(text.splitlines(), 1):
        if re.search(rf"\b{re.escape(word)}\b", line):
            return number
    return 1


def _check(query: NamedQuery) -> None:
    path = query.path
    try:
        result = ox.Store().query(query.text, prefixes=PREFIXES)
    except SyntaxError as error:
        found = re.search(r"error at (\d+):", str(error.msg))
        line = int(found.group(1)) if found else 1
        raise DefinitionError(f"not SPARQL: {error.msg}", document=path, line=line) from error
    if not isinstance(result, ox.QuerySolutions):
        raise DefinitionError("a named query is a SELECT query", document=path, line=1)
    projected = [variable.value for variable in result.variables]
    if projected != list(query.header.columns):
        raise DefinitionError(
            f"the columns described ({', '.join(query.header.columns)}) are not those selected"
            f" ({', '.join(projected)})",
            document=path,
            line=_line_of(query.text, "columns"),
        )
    body = "\n".join(line for line in query.text.splitlines() if not line.startswith("#"))
    for name in query.header.parameters:
        if not re.search(rf"[?$]{re.escape(name)}\b", body):
            line = _line_of(query.text, name)
            raise DefinitionError(f"the parameter {name!r} is not a variable of the query", document=path, line=line)
