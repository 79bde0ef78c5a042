"""What the engine says of a SPARQL file before anything runs."""

from __future__ import annotations

import re
from pathlib import Path

import pyoxigraph as ox

from ineq_kg.errors import DefinitionError
from ineq_kg.vocabulary import PREFIXES


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
