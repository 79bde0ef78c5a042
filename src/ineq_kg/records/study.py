"""Studies, and the reports that publish them. Eleven studies may have thirteen reports."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field, StringConstraints

from ineq_kg.records.base import Evidenced, Interpretive, Links, Many, RefTo, Slug, Term, Text, Words
from ineq_kg.vocabulary import DCTERMS, IKG

Doi = Annotated[str, StringConstraints(pattern=r"^10\.\d{4,9}/[!-~]+$", to_lower=True)]
Pmid = Annotated[str, StringConstraints(pattern=r"^[1-9]\d{0,8}$")]
ReportRef = Annotated[Slug, RefTo(("Report",))]
StudyRef = Annotated[Slug, RefTo(("Study",))]

# Cases that do not fit: a study, or a construct of one, against what the synthesis says.
_WHAT_IS_SAID = RefTo(("ThirdOrderConstruct", "TranslatedConstruct", "LineOfArgument"))
Qualifies = Annotated[Links, _WHAT_IS_SAID, Term(IKG.qualifies, qualified=True)]
Contradicts = Annotated[Links, _WHAT_IS_SAID, Term(IKG.contradicts, qualified=True)]


class Report(Evidenced):
    """A publication that reports a study. Its IRI follows its DOI, else its PMID, so that syntheses share it."""

    rdf_type: ClassVar[str] = IKG.Report
    kind: ClassVar[str] = "report"
    section: ClassVar[str] = "reports"

    cited_year: Annotated[int | None, Field(ge=1800, le=2200), Term(IKG.citedYear)] = None
    authors: Annotated[Words | None, Term(DCTERMS.term("creator"))] = None
    doi: Annotated[Doi | None, Term(IKG.doi)] = None
    pmid: Annotated[Pmid | None, Term(IKG.pmid)] = None


class Study(Evidenced):
    """An investigation. Only what the synthesis's source says of it; what it does not say is absent."""

    rdf_type: ClassVar[str] = IKG.Study
    kind: ClassVar[str] = "study"
    section: ClassVar[str] = "studies"

    reported_in: Annotated[Many[ReportRef], Field(min_length=1), Term(IKG.reportedIn)]
    country: Annotated[Many[Text], Term(IKG.country)] = ()
    professional_group: Annotated[Many[Text], Term(IKG.professionalGroup)] = ()
    approach: Annotated[Many[Text], Term(IKG.approach)] = ()
    data_collected: Annotated[Text | None, Term(IKG.dataCollected)] = None
    qualifies: Qualifies = ()
    contradicts: Contradicts = ()


class StudyNumbering(Interpretive):
    """Which study a number in the synthesis's tables stands for."""

    rdf_type: ClassVar[str] = IKG.StudyNumbering
    kind: ClassVar[str] = "numbering"
    section: ClassVar[str] = "study_numberings"

    study: Annotated[StudyRef, Term(IKG.numberedStudy)]
    number: Annotated[int, Field(ge=1), Term(IKG.studyNumber)]
