"""What was looked at, and what was found."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from ineq_kg.errors import IneqKgError


class Level(StrEnum):
    """How bad a finding is: `fault` is what keeps something from working now."""

    OK = "ok"
    NOTE = "note"
    WARNING = "warning"
    FAULT = "fault"


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at. `area` is `software`, `store` or `service`; `mend` is empty where nothing is to be done."""

    area: str
    level: Level
    said: str
    mend: str = ""

    def data(self) -> dict[str, str]:
        """Return the finding as plain data."""
        return {"area": self.area, "level": self.level.value, "said": self.said, "mend": self.mend}


@dataclass(frozen=True)
class Area:
    """Makes the findings of one area."""

    name: str

    def ok(self, said: str) -> Finding:
        """Return that something is well."""
        return Finding(self.name, Level.OK, said)

    def note(self, said: str, mend: str = "") -> Finding:
        """Return what may be good to know."""
        return Finding(self.name, Level.NOTE, said, mend)

    def warning(self, said: str, mend: str) -> Finding:
        """Return what may go wrong."""
        return Finding(self.name, Level.WARNING, said, mend)

    def fault(self, said: str, mend: str) -> Finding:
        """Return what is wrong."""
        return Finding(self.name, Level.FAULT, said, mend)

    def error(self, error: IneqKgError, mend: str = "") -> Finding:
        """Return an error of ours as what is wrong."""
        said = str(error)
        advice = error.mend or mend
        return self.fault(said.removesuffix(f". {advice}"), advice)
