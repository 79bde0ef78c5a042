"""What a query file says of itself.

A definition is plain SPARQL that any editor runs, headed by YAML in comments::

    #+ summary: Walk back from a claim to the words it rests on
    #+ question: What does this claim rest on?
    #+ parameters:
    #+   start: {type: iri, description: Where to begin, example: mcmahon-2022/argument/x, required: true}
    #+ columns:
    #+   node: {label: Node, meaning: What was reached}
    #+ budget: 50
    SELECT ?node WHERE { ... }

`Header` knows nothing of SPARQL: an answer that is computed otherwise describes itself in the same way.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal, Protocol

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from ineq_kg.errors import DefinitionError
from ineq_kg.ingest.header import as_model, header_of, read_sparql
from ineq_kg.ingest.yaml_document import YamlDocument
from ineq_kg.queries.grlc import from_grlc
from ineq_kg.resources import resource
from ineq_kg.store.tokens import Token, tokens

ParameterType = Literal["iri", "string", "integer", "decimal", "boolean", "date", "lang", "enum"]
# What a request says beside the values of parameters, over HTTP or on the command line.
RESERVED = frozenset(
    {"at", "catalogue", "cursor", "format", "help", "limit", "output", "queries", "server", "store", "validate"}
)
_FILE_NAME = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_HEADER = re.compile(r"\A(?:#\+.*\n)+")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def _parameter_name(name: str) -> str:
    if not _VARIABLE.fullmatch(name):
        raise ValueError("this is not a variable's name")
    if name in RESERVED:
        raise ValueError(f"the name is taken: {', '.join(sorted(RESERVED))} say how to answer")
    return name


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, serialize_by_alias=True)


class Parameter(_Part):
    """One parameter: the variable of the same name is bound to its value, or with `many` to any of several.

    `of_class` (`class` in a file) is the class whose instances are meant, as `ikg:Study`; `values`, where there are any, are
    the only ones possible.
    """

    type: ParameterType
    description: str
    of_class: str | None = Field(default=None, alias="class")
    required: bool = False
    many: bool = False
    default: str | None = None
    example: str | None = None
    values: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Parameter:
        if self.type == "enum" and not self.values:
            raise ValueError("an enum lists its `values`")
        if self.of_class is not None and self.type != "iri":
            raise ValueError("only an iri has a `class`")
        if self.required and self.default is not None:
            raise ValueError("what has a default is never missing: leave out `required` or `default`")
        return self


class Column(_Part):
    """One column of the answer."""

    label: str
    meaning: str


class Form(_Part):
    """What can be asked, and with which parameters."""

    summary: str
    question: str
    description: str = ""
    parameters: dict[Annotated[str, AfterValidator(_parameter_name)], Parameter] = Field(default_factory=dict)


class Header(Form):
    """The YAML header.

    `scope` says which graphs the query runs on: `asserted` what the synthesis of its IRIs asserts, `synthesis` that and what
    was inferred from it, `all` the union of all graphs. An IRI that syntheses share (a report's) always means `all`.
    `budget` is in milliseconds.
    """

    scope: Literal["asserted", "synthesis", "all"] = "all"
    columns: dict[str, Column]
    tags: tuple[str, ...] = ()
    budget: int = Field(gt=0)


class Question(Protocol):
    """What can be asked by name, however it is answered."""

    @property
    def name(self) -> str:
        """The name it is asked by."""

    @property
    def header(self) -> Header:
        """What it says of itself."""


@dataclass(frozen=True)
class NamedQuery:
    """A question with its SPARQL. `name` is the file's name without `.rq`."""

    name: str
    header: Header
    text: str
    path: Path
    source: YamlDocument = field(repr=False, compare=False)

    @cached_property
    def ours(self) -> bool:
        """Whether it comes with this software, and so is known to be answered soon."""
        return self.path.is_relative_to(resource("queries"))

    @cached_property
    def tokens(self) -> tuple[Token, ...]:
        """The tokens of the text, read once."""
        return tuple(tokens(self.text))

    @cached_property
    def body_start(self) -> int:
        """Where the group after the outermost WHERE begins. Raises DefinitionError where values could not stand there."""
        depth, after_where = 0, False
        for token, following in zip(self.tokens, [*self.tokens[1:], Token("mark", "", 0)], strict=True):
            if token.text == "{":
                if after_where and depth == 0:
                    if following.keyword == "SELECT":
                        message = "the outer group is a bare sub-SELECT, which no VALUES can stand beside"
                        raise self.fault(
                            message, line=self.line(following), mend="Put the sub-SELECT in braces of its own."
                        )
                    return token.start + 1
                depth += 1
            elif token.text == "}":
                depth -= 1
            elif token.keyword == "WHERE" and depth == 0:
                after_where = True
        line = next((self.line(token) for token in self.tokens if token.keyword == "SELECT"), 1)
        raise self.fault(
            "the query has no outer `WHERE {`", line=line, mend="Write WHERE before the query's outermost brace."
        )

    @property
    def sparql(self) -> str:
        """The text without its header."""
        return _HEADER.sub("", self.text)

    def line(self, token: Token) -> int:
        """Return the line that a token stands in."""
        return self.text.count("\n", 0, token.start) + 1

    def fault(self, message: str, *place: str, line: int | None = None, mend: str = "") -> DefinitionError:
        """Return an error at a place in the header, such as `parameters`, `start`, or at a line of the file."""
        at = self.source.line(place) if line is None else line
        return DefinitionError(message, document=self.path, line=at, mend=mend)


def read_definition(path: Path) -> NamedQuery:
    """Read one query file. Raises DefinitionError, or DefinitionsRejected where its header has several faults."""
    if not _FILE_NAME.fullmatch(path.stem):
        mend = "Name it as in `claims-of-study.rq`."
        raise DefinitionError("a query's file name is lower-case words joined by hyphens", document=path, mend=mend)
    text = read_sparql(path)
    source = from_grlc(header_of(path, text))
    return NamedQuery(path.stem, as_model(source, Header), text, path, source)
