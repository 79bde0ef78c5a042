"""The line of argument: the storyline that third-order constructs tell in order (Noblit & Hare 1988, phase 6)."""

from __future__ import annotations

from typing import Annotated, ClassVar

from ineq_kg.records.base import Interpretive, Links, RefTo, Slug, Term
from ineq_kg.vocabulary import IKG


class LineOfArgument(Interpretive):
    """A storyline. Its steps are the third-order constructs that name it, in the order of their positions."""

    rdf_type: ClassVar[str] = IKG.LineOfArgument
    kind: ClassVar[str] = "argument"
    section: ClassVar[str] = "lines_of_argument"

    synthesis: Annotated[
        Annotated[Slug, RefTo(("Synthesis",))],
        Term(IKG.argumentOf),
    ]
    alternative_to: Annotated[Links, RefTo(("LineOfArgument",)), Term(IKG.alternativeTo, qualified=True)] = ()
