"""Constructs of the first, second and third order, and the translated constructs between them.

Orders as in Schutz, taken up by Britten et al. (2002) and Malpass et al. (2009).
"""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from ineq_kg.records.base import Interpretive, Links, Many, RefTo, ShortLink, Slug, Term
from ineq_kg.records.study import Contradicts, Qualifies, ReportRef, StudyRef
from ineq_kg.vocabulary import IKG


class FirstOrderConstruct(Interpretive):
    """A participant's view, as quoted."""

    rdf_type: ClassVar[str] = IKG.FirstOrderConstruct
    kind: ClassVar[str] = "first-order"
    section: ClassVar[str] = "first_order_constructs"


class SecondOrderConstruct(Interpretive):
    """A study author's interpretation. It belongs to exactly one study; `cited_in` names the reports it is cited from."""

    rdf_type: ClassVar[str] = IKG.SecondOrderConstruct
    kind: ClassVar[str] = "second-order"
    section: ClassVar[str] = "second_order_constructs"

    study: Annotated[StudyRef, Term(IKG.constructOf)]
    cited_in: Annotated[Many[ReportRef], Term(IKG.citedIn)] = ()
    interprets: Annotated[
        Many[Annotated[Slug, RefTo(("FirstOrderConstruct",))]],
        Term(IKG.interprets),
    ] = ()
    qualifies: Qualifies = ()
    contradicts: Contradicts = ()


class TranslatedConstruct(Interpretive):
    """What second-order constructs of several studies say in one another's terms. `table_row` counts from 1."""

    rdf_type: ClassVar[str] = IKG.TranslatedConstruct
    kind: ClassVar[str] = "translated"
    section: ClassVar[str] = "translated_constructs"

    category: Annotated[
        ShortLink | None,
        RefTo(("OrganisingCategory",)),
        Term(IKG.inCategory, qualified=True),
    ] = None
    table_row: Annotated[int | None, Field(ge=1), Term(IKG.tableRow)] = None


class ThirdOrderConstruct(Interpretive):
    """The reviewer's own interpretation: one step of a line of argument."""

    rdf_type: ClassVar[str] = IKG.ThirdOrderConstruct
    kind: ClassVar[str] = "claim"
    section: ClassVar[str] = "third_order_constructs"

    argument: Annotated[
        Annotated[Slug, RefTo(("LineOfArgument",))],
        Term(IKG.partOfArgument),
    ]
    position: Annotated[int, Field(ge=1), Term(IKG.position)]
    synthesises: Annotated[
        Links,
        RefTo(("TranslatedConstruct",)),
        Term(IKG.synthesises, qualified=True),
    ] = ()
    concerns: Annotated[
        Links,
        RefTo(("Discourse", "Problematisation", "DiscursiveEffect", "ActorGroup", "Phenomenon")),
        Term(IKG.concerns, qualified=True),
    ] = ()
