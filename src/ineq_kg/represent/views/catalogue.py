"""All views by name; the first page has the empty one."""

from __future__ import annotations

from typing import Any

from ineq_kg.represent.views.argument import ARGUMENT
from ineq_kg.represent.views.cite import CITE
from ineq_kg.represent.views.claim import CLAIM
from ineq_kg.represent.views.compare import COMPARE
from ineq_kg.represent.views.confidence import CONFIDENCE
from ineq_kg.represent.views.definition import View
from ineq_kg.represent.views.discourses import DISCOURSES
from ineq_kg.represent.views.emerge import EMERGE
from ineq_kg.represent.views.flow import FLOW
from ineq_kg.represent.views.graph import GRAPH
from ineq_kg.represent.views.home import HOME
from ineq_kg.represent.views.matrix import MATRIX
from ineq_kg.represent.views.search import SEARCH_VIEW
from ineq_kg.represent.views.sparql_editor import SPARQL_EDITOR
from ineq_kg.represent.views.synthesis import SYNTHESIS_VIEW

VIEWS: dict[str, View[Any]] = {
    view.name: view
    for view in (
        HOME,
        SYNTHESIS_VIEW,
        ARGUMENT,
        SEARCH_VIEW,
        CLAIM,
        CITE,
        MATRIX,
        DISCOURSES,
        GRAPH,
        SPARQL_EDITOR,
        FLOW,
        EMERGE,
        CONFIDENCE,
        COMPARE,
    )
}
