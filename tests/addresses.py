"""Addresses of all pages: of every view and every question, from the examples of their own parameters."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from urllib.parse import quote, urlencode

from ineq_kg.app import App
from ineq_kg.queries.definition import Parameter
from ineq_kg.represent.views.catalogue import VIEWS

ARGUMENT = "/argument/mcmahon-2022/argument/narrow-problematisation"
CLAIM = "/claim/mcmahon-2022/claim/simplifying-may-legitimise-norms"
LEFT_OUT = "without=mcmahon-2022/study/mead&without=mcmahon-2022/study/pauly"
WHY = f"/explain?subject=mcmahon-2022/study/babbel&predicate=contributesTo&object={ARGUMENT[10:]}&format=html"
# One page of each kind that is no view: the ontology by a part of it, a record by a short one.
FIXED = ("/queries", "/ontology/components/study", "/doc/mcmahon-2022/study/babbel.html", WHY)

Example = Callable[[Parameter], str | None]


def views(example: Example = lambda parameter: parameter.example) -> Iterator[str]:
    """Yield the address of every view; `example` gives a value for each parameter that needs one."""
    for view in VIEWS.values():
        given = {name: example(one) for name, one in view.form.parameters.items() if one.required or name == view.path}
        path = given.pop(view.path, None)
        rest = {name: value for name, value in given.items() if value is not None}
        yield f"/{view.name}" + (f"/{quote(path)}" if path else "") + (f"?{urlencode(rest)}" if rest else "")


def questions(app: App, example: Example = lambda parameter: parameter.example) -> Iterator[str]:
    """Yield the address of every question, asked with the least that it needs."""
    for question in app.questions:
        needed = {name: example(one) for name, one in question.header.parameters.items() if one.required}
        yield f"/queries/{question.name}" + (f"?{urlencode(needed)}" if needed else "")
