"""The review process: the synthesis itself, its question, phases, searches, criteria, and what its source leaves out.

Phases are Noblit & Hare's seven (1988); reporting follows eMERGe (France et al. 2019).
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar

from pydantic import Field, StringConstraints, field_validator

from ineq_kg.records.base import Evidenced, Interpretive, Iri, Many, RefTo, Slug, Term, Verbatim, Words
from ineq_kg.records.source import SourceRef
from ineq_kg.records.study import StudyRef
from ineq_kg.vocabulary import DCTERMS, IKG

LanguageTag = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(?:-[a-z0-9]{2,8})*$")]


class Synthesis(Evidenced):
    """A meta-ethnography. Its slug is the first part of every slug within it; `language` tags all its text."""

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


class Phase(Evidenced):
    """One of Noblit & Hare's seven phases, as it was done in this synthesis."""

    rdf_type: ClassVar[str] = IKG.Phase
    kind: ClassVar[str] = "phase"
    section: ClassVar[str] = "phases"

    number: Annotated[int, Field(ge=1, le=7), Term(IKG.phaseNumber)]


class Search(Evidenced):
    """One run of a search, with its databases, day and string."""

    rdf_type: ClassVar[str] = IKG.Search
    kind: ClassVar[str] = "search"
    section: ClassVar[str] = "searches"

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
