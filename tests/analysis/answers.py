"""How tests ask an analysis, and supports to try its arithmetic on."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import strategies as st

from ineq_kg.analysis.catalogue import ANALYSES
from ineq_kg.analysis.robustness import Supported
from ineq_kg.app import App
from ineq_kg.triples.naming import slug_of

Row = dict[str, str | None]
Answer = Callable[..., list[Row]]

STUDIES = [f"study-{letter}" for letter in "abcdef"]
some_studies = st.frozensets(st.sampled_from(STUDIES))
supported = st.lists(
    st.builds(
        lambda node, certain, doubtful: Supported(node, "", node, certain, doubtful - certain),
        st.text(min_size=1, max_size=4),
        some_studies,
        some_studies,
    ),
    max_size=6,
)


def answering(app: App) -> Answer:
    """Return what answers an analysis on this app: rows of texts by column, IRIs of ours as slugs."""

    def answer(name: str, **values: str | list[str]) -> list[Row]:
        rows = ANALYSES[name].answer(lambda query, given: app.rows(query, given)[0], values)
        return [{column: None if term is None else slug_of(str(term)) for column, term in row.items()} for row in rows]

    return answer
