"""Checks: questions whose every row is an offender.

Each is a file of plain SPARQL, headed by its rule in plain English::

    #+ rule: A third-order construct rests on at least one translated construct.
    #+ severity: violation
    #+ mend: Name what it rests on under `synthesises`.
    #+ field: synthesises
    #+ columns:
    #+   offender: The third-order construct
    SELECT ?offender WHERE { ... }

A file is named after its rule: `claim-without-support-violation.rq`. Checks run on one synthesis, on what it asserts and what
follows from that.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pyoxigraph as ox
from pydantic import BaseModel, ConfigDict

from ineq_kg.errors import DefinitionError
from ineq_kg.ingest.header import read_header
from ineq_kg.reason.offences import Offence, Rule, Severity
from ineq_kg.resources import resource
from ineq_kg.triples.sparql_file import selected_by
from ineq_kg.vocabulary import PREFIXES

_ENDING = "-violation.rq"
_COLUMNS = (["offender"], ["offender", "detail"])


class _Header(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    rule: str
    severity: Severity
    mend: str
    field: str = ""
    columns: dict[str, str]


@dataclass(frozen=True)
class Check:
    """A rule, and the query whose rows break it."""

    rule: Rule
    text: str
    path: Path


def read_check(path: Path) -> Check:
    """Read one file. Raises DefinitionError, with the line at fault, where it is not a check."""
    text = path.read_text(encoding="utf-8")
    header = read_header(path, text, _Header)
    selected = selected_by(path, text)
    if selected not in _COLUMNS or selected != list(header.columns):
        message = "a check selects ?offender, and perhaps ?detail, and describes what it selects"
        raise DefinitionError(message, document=path, line=1)
    name = path.name.removesuffix(_ENDING)
    return Check(Rule(name, header.rule, header.severity, header.mend, header.field), text, path)


@cache
def all_checks() -> tuple[Check, ...]:
    """Return this installation's checks, in the order of their names. Raises DefinitionError."""
    return tuple(read_check(path) for path in sorted((resource("ontology") / "checks").glob(f"*{_ENDING}")))


def offences(quads: Iterable[ox.Quad], checks: Iterable[Check] | None = None) -> list[Offence]:
    """Return every offender against the checks (all, unless given), in the order of checks and nodes.

    `quads` are those of one synthesis, asserted and inferred; which graph they are in makes no difference.
    """
    store = ox.Store()
    store.extend(ox.Quad(*quad.triple) for quad in quads)
    found = []
    for check in all_checks() if checks is None else checks:
        rows = store.query(check.text, prefixes=PREFIXES)
        found += sorted(_offences(check, rows), key=lambda offence: (offence.node, offence.detail))
    return found


def _offences(check: Check, rows: object) -> set[Offence]:
    if not isinstance(rows, ox.QuerySolutions):
        raise TypeError("a check is a SELECT query")  # read_check lets no other in
    return {Offence(check.rule, *("" if term is None else term.value for term in row)) for row in rows}
