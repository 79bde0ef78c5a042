"""What came of the suites: as an EARL report (W3C Evaluation and Report Language 1.0), and as figures in Markdown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from exclusions import EXCLUDED
from manifests import Case
from rdflib import DC, DOAP, RDF, XSD, BNode, Graph, Literal, Namespace, URIRef

from ineq_kg import __version__

EARL = Namespace("http://www.w3.org/ns/earl#")
_PROJECT = URIRef("https://w3id.org/ineq-kg/software")
_TESTER = URIRef("https://w3id.org/ineq-kg/software#conformance-tests")
_HEAD = """# Conformance

What the service does of SPARQL 1.1, measured by the W3C's own test suites (w3c/rdf-tests), each test sent over HTTP to a running
server. `make conformance` runs them, writes this page, and writes an EARL report of every test into `build/earl.ttl`.
"""


@dataclass(frozen=True)
class Outcome:
    """What came of one test."""

    test: str
    suite: str
    passed: bool


def expected(cases: Iterable[Case]) -> list[Outcome]:
    """Return what has to come of each test: those that are excluded fail, and all others pass."""
    return [Outcome(case.iri, case.suite, case.iri not in EXCLUDED) for case in cases]


def earl(outcomes: Iterable[Outcome], day: date) -> str:
    """Return a report in Turtle: an assertion for each test, made on this day."""
    graph = Graph(bind_namespaces="none")
    for prefix, namespace in {"earl": EARL, "doap": DOAP, "dc": DC, "xsd": XSD}.items():
        graph.bind(prefix, namespace)
    release = BNode("release")
    graph += [
        (_PROJECT, RDF.type, DOAP.Project),
        (_PROJECT, RDF.type, EARL.TestSubject),
        (_PROJECT, RDF.type, EARL.Software),
        (_PROJECT, DOAP.name, Literal("ineq-kg")),
        (_PROJECT, DOAP.release, release),
        (release, DOAP.revision, Literal(__version__)),
        (_TESTER, RDF.type, EARL.Assertor),
        (_TESTER, RDF.type, EARL.Software),
        (_TESTER, DC.title, Literal("ineq-kg, tests/conformance")),
    ]
    for number, one in enumerate(outcomes):
        assertion, result = BNode(f"assertion{number:04}"), BNode(f"result{number:04}")
        graph += [
            (assertion, RDF.type, EARL.Assertion),
            (assertion, EARL.assertedBy, _TESTER),
            (assertion, EARL.subject, _PROJECT),
            (assertion, EARL.test, URIRef(one.test)),
            (assertion, EARL.mode, EARL.automatic),
            (assertion, EARL.result, result),
            (result, RDF.type, EARL.TestResult),
            (result, EARL.outcome, EARL.passed if one.passed else EARL.failed),
            (result, DC.date, Literal(day)),
        ]
        if one.test in EXCLUDED:
            graph.add((result, EARL.info, Literal(EXCLUDED[one.test], lang="en")))
    return graph.serialize(format="turtle")


def table(outcomes: Iterable[Outcome]) -> str:
    """Return how many tests of each suite pass, as a table in Markdown."""
    outcomes = list(outcomes)
    tests, passed = Counter(one.suite for one in outcomes), Counter(one.suite for one in outcomes if one.passed)
    rows = [
        f"| {suite} | {passed[suite]} of {tests[suite]} |" for suite in dict.fromkeys(one.suite for one in outcomes)
    ]
    return "\n".join(["| suite | passed |", "|---|---|", *rows, f"| all | {passed.total()} of {tests.total()} |", ""])


def figures(outcomes: Iterable[Outcome]) -> str:
    """Return the page: the table, and each test that does not pass with the reason."""
    outcomes = list(outcomes)
    failed = [
        f"- [`{one.test.split('/')[-2]}` {one.test.partition('#')[2]}]({one.test}): {_why(one.test, EXCLUDED)}"
        for one in outcomes
        if not one.passed
    ]
    return "\n".join([_HEAD, table(outcomes), "These do not pass:\n", *sorted(failed), ""])


def _why(test: str, reasons: Mapping[str, str]) -> str:
    return f"{reasons.get(test, 'not known yet')}."
