"""A SPARQL file that describes itself: YAML in `#+` comments, then a SELECT query that any editor runs."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TypeVar

import pyoxigraph as ox
import yaml
from pydantic import BaseModel, ValidationError

from ineq_kg.errors import DefinitionError
from ineq_kg.vocabulary import PREFIXES

_HEADER = re.compile(r"#\+ ?(.*)")
HeaderModel = TypeVar("HeaderModel", bound=BaseModel)


def line_of(text: str, word: str) -> int:
    """Return the first line that holds `word`, else 1."""
    for number, line in enumerate(text.splitlines(), 1):
        if re.search(rf"\b{re.escape(word)}\b", line):
            return number
    return 1


def _yaml(path: Path, text: str) -> str:
    """Return the header with its lines where they stand in the file, so that errors point at them."""
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


def read_header(path: Path, text: str, model: type[HeaderModel]) -> HeaderModel:
    """Return the header of a file as `model`. Raises DefinitionError at the line at fault."""
    try:
        return model.model_validate(yaml.safe_load(_yaml(path, text)))
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise DefinitionError(f"the header is not YAML: {error.problem}", document=path, line=line) from error
    except ValidationError as error:
        detail = error.errors()[0]
        place = ".".join(str(part) for part in detail["loc"])
        line = line_of(text, str(detail["loc"][-1]) if detail["loc"] else "")
        raise DefinitionError(f"header, {place}: {detail['msg']}", document=path, line=line) from error


def selected_by(path: Path, text: str) -> list[str]:
    """Return the variables that the file's query selects. Raises DefinitionError for anything but sound SELECT."""
    try:
        result = ox.Store().query(text, prefixes=PREFIXES)
    except SyntaxError as error:
        found = re.search(r"error at (\d+):", str(error.msg))
        line = int(found.group(1)) if found else 1
        raise DefinitionError(f"not SPARQL: {error.msg}", document=path, line=line) from error
    if not isinstance(result, ox.QuerySolutions):
        raise DefinitionError("the file does not hold a SELECT query", document=path, line=1)
    return [variable.value for variable in result.variables]
