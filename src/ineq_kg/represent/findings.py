"""What checks find, for a terminal, as JSON, and as SARIF 2.1.0 (OASIS Standard, 27 March 2020) for code review tools."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from ineq_kg import __version__
from ineq_kg.reason.offences import Checked, Finding, Rule, Severity
from ineq_kg.represent.text import counted
from ineq_kg.vocabulary import ONTOLOGY

_LEVELS = {Severity.VIOLATION: "error", Severity.WARNING: "warning"}
_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def _where(finding: Finding) -> str:
    if finding.document is None:
        return finding.slug
    if finding.line is not None:
        return f"{finding.document}:{finding.line}"
    return f"{finding.document}: {finding.place}" if finding.place else finding.document


def summary(checked: Checked) -> str:
    """Return one line: how many records there are, and what is to be done about them."""
    parts = [counted(checked.violations, "violation") if checked.violations else "nothing to mend"]
    if checked.warnings:
        parts.append(counted(checked.warnings, "warning") + " to look at")
    if checked.acknowledged:
        parts.append(counted(checked.acknowledged, "warning") + " acknowledged")
    return f"{checked.synthesis}: {counted(checked.records, 'record')}, {', '.join(parts)}"


def _told(finding: Finding) -> str:
    state = "acknowledged" if finding.acknowledged else str(finding.rule.severity)
    detail = f": {finding.detail}" if finding.detail else ""
    lines = [
        f"{_where(finding)}: {state}: {finding.rule.name}",
        f"    {finding.label} ({finding.slug}){detail}",
        f"    Rule: {finding.rule.says}",
    ]
    if finding.acknowledged:
        lines.append(f"    Acknowledged: {finding.acknowledged}")
    elif finding.rule.mend:
        lines.append(f"    Mend: {finding.rule.mend}")
    return "\n".join(lines)


def text(checked: Checked) -> str:
    """Return the findings one after another, each with its place, its rule and its mend, then a line that counts them."""
    return "\n\n".join([*map(_told, checked.findings), summary(checked)])


def finding_data(finding: Finding) -> dict[str, Any]:
    """Return a finding as plain data; what it does not say is None."""
    return {
        "rule": finding.rule.name,
        "severity": str(finding.rule.severity),
        "says": finding.rule.says,
        "slug": finding.slug,
        "label": finding.label,
        "detail": finding.detail,
        "document": finding.document,
        "line": finding.line,
        "place": finding.place or None,
        "mend": finding.rule.mend,
        "acknowledged": finding.acknowledged or None,
    }


def as_json(checked: Sequence[Checked]) -> bytes:
    """Return all findings as JSON: one object a synthesis, with its counts and its findings."""
    objects = [
        {
            "synthesis": one.synthesis or None,
            "records": one.records,
            "violations": one.violations,
            "warnings": one.warnings,
            "acknowledged": one.acknowledged,
            "findings": [finding_data(finding) for finding in one.findings],
        }
        for one in checked
    ]
    return json.dumps(objects, ensure_ascii=False, indent=2).encode()


def _uri(document: str) -> str:
    """Return a path as SARIF asks for it: relative where it is below the working directory, and escaped."""
    path, here = Path(document).resolve(), Path.cwd()
    return quote(path.relative_to(here).as_posix()) if path.is_relative_to(here) else path.as_uri()


def _location(finding: Finding) -> dict[str, Any]:
    location: dict[str, Any] = {}
    if finding.slug:
        location["logicalLocations"] = [{"fullyQualifiedName": finding.slug, "kind": "element"}]
    if finding.document is not None:
        physical: dict[str, Any] = {"artifactLocation": {"uri": _uri(finding.document)}}
        if finding.line is not None:
            physical["region"] = {"startLine": finding.line}
        location["physicalLocation"] = physical
    return location


def _result(finding: Finding, rules: list[str]) -> dict[str, Any]:
    who = f"{finding.label} ({finding.slug})" if finding.label != finding.slug else finding.label
    what = ": ".join(part for part in (who, finding.detail) if part)
    result: dict[str, Any] = {
        "ruleId": finding.rule.name,
        "ruleIndex": rules.index(finding.rule.name),
        "level": _LEVELS[finding.rule.severity],
        "message": {"text": f"{finding.rule.says} {what}. {finding.rule.mend}".strip()},
        "locations": [_location(finding)],
        # What stays the same when lines move (SARIF 3.27.17).
        "partialFingerprints": {"ruleAndRecord/v1": f"{finding.rule.name}:{finding.slug}:{finding.detail}"},
    }
    if finding.acknowledged:
        result["suppressions"] = [{"kind": "inSource", "status": "accepted", "justification": finding.acknowledged}]
    return result


def _descriptor(rule: Rule) -> dict[str, Any]:
    descriptor: dict[str, Any] = {
        "id": rule.name,
        "shortDescription": {"text": rule.says},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
    }
    return descriptor | ({"help": {"text": rule.mend}} if rule.mend else {})


def as_sarif(checked: Sequence[Checked]) -> bytes:
    """Return all findings as one SARIF run; acknowledged warnings are suppressed in the source, with their reason."""
    found = [finding for one in checked for finding in one.findings]
    rules = {finding.rule.name: finding.rule for finding in reversed(found)}
    names = sorted(rules)
    driver = {
        "name": "ineq-kg",
        "version": __version__,
        "informationUri": ONTOLOGY,
        "rules": [_descriptor(rules[name]) for name in names],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(finding, names) for finding in found],
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=2).encode()
