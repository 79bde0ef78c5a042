"""All records of one synthesis together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from ineq_kg.records import AnyRecord
from ineq_kg.records.review import Synthesis


@dataclass(frozen=True)
class Bundle:
    """One synthesis and every record in it, in the order of their slugs."""

    synthesis: Synthesis
    records: tuple[AnyRecord, ...]

    @classmethod
    def of(cls, records: Iterable[AnyRecord]) -> Bundle:
        """Return the bundle of `records`, among which exactly one is the synthesis (else ValueError)."""
        ordered = tuple(sorted(records, key=lambda record: record.id))
        syntheses = [record for record in ordered if isinstance(record, Synthesis)]
        if len(syntheses) != 1:
            raise ValueError(f"there are {len(syntheses)} syntheses among the records, where one is needed")
        return cls(syntheses[0], ordered)

    @cached_property
    def by_id(self) -> dict[str, AnyRecord]:
        """Records by slug."""
        return {record.id: record for record in self.records}
