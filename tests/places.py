"""Where things are that tests use, and what a finished command leaves."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ineq_kg.resources import resource

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"
FOUNDING = resource("data") / "mcmahon-2022"


@dataclass
class Finished:
    """What a command did."""

    code: int
    out: str
    err: str
