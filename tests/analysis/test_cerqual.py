"""Inputs to GRADE-CERQual: counted from the records, never a judgement, *not assessed* where there is no basis."""

from __future__ import annotations

import re

import pytest
from answers import Answer, Row
from transcribed import CERTAIN, CLAIMS, DOUBTFUL, claim_support

from ineq_kg.ingest.records import Loaded
from ineq_kg.records.base import Basis
from ineq_kg.records.construct import SecondOrderConstruct
from ineq_kg.records.source import SourceSpan

COMPONENTS = ("methodological", "coherence", "adequacy", "relevance")
JUDGING = re.compile(
    r"\b(serious|minor|moderate|adequate|inadequate|sufficient|insufficient|rich|thin|high|low)\b", re.IGNORECASE
)


@pytest.fixture(scope="module")
def rows(on_founding: Answer) -> list[Row]:
    return on_founding("cerqual-inputs", synthesis="mcmahon-2022")


def claims(rows: list[Row]) -> dict[int, Row]:
    return {int(str(row["place"])): row for row in rows if str(row["kind"]).endswith("ThirdOrderConstruct")}


def table(rows: list[Row]) -> dict[int, Row]:
    return {
        int(str(row["place"])): row for row in rows if str(row["kind"]).endswith("TranslatedConstruct") and row["place"]
    }


def test_studies_of_every_finding_against_the_transcription(rows: list[Row]) -> None:
    assert len(rows) == len(CERTAIN) + len(CLAIMS)
    for number, row in table(rows).items():
        every = CERTAIN[number] | DOUBTFUL.get(number, set())
        assert (row["studies"], row["studiesmost"]) == (str(len(CERTAIN[number])), str(len(every)))
        # Of 1 and of 5, two reports each are included; of every other study one.
        assert row["reports"] == str(sum(2 if study in {1, 5} else 1 for study in CERTAIN[number]))
    for number, row in claims(rows).items():
        assert row["studies"] == str(len(claim_support(number)))
        assert row["studiesmost"] == str(len(claim_support(number, doubtful=True)))


def test_where_and_who_as_far_as_the_source_ties_it_to_a_study(rows: list[Row]) -> None:
    # Row 16: Blackman (Great Britain), Warwick-Giles (England), Javanparast (Australia).
    row = table(rows)[16]
    assert (row["countries"], row["countryunknown"]) == ("Australia | England | Great Britain", "0")
    # Row 2: Mead and Pauly, of 'the UK and Canada' together, so of no country that could be said.
    row = table(rows)[2]
    assert (row["countries"], row["countryunknown"]) == (None, "2")
    # Row 8: Babbel et al., on general practitioners.
    assert table(rows)[8]["groups"] == "general practitioners"


def test_words_behind_findings_against_the_records(rows: list[Row], founding: Loaded) -> None:
    """Counted again from the records, without the store: passages of the table's own lines left out by their names."""
    records = {record.id: record for record in founding.bundle.records}
    behind: dict[str, set[str]] = {}
    for record in founding.bundle.records:
        for construct in getattr(record, "translates", ()):
            behind.setdefault(getattr(record, "yields", ""), set()).add(construct)
    for record in founding.bundle.records:
        links = getattr(record, "synthesises", ())
        if links:
            behind[record.id] = set().union(*(behind[link.to] for link in links))
    for row in rows:
        finding = str(row["finding"]).removeprefix("mcmahon-2022/")
        constructs = [records[one] for one in behind.get(finding, ())]
        spans = set()
        for construct in constructs:
            assert isinstance(construct, SecondOrderConstruct)
            if construct.basis is Basis.STATED:
                spans |= {span for span in construct.evidence if not span.startswith("span/t2-")}
        quotes = [span.quote for span in map(records.get, spans) if isinstance(span, SourceSpan)]
        words = sum(len(re.sub(r"-\s*\n\s*", "", quote).split()) for quote in quotes)
        assert (row["constructs"], row["passages"], row["words"]) == (str(len(constructs)), str(len(spans)), str(words))


def test_the_thinnest_basis(rows: list[Row]) -> None:
    found = table(rows)
    assert found[7]["thinnest"] == "stated in the text"
    assert found[2]["thinnest"] == "read from the table"
    assert (found[4]["passages"], found[4]["words"]) == ("0", "0")
    assert "no passage tells what a study says of it" in str(found[4]["draft"])
    assert "no study supports it for certain" in str(found[22]["draft"])
    assert "a single study supports it for certain" in str(found[19]["draft"])


def test_the_draft_never_judges(rows: list[Row]) -> None:
    for row in rows:
        draft = str(row["draft"])
        assert draft.startswith("Draft, not a judgement.")
        assert "numbers of participants are not recorded" in draft
        assert not JUDGING.search(draft), draft


def test_what_has_no_basis_is_not_assessed(rows: list[Row]) -> None:
    for row in rows:
        assert all(str(row[component]).startswith("not assessed: ") for component in COMPONENTS)
        assert row["methodological"] == "not assessed: the studies were not formally appraised"


def test_what_the_records_judge_is_given_as_recorded(on_constructed: Answer) -> None:
    # assessed.yaml: the first claim is assessed, the second explicitly not; it says nothing of appraisal.
    first, second, *_ = on_constructed("cerqual-inputs", synthesis="assessed")
    assert [first[component] for component in COMPONENTS] == [
        "minor concerns",
        "no or very minor concerns",
        "serious concerns",
        "moderate concerns",
    ]
    assert all(str(second[component]).startswith("not assessed: ") for component in COMPONENTS)
    assert "do not say whether" in str(second["methodological"])


def test_cases_against_a_finding_are_counted(on_constructed: Answer) -> None:
    # refutational.yaml: a study contradicts the construct, a refutational translation yields it; a construct qualifies a claim.
    rows = {row["finding"]: row for row in on_constructed("cerqual-inputs", synthesis="refutational")}
    assert rows["refutational/translated/rest-is-earned"]["against"] == "2"
    assert rows["refutational/claim/rest-is-bargained-for"]["against"] == "1"
    assert "1 case recorded against it" in str(rows["refutational/claim/rest-is-bargained-for"]["coherence"])
