"""All questions that are computed, rather than written in SPARQL, by name."""

from __future__ import annotations

from ineq_kg.analysis.catalogue import ANALYSES
from ineq_kg.queries.definition import Question
from ineq_kg.search.question import SEARCH

COMPUTED: dict[str, Question] = {**ANALYSES, SEARCH.name: SEARCH}
