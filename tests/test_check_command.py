"""`ineq-kg check`, as its users see it: at a terminal, in a program, in code review."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from faults import FAULTS, SOUND, TEXT, sown
from ineq_kg.reason.checks import all_checks
from ineq_kg.reason.shacl import shape_rules
from maven import jars
from places import FOUNDING, ROOT, Finished

Run = Callable[..., Finished]
DOUBT = FAULTS["doubt-without-note"]
BROKEN = FAULTS["claim-without-support"]
ACKNOWLEDGED = """
acknowledgements:
  - id: acknowledgement/one
    label: "Known"
    rule: {rule}
    records: [{slug}]
    reason: "There is no more to say of it."
"""


def acknowledged(folder: Path, rule: str = "doubt-without-note", slug: str = "claim/unseen") -> Path:
    """A synthesis with one warning, and an acknowledgement."""
    path = sown(DOUBT, folder)
    path.write_text(path.read_text() + ACKNOWLEDGED.format(rule=rule, slug=slug))
    return path


def test_the_founding_synthesis_has_nothing_to_mend(run: Run) -> None:
    result = run("check", FOUNDING)
    assert result.code == 0
    assert re.search(r"mcmahon-2022: \d+ records, nothing to mend", result.out)
    assert "violation" not in result.out


def test_a_sound_synthesis_is_one_line(run: Run) -> None:
    result = run("check", SOUND, "--strict")
    assert (result.code, result.out) == (0, "sound: 38 records, nothing to mend\n")


def test_a_violation_is_told_with_place_rule_and_mend_and_fails(run: Run, tmp_path: Path) -> None:
    path = sown(BROKEN, tmp_path)
    result = run("check", path)
    assert result.code == 2
    assert result.out.startswith(f"{path}:{BROKEN.line}: violation: claim-without-support\n")
    assert "Porters work while they wait (claim/work)" in result.out
    assert "Rule: A third-order construct rests on at least one translated construct." in result.out
    assert "Mend: Name what it rests on under `synthesises`" in result.out
    assert "sound: 38 records, 1 violation" in result.out
    assert "1 to mend" in result.err


def test_a_warning_fails_only_when_asked_to(run: Run, tmp_path: Path) -> None:
    path = sown(DOUBT, tmp_path)
    result = run("check", path)
    assert result.code == 0
    assert f"{path}:{DOUBT.line}: warning: doubt-without-note" in result.out
    assert "nothing to mend, 1 warning to look at" in result.out
    strict = run("check", path, "--strict")
    assert strict.code == 2
    assert strict.out == result.out
    assert "1 to mend or acknowledge" in strict.err


def test_an_acknowledged_warning_is_shown_with_its_reason_and_does_not_count(run: Run, tmp_path: Path) -> None:
    path = acknowledged(tmp_path)
    result = run("check", path, "--strict")
    assert result.code == 0
    assert f"{path}:{DOUBT.line}: acknowledged: doubt-without-note" in result.out
    assert "Acknowledged: There is no more to say of it." in result.out
    assert "nothing to mend, 1 warning acknowledged" in result.out


@pytest.mark.parametrize(
    ("rule", "slug", "detail"),
    [
        ("doubt-without-note", "claim/work", "doubt-without-note has nothing against claim/work"),
        ("doubt-without-notes", "claim/unseen", "there is no rule doubt-without-notes"),
    ],
)
def test_an_acknowledgement_of_nothing_is_a_warning(
    rule: str, slug: str, detail: str, run: Run, tmp_path: Path
) -> None:
    result = run("check", acknowledged(tmp_path, rule, slug), "--strict")
    assert result.code == 2
    assert "warning: acknowledgement-without-warning" in result.out
    assert detail in result.out
    assert "warning: doubt-without-note\n" in result.out


def test_a_violation_cannot_be_acknowledged(run: Run, tmp_path: Path) -> None:
    path = sown(BROKEN, tmp_path)
    path.write_text(path.read_text() + ACKNOWLEDGED.format(rule="claim-without-support", slug="claim/work"))
    result = run("check", path)
    assert result.code == 2
    assert "violation: claim-without-support" in result.out
    assert "is a violation, which is to be mended, not acknowledged" in result.out


def test_what_contradicts_the_ontology_is_a_finding_at_its_place(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "two.yaml"
    study = "https://w3id.org/ineq-kg/id/sound/study/ward"
    path.write_text(TEXT.replace("    source: source/text\n\n", f"    includes_syntheses: ['{study}']\n\n", 1))
    result = run("check", path)
    assert result.code == 2
    line = next(number for number, text in enumerate(path.read_text().splitlines(), 1) if "id: study/ward" in text)
    assert f"{path}:{line}: violation: contradiction" in result.out
    assert "Ward" in result.out


def test_findings_as_json(run: Run, tmp_path: Path) -> None:
    path = sown(BROKEN, tmp_path)
    result = run("check", path, SOUND.with_name("syntheses") / "screened.yaml", "--format", "json")
    assert result.code == 2
    first, second = json.loads(result.out)
    assert (first["synthesis"], first["violations"], first["warnings"]) == ("sound", 1, 0)
    assert first["findings"] == [
        {
            "rule": "claim-without-support",
            "severity": "violation",
            "says": "A third-order construct rests on at least one translated construct.",
            "slug": "claim/work",
            "label": "Porters work while they wait",
            "detail": "",
            "document": str(path),
            "line": BROKEN.line,
            "place": None,
            "mend": "Name what it rests on under `synthesises`, or leave the step out.",
            "acknowledged": None,
        }
    ]
    assert second["synthesis"] == "screened"


@pytest.fixture(scope="session")
def sarif_schema(tmp_path_factory: pytest.TempPathFactory) -> Draft7Validator:
    """The JSON schema that OASIS publishes for SARIF 2.1.0, out of a jar that carries it."""
    (jar,) = jars(ROOT / "tests" / "sarif" / "pom.xml", tmp_path_factory.mktemp("sarif"))
    schema = json.loads(zipfile.ZipFile(jar).read("schema/sarif-schema-2.1.0.json"))
    assert schema["$id"].endswith("/oasis-tcs/sarif-spec/master/Schemata/sarif-schema-2.1.0.json")
    Draft7Validator.check_schema(schema)
    return Draft7Validator(schema)


def sarif(text: str, schema: Draft7Validator) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the rules and the results of a SARIF log, once it is what SARIF 2.1.0 and its readers ask for."""
    log = json.loads(text)
    assert [error.message for error in schema.iter_errors(log)] == []
    assert log["version"] == "2.1.0"
    assert log["$schema"].endswith("sarif-schema-2.1.0.json")
    (one,) = log["runs"]
    driver = one["tool"]["driver"]
    assert driver["name"] == "ineq-kg"
    ids = [rule["id"] for rule in driver["rules"]]
    assert len(set(ids)) == len(ids)
    for rule in driver["rules"]:
        assert rule["shortDescription"]["text"]
        assert rule["defaultConfiguration"]["level"] in {"error", "warning"}
    for result in one["results"]:
        assert ids[result["ruleIndex"]] == result["ruleId"]
        assert result["level"] in {"error", "warning"}
        assert result["message"]["text"]
        for location in result["locations"]:
            place = location["physicalLocation"]
            assert not place["artifactLocation"]["uri"].startswith("/")
            assert place["region"]["startLine"] >= 1
    return driver["rules"], one["results"]


