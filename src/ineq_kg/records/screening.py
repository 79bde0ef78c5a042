"""Screening: how many records came in and went out, and which were left out for what reason.

Counts carry the names that the data of the PRISMA 2020 flow diagram give them (Page et al. 2021; Haddaway et al. 2022).
"""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from ineq_kg.records.base import Evidenced, Individual, Many, RefTo, Slug, Term, Text
from ineq_kg.records.study import Doi, Pmid
from ineq_kg.vocabulary import DCTERMS, IKG

Count = Annotated[int | None, Field(ge=0)]
Reason = Annotated[Text, Term(IKG.exclusionReason)]


class ScreeningStage(Individual):
    """Where in screening a record was left out."""

    TITLE = "TitleAbstractScreening"
    FULL_TEXT = "FullTextAssessment"


class ScreeningFlow(Evidenced):
    """The counts of a PRISMA 2020 flow diagram. A count that the source does not give is absent, and absent is not 0.

    Studies and reports are counted apart. `dbr_` is for what databases and registers gave, `other_` for all other ways.
    """

    rdf_type: ClassVar[str] = IKG.ScreeningFlow
    kind: ClassVar[str] = "flow"
    section: ClassVar[str] = "screening_flows"

    previous_studies: Annotated[Count, Term(IKG.previousStudies)] = None
    previous_reports: Annotated[Count, Term(IKG.previousReports)] = None
    database_results: Annotated[Count, Term(IKG.databaseResults)] = None
    register_results: Annotated[Count, Term(IKG.registerResults)] = None
    website_results: Annotated[Count, Term(IKG.websiteResults)] = None
    organisation_results: Annotated[Count, Term(IKG.organisationResults)] = None
    citations_results: Annotated[Count, Term(IKG.citationsResults)] = None
    duplicates: Annotated[Count, Term(IKG.duplicates)] = None
    excluded_automatic: Annotated[Count, Term(IKG.excludedAutomatic)] = None
    excluded_other: Annotated[Count, Term(IKG.excludedOther)] = None
    records_screened: Annotated[Count, Term(IKG.recordsScreened)] = None
    records_excluded: Annotated[Count, Term(IKG.recordsExcluded)] = None
    dbr_sought_reports: Annotated[Count, Term(IKG.dbrSoughtReports)] = None
    dbr_notretrieved_reports: Annotated[Count, Term(IKG.dbrNotretrievedReports)] = None
    other_sought_reports: Annotated[Count, Term(IKG.otherSoughtReports)] = None
    other_notretrieved_reports: Annotated[Count, Term(IKG.otherNotretrievedReports)] = None
    dbr_assessed: Annotated[Count, Term(IKG.dbrAssessed)] = None
    dbr_excluded: Annotated[Count, Term(IKG.dbrExcluded)] = None
    other_assessed: Annotated[Count, Term(IKG.otherAssessed)] = None
    other_excluded: Annotated[Count, Term(IKG.otherExcluded)] = None
    new_studies: Annotated[Count, Term(IKG.newStudies)] = None
    new_reports: Annotated[Count, Term(IKG.newReports)] = None
    total_studies: Annotated[Count, Term(IKG.totalStudies)] = None
    total_reports: Annotated[Count, Term(IKG.totalReports)] = None


class ExclusionTally(Evidenced):
    """How many of a flow's reports were left out for one reason."""

    rdf_type: ClassVar[str] = IKG.ExclusionTally
    kind: ClassVar[str] = "tally"
    section: ClassVar[str] = "exclusion_tallies"

    flow: Annotated[
        Annotated[Slug, RefTo(("ScreeningFlow",))],
        Term(IKG.tallyOf),
    ]
    reason: Reason
    dbr_excluded: Annotated[Count, Term(IKG.dbrExcluded)] = None
    other_excluded: Annotated[Count, Term(IKG.otherExcluded)] = None


class ExcludedRecord(Evidenced):
    """One record or report that was left out, and why. Its kind is not that of a study: nothing was taken from it."""

    rdf_type: ClassVar[str] = IKG.ExcludedRecord
    kind: ClassVar[str] = "excluded"
    section: ClassVar[str] = "excluded_records"

    citation: Annotated[Text | None, Term(DCTERMS.term("bibliographicCitation"))] = None
    doi: Annotated[Doi | None, Term(IKG.doi)] = None
    pmid: Annotated[Pmid | None, Term(IKG.pmid)] = None
    stage: Annotated[ScreeningStage | None, Term(IKG.excludedAt)] = None
    reason: Reason
    criteria: Annotated[
        Many[Annotated[Slug, RefTo(("InclusionCriterion", "ExclusionCriterion"))]],
        Term(IKG.failsCriterion),
    ] = ()
