"""Translations (Noblit & Hare 1988, phase 5), the groupings around them, and the readings of a table they were read from.

A translation is an act with an author and a context. It is never sameness, and never transitive.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar

from pydantic import Field

from ineq_kg.records.base import Confidence, Evidenced, Interpretive, Many, RefTo, Slug, Term, Text, Verbatim, Words
from ineq_kg.records.study import StudyRef
from ineq_kg.vocabulary import IKG


class Cluster(Interpretive):
    """Studies grouped when deciding how they are related (phase 4). Not an organising category."""

    rdf_type: ClassVar[str] = IKG.Cluster
    kind: ClassVar[str] = "cluster"
    section: ClassVar[str] = "clusters"

    studies: Annotated[Many[StudyRef], Term(IKG.clusterOf)] = ()


class OrganisingCategory(Interpretive):
    """A heading under which translated constructs are grouped in the synthesis's table."""

    rdf_type: ClassVar[str] = IKG.OrganisingCategory
    kind: ClassVar[str] = "category"
    section: ClassVar[str] = "organising_categories"

    position: Annotated[int | None, Field(ge=1), Term(IKG.position)] = None


class Translation(Interpretive):
    """The act of translating second-order constructs of several studies into one another."""

    rdf_type: ClassVar[str] = IKG.Translation
    kind: ClassVar[str] = "translation"
    section: ClassVar[str] = "translations"

    translates: Annotated[
        Many[Annotated[Slug, RefTo(("SecondOrderConstruct",))]],
        Term(IKG.translates),
    ] = ()
    yields: Annotated[
        Annotated[Slug, RefTo(("TranslatedConstruct",))],
        Term(IKG.yields),
    ]
    within: Annotated[
        Annotated[Slug, RefTo(("Cluster",))] | None,
        Term(IKG.translationWithin),
    ] = None


class ReciprocalTranslation(Translation):
    """Constructs that say alike things, put in one another's terms."""

    rdf_type: ClassVar[str] = IKG.ReciprocalTranslation
    section: ClassVar[str] = "reciprocal_translations"


class RefutationalTranslation(Translation):
    """Constructs that contradict one another, and what the contradiction says."""

    rdf_type: ClassVar[str] = IKG.RefutationalTranslation
    section: ClassVar[str] = "refutational_translations"


class TableReading(Evidenced):
    """One reader's reading of one damaged cell: the raw token, what it was read as, what else it may be."""

    rdf_type: ClassVar[str] = IKG.TableReading
    kind: ClassVar[str] = "reading"
    section: ClassVar[str] = "table_readings"

    reading_of: Annotated[
        Annotated[Slug, RefTo(("Translation",))],
        Term(IKG.readingOf),
    ]
    reader: Annotated[Words, Term(IKG.reader)]
    read_on: Annotated[date | None, Term(IKG.readOn)] = None
    raw_token: Annotated[Verbatim, Term(IKG.rawToken)]
    studies: Annotated[Many[StudyRef], Term(IKG.readsStudy)] = ()
    alternative_studies: Annotated[Many[StudyRef], Term(IKG.alternativeStudy)] = ()
    alternatives: Annotated[Many[Text], Term(IKG.alternativeReading)] = ()
    confidence: Annotated[Confidence, Term(IKG.confidence)]


class ReadingComparison(Evidenced):
    """Two readings of one cell held against each other: whether they agree, in what they differ, and what was taken."""

    rdf_type: ClassVar[str] = IKG.ReadingComparison
    kind: ClassVar[str] = "comparison"
    section: ClassVar[str] = "reading_comparisons"

    compares: Annotated[
        Many[Annotated[Slug, RefTo(("TableReading",))]],
        Field(min_length=2, max_length=2),
        Term(IKG.compares),
    ]
    agrees: Annotated[bool, Term(IKG.readingsAgree)]
    differs_in: Annotated[Text | None, Term(IKG.differsIn)] = None
    takes: Annotated[Many[StudyRef], Term(IKG.takesStudy)] = ()
