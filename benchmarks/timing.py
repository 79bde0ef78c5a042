"""What to ask of a corpus by name, in SPARQL or computed, and how long the answer takes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ineq_kg.app import App
from ineq_kg.queries.definition import Parameter, Question
from ineq_kg.records import Record
from ineq_kg.records.bundle import Bundle
from ineq_kg.triples.naming import Naming

# The tag of named queries whose answer is as long as the corpus; each says so in its file, and has a budget of its own.
WHOLE_CORPUS = "whole-corpus"
# Compares syntheses, and refuses all of a corpus: it is asked of two.
OVERLAP = "overlap"
Value = str | tuple[str, ...]


@dataclass(frozen=True)
class Asked:
    """A question with values for its required parameters, and perhaps for one more, which the name then says."""

    query: Question
    values: dict[str, Value]
    optional: str = ""

    @property
    def name(self) -> str:
        """The question's name, and the optional parameter that has a value."""
        return f"{self.query.name} {self.optional}".strip()


def _candidates(app: App, name: str, parameter: Parameter, bundle: Bundle) -> Iterator[str]:
    """Yield values from the records: those whose kind the parameter's example names, or that have a field of its name.

    Where the example is a term of the ontology, or no node, it is the value. An `other` synthesis is any but this one.
    """
    naming = Naming.of(bundle)
    example = parameter.example or ""
    if parameter.type == "iri":
        kind = example.partition("/")[2].partition("/")[0]
        if ":" in example:
            yield example  # a term of the ontology is the same in every synthesis
        elif name == "other":
            yield from (one for one in app.syntheses() if one != naming.iri(bundle.synthesis.id))
        elif not kind:
            yield naming.iri(bundle.synthesis.id)
        else:
            yield from (naming.iri(record.id) for record in bundle.records if record.id.startswith(f"{kind}/"))
    elif parameter.type == "string":
        for record in bundle.records:
            found = getattr(record, name, None) if isinstance(record, Record) else None
            yield from (found or ()) if isinstance(found, tuple) else ()
    else:
        yield example


def asked(app: App, query: Question, bundle: Bundle) -> Iterator[Asked]:
    """Yield what to ask about one synthesis: with the required parameters, then with each other one as well.

    Of the values that a parameter may have, the first that is answered by rows. Raises LookupError where no value is.
    """
    parameters = query.header.parameters
    values: dict[str, Value] = {}
    if query.name == OVERLAP:
        yield Asked(query, {"synthesis": (Naming.of(bundle).iri(bundle.synthesis.id), app.syntheses()[0])})
        return
    for name, parameter in parameters.items():
        if parameter.required:
            values[name] = _first(app, query, values, (name, parameter), bundle)
    yield Asked(query, values)
    for name, parameter in parameters.items():
        if not parameter.required:
            value = _first(app, query, values, (name, parameter), bundle)
            yield Asked(query, values | {name: value}, name)


def _first(app: App, query: Question, values: dict[str, Value], named: tuple[str, Parameter], bundle: Bundle) -> str:
    name, parameter = named
    others = {key: one for key, one in query.header.parameters.items() if one.required and key not in {*values, name}}
    for value in _candidates(app, name, parameter, bundle):
        if others or len(app.rows(query.name, {**values, name: value})[0]):
            return value
    raise LookupError(f"{query.name}: no value of {name} in {bundle.synthesis.id} is answered by a row")


def milliseconds(app: App, question: Asked, times: int, clock: Callable[[], float] = time.perf_counter) -> list[float]:
    """Return how long each of several answers took: by the clock on the wall, unless another is given."""
    taken = []
    for _ in range(times):
        start = clock()
        app.rows(question.query.name, question.values)
        taken.append((clock() - start) * 1000)
    return taken
