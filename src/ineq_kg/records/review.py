"""The review process: the synthesis itself, its question, phases, searches, criteria, and what its source leaves out.

Phases are Noblit & Hare's seven (1988); reporting follows eMERGe (France et al. 2019).
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar

from pydantic import Field, StringConstraints, field_validator

from ineq_kg.records.base import (
    Evidenced,
    Individual,
    Interpretive,
    Iri,
    Links,
    Many,
    RefTo,
    Slug,
    Term,
    Verbatim,
    Words,
)
from ineq_kg.records.source import SourceRef
from ineq_kg.records.study import StudyRef
from ineq_kg.vocabulary import DCTERMS, IKG

# RFC 5646 in lower case: language, and at most a script, a region and a variant. Not every RDF syntax takes the rest of it.
LanguageTag = Annotated[
    str,
    StringConstraints(
        pattern=r"^[a-z]{2,3}(?:-[a-z]{4})?(?:-(?:[a-z]{2}|[0-9]{3}))?(?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))?$"
    ),
]


class Synthesis(Evidenced):
    """A meta-ethnography. Its slug is the first part of every slug within it; `language` tags all its text.

    `includes_syntheses` names, by their IRIs, syntheses that are this one's units: it is then a mega-ethnography.
    """

    rdf_type: ClassVar[str] = IKG.Synthesis
    kind: ClassVar[str] = ""
    section: ClassVar[str] = "synthesis"

    @field_validator("id")
    @classmethod
    def _not_reserved(cls, slug: str) -> str:
        if slug == "report":
            raise ValueError("this name is kept for the reports that syntheses share")
        return slug

    language: Annotated[LanguageTag, Term(DCTERMS.term("language"))] = "en"
    source: Annotated[SourceRef | None, Term(IKG.inSource)] = None
    question: Annotated[
        Annotated[Slug, RefTo(("ReviewQuestion",))] | None,
        Term(IKG.asksQuestion),
    ] = None
    lenses: Annotated[
        Many[Annotated[Slug, RefTo(("AnalyticLens",))]],
        Term(IKG.usesLens),
    ] = ()
    includes: Annotated[Many[StudyRef], Term(IKG.includesStudy)] = ()
    includes_syntheses: Annotated[Many[Iri], Term(IKG.includesSynthesis)] = ()
    curators: Annotated[Many[Words], Term(DCTERMS.term("contributor"))] = ()
    licence: Annotated[Iri | None, Term(DCTERMS.term("license"))] = None


class ReviewQuestion(Evidenced):
    """What the review set out to answer, in its own words."""

    rdf_type: ClassVar[str] = IKG.ReviewQuestion
    kind: ClassVar[str] = "question"
    section: ClassVar[str] = "review_questions"


class AnalyticLens(Evidenced):
    """A theory or method of analysis that the reviewer reads the constructs through."""

    rdf_type: ClassVar[str] = IKG.AnalyticLens
    kind: ClassVar[str] = "lens"
    section: ClassVar[str] = "analytic_lenses"


class LensStep(Evidenced):
    """A part of an analytic lens, in its order: a question it puts or a stage it goes through."""

    rdf_type: ClassVar[str] = IKG.LensStep
    kind: ClassVar[str] = "lens-step"
    section: ClassVar[str] = "lens_steps"

    lens: Annotated[
        Annotated[Slug, RefTo(("AnalyticLens",))],
        Term(IKG.stepOf),
    ]
    position: Annotated[int, Field(ge=1), Term(IKG.position)]
    answered_by: Annotated[
        Links,
        RefTo(("Discourse", "Problematisation", "DiscursiveEffect", "SubjectPosition", "ThirdOrderConstruct")),
        Term(IKG.answeredBy, qualified=True),
    ] = ()


class WprQuestion(LensStep):
    """One of the questions of "What's the problem represented to be?": six (Bacchi 2009), and as 7 one's own answers."""

    rdf_type: ClassVar[str] = IKG.WprQuestion
    section: ClassVar[str] = "wpr_questions"

    position: Annotated[int, Field(ge=1, le=7), Term(IKG.position)]


class WilligStage(LensStep):
    """One of the six stages of Foucauldian discourse analysis (Willig 2013)."""

    rdf_type: ClassVar[str] = IKG.WilligStage
    section: ClassVar[str] = "willig_stages"

    position: Annotated[int, Field(ge=1, le=6), Term(IKG.position)]


class OrderDistinction(Evidenced):
    """Whether the reviewer told first-order constructs from second-order ones; `definition` says what was done instead."""

    rdf_type: ClassVar[str] = IKG.OrderDistinction
    kind: ClassVar[str] = "orders"
    section: ClassVar[str] = "order_distinctions"

    separated: Annotated[bool, Term(IKG.ordersSeparated)]


class Phase(Evidenced):
    """One of Noblit & Hare's seven phases, as it was done in this synthesis."""

    rdf_type: ClassVar[str] = IKG.Phase
    kind: ClassVar[str] = "phase"
    section: ClassVar[str] = "phases"

    number: Annotated[int, Field(ge=1, le=7), Term(IKG.phaseNumber)]


class SearchMethod(Individual):
    """A way of looking for studies."""

    DATABASES = "DatabaseSearching"
    HAND = "HandSearching"
    CITATIONS = "CitationTracking"
    WEBSITES = "WebsiteSearching"
    EXPERTS = "ContactingExperts"


class Search(Evidenced):
    """One run of a search: how it was done, with its databases, day and string."""

    rdf_type: ClassVar[str] = IKG.Search
    kind: ClassVar[str] = "search"
    section: ClassVar[str] = "searches"

    methods: Annotated[Many[SearchMethod], Term(IKG.searchMethod)] = ()
    databases: Annotated[Many[Words], Term(IKG.database)] = ()
    searched_on: Annotated[date | None, Term(IKG.searchedOn)] = None
    from_inception: Annotated[bool | None, Term(IKG.fromInception)] = None
    string: Annotated[Verbatim | None, Term(IKG.searchString)] = None


class InclusionCriterion(Evidenced):
    """What made a study eligible."""

    rdf_type: ClassVar[str] = IKG.InclusionCriterion
    kind: ClassVar[str] = "criterion"
    section: ClassVar[str] = "inclusion_criteria"


class ExclusionCriterion(Evidenced):
    """What made a study ineligible."""

    rdf_type: ClassVar[str] = IKG.ExclusionCriterion
    kind: ClassVar[str] = "criterion"
    section: ClassVar[str] = "exclusion_criteria"


class SourceGap(Interpretive):
    """Something that the source refers to and that has not reached us. What it would say is absent, not guessed."""

    rdf_type: ClassVar[str] = IKG.SourceGap
    kind: ClassVar[str] = "gap"
    section: ClassVar[str] = "source_gaps"
