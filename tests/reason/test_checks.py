"""Every check finds the fault it is for and names it in its author's words, with file and line; a sound synthesis passes."""

from __future__ import annotations

from pathlib import Path

import pytest

from faults import FAULTS, SOUND, graph, sound, sown
from ineq_kg.checking import findings, findings_in, refuse
from ineq_kg.errors import DefinitionError, DocumentsRejected
from ineq_kg.ingest.records import Loaded, read_synthesis
from ineq_kg.reason.checks import all_checks, read_check
from ineq_kg.reason.offences import Finding, Severity
from ineq_kg.records import CLASSES
from ineq_kg.records.base import Link
from ineq_kg.records.fields import fields_of
from ineq_kg.vocabulary import RESOURCES

NAMES = [check.rule.name for check in all_checks()]
RULES = {check.rule.name: check.rule for check in all_checks()}
# What no file of records can hold: the reading of records, or the mapper, sees to it. Turtle added, triples left out, node.
IN_GRAPHS = {
    "quotation-without-source": (
        "",
        "sound/source/text> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type",
        "span/waiting",
    ),
    "link-without-statement": ("", "claim/unseen> <https://w3id.org/ineq-kg/ontology#synthesises>", "claim/unseen"),
    "constructs-made-the-same": (
        "<{s}second-order/ward-waiting> owl:sameAs <{s}second-order/yard-waiting> .",
        "",
        "second-order/ward-waiting",
    ),
}
# The source is left out, and all that leans on it.
UNSOURCED = "synthesis-without-source"
FIELDS = {field.name for cls in (*CLASSES.values(), Link) for field in fields_of(cls)}


def named(found: list[Finding], rule: str) -> list[Finding]:
    return [finding for finding in found if finding.rule.name == rule]


def test_every_check_has_a_fault_that_it_finds() -> None:
    assert sorted([*FAULTS, *IN_GRAPHS, UNSOURCED]) == NAMES


def test_a_sound_synthesis_passes_every_check() -> None:
    assert findings(sound()) == []


@pytest.mark.parametrize("rule", FAULTS)
def test_a_sown_fault_is_found_where_it_was_sown(rule: str, tmp_path: Path) -> None:
    fault = FAULTS[rule]
    path = sown(fault, tmp_path)
    found = named(findings(read_synthesis(path)), rule)
    assert (str(path), fault.line) in [(finding.document, finding.line) for finding in found]
    told = "\n".join(f"{finding.label}: {finding.rule.says} {finding.detail}" for finding in found)
    assert fault.says in told


@pytest.mark.parametrize("rule", IN_GRAPHS)
def test_a_fault_that_only_a_graph_can_have_is_found(rule: str) -> None:
    added, without, slug = IN_GRAPHS[rule]
    quads = graph(sound(), without=without, added=added.format(s=RESOURCES + "sound/"))
    (finding,) = [one for one in named(findings_in(sound(), quads), rule) if one.slug == slug]
    assert finding.document == str(SOUND)
    assert finding.line is not None


def test_a_synthesis_without_a_source_is_told_once(tmp_path: Path) -> None:
    path = tmp_path / "unsourced.yaml"
    path.write_text(
        "synthesis:\n  - {id: unsourced, label: U}\n"
        "phenomena:\n  - {id: phenomenon/a, label: A, basis: StatedInText, confidence: High}\n"
    )
    names = [finding.rule.name for finding in findings(read_synthesis(path))]
    assert names.count(UNSOURCED) == 1
    assert "interpretation-without-evidence" not in names


@pytest.mark.parametrize("name", NAMES)
def test_a_rule_is_told_in_sentences_and_points_at_a_field(name: str) -> None:
    rule = RULES[name]
    assert rule.says.endswith(".")
    assert rule.mend.endswith(".")
    assert not rule.field or rule.field in FIELDS
    assert not rule.says.startswith(("?", "SELECT"))


def test_the_founding_synthesis_has_no_violation(founding: Loaded) -> None:
    found = findings(founding)
    assert [finding for finding in found if finding.fatal] == []
    assert all(finding.document and finding.line for finding in found)


def test_a_load_is_refused_for_violations_and_not_for_warnings(tmp_path: Path) -> None:
    fault = FAULTS["claim-without-support"]
    path = sown(fault, tmp_path)
    with pytest.raises(DocumentsRejected) as caught:
        refuse(findings(read_synthesis(path)))
    (error,) = caught.value.errors
    assert (error.document, error.line) == (str(path), fault.line)
    assert "Porters work while they wait" in str(error)
    assert "synthesises" in error.mend
    warned = findings(read_synthesis(sown(FAULTS["doubt-without-note"], tmp_path)))
    assert [finding.rule.severity for finding in warned] == [Severity.WARNING]
    refuse(warned)


HEAD = "#+ rule: R.\n#+ severity: violation\n#+ mend: M.\n#+ columns:\n#+   offender: O\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("SELECT ?offender WHERE { ?offender ?p ?o }", "header"),
        (HEAD.replace("violation", "sin") + "SELECT ?offender WHERE { ?offender ?p ?o }", "severity"),
        (HEAD.replace("R.", "R: s: t.") + "SELECT ?offender WHERE { ?offender ?p ?o }", "not YAML"),
        (HEAD + "SELECT ?who WHERE { ?who ?p ?o }", "selects ?offender"),
        (HEAD + "ASK { ?offender ?p ?o }", "SELECT query"),
        (HEAD + "SELECT ?offender WHERE { ?offender ?p }", ":6: not SPARQL"),
    ],
)
def test_a_file_that_is_not_a_check_is_refused_with_its_fault(text: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "x-violation.rq"
    path.write_text(text)
    with pytest.raises(DefinitionError) as caught:
        read_check(path)
    assert message in str(caught.value)
    assert str(path) in str(caught.value)
