"""All analyses by name."""

from __future__ import annotations

from ineq_kg.analysis import agreement, cerqual, contribution, leaving_out, overlap, saturation, shared_readings
from ineq_kg.analysis.definition import Analysis

_MODULES = (leaving_out, saturation, contribution, overlap, shared_readings, cerqual, agreement)
ANALYSES: dict[str, Analysis] = {analysis.name: analysis for module in _MODULES for analysis in module.ANALYSES}
