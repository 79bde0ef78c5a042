"""Warnings that the curators know of and let stand, each with the reason."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field, StringConstraints

from ineq_kg.records.base import Many, Record, RefTo, Slug, Term, Text
from ineq_kg.vocabulary import IKG

RuleName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(?:-[a-z0-9]+)*$")]


class Acknowledgement(Record):
    """One rule's warning about these records is known and right to stand. Errors cannot be acknowledged."""

    rdf_type: ClassVar[str] = IKG.Acknowledgement
    kind: ClassVar[str] = "acknowledgement"
    section: ClassVar[str] = "acknowledgements"

    rule: Annotated[RuleName, Term(IKG.acknowledgesRule)]
    records: Annotated[
        Many[Annotated[Slug, RefTo(("Record", "SourceSpan"))]],
        Field(min_length=1),
        Term(IKG.acknowledgesRecord),
    ]
    reason: Annotated[Text, Term(IKG.acknowledgementReason)]
