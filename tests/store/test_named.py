"""Which graphs an update is about, as far as its text says."""

from __future__ import annotations

import pytest

from ineq_kg.errors import QueryError
from ineq_kg.store.named import named_by

SYNTHESIS = "https://w3id.org/ineq-kg/graph/mcmahon-2022"
PAIR = {SYNTHESIS, f"{SYNTHESIS}/inferred"}


@pytest.mark.parametrize(
    ("update", "graphs", "every"),
    [
        ("INSERT DATA { GRAPH <a:g> { <a:s> <a:p> <a:o> } }", {"a:g"}, False),
        ("INSERT DATA{GRAPH<a:g>{<a:s> <a:p> '''GRAPH <a:h>''' # GRAPH <a:i>\n}}", {"a:g"}, False),
        (
            "PREFIX x: <a:> BASE <http://h/a/> WITH x:g DELETE { ?s ?p ?o } USING <b> WHERE { ?s ?p ?o }",
            {"a:g", "http://h/a/b"},
            False,
        ),
        ("PREFIX : <a:g> DROP GRAPH : ; PREFIX : <a:h> CLEAR SILENT GRAPH :", {"a:g", "a:h"}, False),
        (
            "COPY <a:g> TO <a:h> ; MOVE SILENT GRAPH <a:i> TO GRAPH <a:j> ; ADD DEFAULT TO <rel>",
            {"a:g", "a:h", "a:i", "a:j", "http://base/rel"},
            False,
        ),
        ("COPY SILENT <a:g> TO DEFAULT", {"a:g"}, False),
        ("DELETE WHERE { GRAPH ?g { ?s ?p ?o } }", set(), True),
        ("CLEAR ALL", set(), True),
        ("DROP SILENT NAMED", set(), True),
        (f"DELETE WHERE {{ GRAPH <{SYNTHESIS}> {{ _:b ?p ?o }} }}", PAIR, False),
        ("DELETE WHERE { GRAPH graph:mcmahon-2022 { ?s ikg:yields ?o } }", PAIR, False),
    ],
)
def test_graphs_are_found_by_name(update: str, graphs: set[str], every: bool) -> None:
    about = named_by(update, "http://base/")
    assert (about.graphs - {None}, about.every) == (graphs, every)
    assert None in about.graphs


@pytest.mark.parametrize(
    "update",
    [
        "PREFIX x: <a:> INSERT DATA { GRAPHx:g { <a:s> <a:p> 1 } }",
        "INSERT DATA { \\u0047RAPH <a:g> { <a:s> <a:p> 1 } }",
        "INSERT DATA { GRAPH <a:\\u0067> { <a:s> <a:p> 1 } }",
        "INSERT DATA { GRAPH nowhere:g { <a:s> <a:p> 1 } }",
        "DELETE { } WHERE { FILTER(?a<?b#>) \n GRAPH <a:g> { } }",
    ],
)
def test_what_may_be_read_otherwise_is_refused(update: str) -> None:
    with pytest.raises(QueryError, match="not understood"):
        named_by(update, None)
