"""The header of a SPARQL file: YAML in `#+` comments above the query, as grlc writes it, so that any editor runs the file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from ineq_kg.errors import DefinitionError, DefinitionsRejected, DocumentError
from ineq_kg.ingest.yaml_document import YamlDocument, parse_yaml, read_text

_HEADER = re.compile(r"#\+ ?(.*)")
HeaderModel = TypeVar("HeaderModel", bound=BaseModel)


def read_sparql(path: Path) -> str:
    """Return the text of a SPARQL file. Raises DefinitionError where it cannot be read or is not UTF-8."""
    try:
        return read_text(path)
    except DocumentError as error:
        raise DefinitionError(error.message, document=path, line=error.line, mend=error.mend) from error


def header_of(path: Path, text: str) -> YamlDocument:
    """Return the YAML of the file's header; its lines are those of the file. Raises DefinitionError."""
    lines = []
    for line in text.split("\n"):
        found = _HEADER.fullmatch(line.rstrip("\r"))
        if not found and line.strip() and not line.startswith("#"):
            break
        lines.append(found.group(1) if found else "")
    header = "\n".join(lines)
    if not header.strip():
        mend = "Begin the file with lines such as `#+ summary: ...`."
        raise DefinitionError("the file has no `#+` header", document=path, line=1, mend=mend)
    try:
        return parse_yaml(path, header)
    except DocumentError as error:
        raise DefinitionError(f"header: {error.message}", document=path, line=error.line, mend=error.mend) from error


def as_model(document: YamlDocument, model: type[HeaderModel], what: str = "header") -> HeaderModel:
    """Return a header, or `what` else it is, as `model`. Raises DefinitionsRejected with every fault at its line."""
    try:
        return model.model_validate(document.data)
    except ValidationError as error:
        raise DefinitionsRejected([_told(document, detail, what) for detail in error.errors()]) from error


def _told(document: YamlDocument, detail: Mapping[str, Any], what: str) -> DefinitionError:
    """Return one of pydantic's findings with its place and line."""
    place = tuple(part for part in detail["loc"] if part != "[key]")
    where = ", ".join([what, ".".join(map(str, place))] if place else [what])
    said = detail["msg"].removeprefix("Value error, ")
    return DefinitionError(f"{where}: {said}", document=document.path, line=document.line(place))


def read_header(path: Path, text: str, model: type[HeaderModel]) -> HeaderModel:
    """Return the header of a file as `model`. Raises DefinitionError, or DefinitionsRejected where it has several faults."""
    return as_model(header_of(path, text), model)
