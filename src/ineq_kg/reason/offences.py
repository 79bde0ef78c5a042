"""What checks and shapes find: rules that are broken, by which node, how gravely, and how to mend it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """A violation keeps a synthesis from being loaded; a warning is to be looked at, and may be acknowledged."""

    VIOLATION = "violation"
    WARNING = "warning"


@dataclass(frozen=True)
class Rule:
    """A rule by its name, what it asks for in plain words, how grave it is to break it, and how that is mended.

    `field` is the field of the record that is to be looked at, empty for the record as a whole.
    """

    name: str
    says: str
    severity: Severity
    mend: str
    field: str = ""


@dataclass(frozen=True)
class Offence:
    """One node (an IRI) that breaks a rule; `detail` says in what, `value` is what it is about, where one value is."""

    rule: Rule
    node: str
    detail: str = ""
    value: str = ""


@dataclass(frozen=True)
class Finding:
    """An offence as its author sees it: the record by its label and slug, and the file and line it is written in.

    `document` is None for what is not written in a file, `line` also where no line is to blame; `place` is then a cell, as
    `studies!B5`. `acknowledged` is the reason that the curators give for
    letting a warning stand, else empty.
    """

    rule: Rule
    slug: str
    label: str
    detail: str = ""
    document: str | None = None
    line: int | None = None
    acknowledged: str = ""
    place: str = ""

    @property
    def counts(self) -> bool:
        """Whether it is still to be dealt with."""
        return not self.acknowledged

    @property
    def fatal(self) -> bool:
        """Whether it keeps the synthesis from being loaded."""
        return self.rule.severity is Severity.VIOLATION

    @property
    def order(self) -> tuple[bool, bool, str, int, str]:
        """Where it comes in a list: what is to be mended first, then as it stands in the files."""
        return (not self.fatal, not self.counts, self.document or "", self.line or 0, self.rule.name)


@dataclass(frozen=True)
class Checked:
    """One synthesis that was checked: its slug, how many records it has, and what was found, the gravest first."""

    synthesis: str
    records: int
    findings: tuple[Finding, ...]

    @property
    def violations(self) -> int:
        """How many findings keep it from being loaded."""
        return sum(finding.fatal for finding in self.findings)

    @property
    def warnings(self) -> int:
        """How many warnings are still to be looked at."""
        return sum(finding.counts and not finding.fatal for finding in self.findings)

    @property
    def acknowledged(self) -> int:
        """How many warnings the curators let stand."""
        return sum(not finding.counts for finding in self.findings)
