"""Every competency question, held against answers that were checked by hand against the source text.

A case is `tests/competency/<query>/<case>.yaml`, as `queries/cases.py` has it; `checked` says how the expectation was checked.
`in: constructed` asks small syntheses that were made up for tests.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ineq_kg.app import FOUNDING as FOUNDING_SLUG
from ineq_kg.app import App
from ineq_kg.ingest.yaml_document import read_yaml
from ineq_kg.queries.cases import case_of
from ineq_kg.queries.catalogue import Catalogue
from ineq_kg.queries.definition import NamedQuery
from ineq_kg.reason.axioms import axioms
from ineq_kg.reason.closure import TYPE, clashes, close
from ineq_kg.resources import resource
from ineq_kg.store.tokens import tokens
from ineq_kg.vocabulary import IKG, IKG_NS, RESOURCES
from places import FOUNDING, ROOT

CASES = sorted((ROOT / "tests" / "competency").glob("*/*.yaml"))
QUERIES = Catalogue.read(resource("queries")).queries
OURS = sorted(QUERIES)
# Answers that are about more than one synthesis.
ACROSS = {"syntheses", "synthesis-index", "shared-reports"}


@pytest.fixture(scope="module")
def constructed(tmp_path_factory: pytest.TempPathFactory) -> App:
    """The founding synthesis among small ones that were made up for tests."""
    app = App.open(tmp_path_factory.mktemp("constructed") / "store")
    folders = (ROOT / "tests" / "syntheses", ROOT / "tests" / "competency")
    app.load([FOUNDING, *(path for folder in folders for path in sorted(folder.glob("*.yaml")))])
    return app


def required(query: NamedQuery) -> dict[str, str]:
    return {name: str(one.example) for name, one in query.header.parameters.items() if one.required}


@pytest.mark.parametrize("path", CASES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_the_answer_is_what_the_source_says(path: Path, request: pytest.FixtureRequest) -> None:
    source = read_yaml(path)
    app = request.getfixturevalue("constructed" if source.data.pop("in", "") == "constructed" else "loaded")
    case = case_of(source, QUERIES[path.parent.name])
    assert len(case.expected.checked) > 40, "say how the rows were checked"
    rows, _ = app.rows(case.query.name, case.values)
    assert [str(fault) for fault in case.faults(rows)] == []


def test_every_question_has_a_case() -> None:
    assert {path.parent.name for path in CASES} == set(OURS)


@pytest.mark.parametrize("name", OURS)
def test_every_parameter_narrows_or_keeps_the_answer(loaded: App, name: str) -> None:
    query = QUERIES[name]
    whole, _ = loaded.rows(name, required(query))
    for parameter, one in query.header.parameters.items():
        if one.required:
            continue
        assert one.example is not None
        narrowed, _ = loaded.rows(name, {**required(query), parameter: one.example})
        if one.default is None:
            assert 0 < len(narrowed) < len(whole), f"{parameter}={one.example}"


@pytest.mark.parametrize("name", sorted(set(OURS) - ACROSS))
def test_nothing_of_another_synthesis_is_in_the_answer(constructed: App, name: str) -> None:
    values = {key: value.replace(FOUNDING_SLUG, "refutational") for key, value in required(QUERIES[name]).items()}
    rows, _ = constructed.rows(name, values)
    for row in rows.rows:
        for term in row:
            assert not str(term).startswith(f"{RESOURCES}{FOUNDING_SLUG}")


@pytest.mark.parametrize("name", OURS)
def test_answers_come_in_a_fixed_order_and_whole(name: str) -> None:
    depth, words = 0, []
    for token in tokens(QUERIES[name].text):
        depth += {"{": 1, "}": -1}.get(token.text, 0)
        if depth == 0:
            words.append(token.keyword)
    assert "ORDER" in words
    assert not {"LIMIT", "OFFSET"} & set(words)


def _named_in(folder: Path, pattern: str) -> set[str]:
    texts = (path.read_text(encoding="utf-8") for path in folder.glob(pattern))
    return {name for text in texts for name in re.findall(r"\bikg:([A-Za-z0-9]+)", text)}


def _told_apart() -> set[str]:
    """Return the classes of values by which a contradiction is derived: one choice's value where another's is asked for."""
    known = axioms()
    values = {str(cls): value for value, predicate, cls in known.facts if predicate == TYPE}
    found: set[str] = set()
    for term, ranges in known.ranges.items():
        for asked in {cls for cls, _ in ranges} & set(values):
            other = next(cls for cls in values if cls != asked)
            if clashes(close([(f"{RESOURCES}x", term, values[other])], known)):
                found |= {asked, other}
    return {term.removeprefix(IKG_NS) for term in found}


def test_every_term_of_the_ontology_is_put_to_use() -> None:
    """By a question, a shape, a check or a derivation; that a record has a field of it is not enough."""
    ontology = resource("ontology")
    used = _named_in(resource("queries"), "*.rq")
    used |= _named_in(ontology / "shapes", "*.ttl") | _named_in(ontology / "checks", "*.rq")
    unused = set(IKG.__annotations__) - used - _told_apart()
    assert not unused, f"nothing uses {', '.join(sorted(unused))}"