def test_findings_as_sarif(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sarif_schema: Draft7Validator
) -> None:
    monkeypatch.chdir(tmp_path)
    path = acknowledged(tmp_path)
    folder = tmp_path / "with space"
    folder.mkdir()
    broken = sown(BROKEN, folder)
    broken.write_text(
        broken.read_text().replace("id: sound", "id: other").replace("synthesis: sound", "synthesis: other")
    )
    result = run("check", path, broken, "--format", "sarif")
    assert result.code == 2
    rules, results = sarif(result.out, sarif_schema)
    assert [rule["id"] for rule in rules] == ["claim-without-support", "doubt-without-note"]
    known, fatal = results
    assert known["suppressions"][0]["justification"] == "There is no more to say of it."
    assert known["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "sown.yaml"
    assert (fatal["level"], "suppressions" in fatal) == ("error", False)
    place = fatal["locations"][0]["physicalLocation"]
    assert place == {"artifactLocation": {"uri": "with%20space/sown.yaml"}, "region": {"startLine": BROKEN.line}}


def test_records_that_cannot_be_read_are_in_sarif_too(run: Run, tmp_path: Path, sarif_schema: Draft7Validator) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text(TEXT.replace("number: 2\n", "number: two\n", 1))
    result = run("check", path, "--format", "sarif")
    assert result.code == 2
    rules, (finding,) = sarif(result.out, sarif_schema)
    assert [rule["id"] for rule in rules] == ["unreadable-record"]
    assert "'two' is of the wrong type" in finding["message"]["text"]
    assert finding["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == path.as_uri()
    assert "'two' is of the wrong type" in result.err


@pytest.mark.parametrize(
    "path", [FOUNDING, *sorted(SOUND.with_name("syntheses").glob("*.yaml"))], ids=lambda path: path.stem
)
def test_the_findings_of_any_synthesis_are_sarif(run: Run, path: Path, sarif_schema: Draft7Validator) -> None:
    sarif(run("check", path, "--format", "sarif").out, sarif_schema)


@pytest.mark.parametrize("rule", FAULTS)
def test_the_findings_of_any_fault_are_sarif(
    run: Run, rule: str, tmp_path: Path, sarif_schema: Draft7Validator
) -> None:
    _, results = sarif(run("check", sown(FAULTS[rule], tmp_path), "--format", "sarif").out, sarif_schema)
    assert rule in [result["ruleId"] for result in results]


@pytest.mark.parametrize(
    ("part", "instead"),
    [
        ('"version": "2.1.0"', '"version": "2.1.1"'),
        ('"level": "error"', '"level": "fatal"'),
        ('"startLine"', '"beginLine"'),
        ('"message"', '"words"'),
    ],
)
def test_what_is_not_sarif_would_be_noticed(
    run: Run, tmp_path: Path, part: str, instead: str, sarif_schema: Draft7Validator
) -> None:
    text = run("check", sown(BROKEN, tmp_path), "--format", "sarif").out
    assert sarif_schema.is_valid(json.loads(text))
    assert part in text
    assert not sarif_schema.is_valid(json.loads(text.replace(part, instead)))


def test_rules_have_names_of_their_own() -> None:
    """A rule is acknowledged by its name, so no check is called what a shape is."""
    assert not {check.rule.name for check in all_checks()} & shape_rules().keys()
