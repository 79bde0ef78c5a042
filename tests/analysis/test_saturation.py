"""Saturation never falls, ends at the whole, and takes studies of one year in one step."""

from __future__ import annotations

from itertools import combinations

import pytest
from answers import STUDIES, Answer, supported
from hypothesis import given
from hypothesis import strategies as st
from transcribed import CERTAIN, DOUBTFUL, slug

from ineq_kg.analysis.robustness import Supported
from ineq_kg.analysis.saturation import COLLECTION, NEITHER, PUBLICATION, growth, steps, year_of
from ineq_kg.analysis.support import Report, Study

years = st.none() | st.integers(1990, 1994)
dated = st.tuples(*([years] * len(STUDIES))).map(
    lambda found: [
        Study(one, one, reports=(Report(f"r-{one}", one, year),)) for one, year in zip(STUDIES, found, strict=True)
    ]
)


@given(dated)
def test_steps_part_the_studies_by_year(studies: list[Study]) -> None:
    found = steps(studies, "collection")
    assert sorted(study for step in found for study in step.studies) == STUDIES
    order = [step.year for step in found]
    assert len(set(order)) == len(order)
    known = [year for year in order if year is not None]
    assert known == sorted(known)
    assert order == known + [None] * (None in order)


@given(dated, supported)
def test_it_never_falls_and_ends_at_the_whole(studies: list[Study], constructs: list[Supported]) -> None:
    grown = growth(steps(studies, "collection"), constructs)
    for measure in ("total", "total_most"):
        values = [getattr(one, measure) for one in grown]
        assert values == sorted(values)
    assert grown[-1].total == sum(bool(one.certain) for one in constructs)
    assert grown[-1].total_most == sum(bool(one.certain | one.doubtful) for one in constructs)
    assert sum(len(one.new) for one in grown) == grown[-1].total
    assert all(one.total <= one.total_most for one in grown)


@given(dated, supported)
def test_what_is_new_lies_between_the_least_and_the_most(studies: list[Study], constructs: list[Supported]) -> None:
    ordered = steps(studies, "collection")
    grown = growth(ordered, constructs)
    for place, step in enumerate(ordered):
        before = frozenset().union(*(one.studies for one in ordered[:place]))
        least = most = 0
        for construct in constructs:
            news = []
            for size in range(len(construct.doubtful) + 1):
                for real in combinations(construct.doubtful, size):
                    support = construct.certain | frozenset(real)
                    news.append(bool(support & step.studies) and not support & before)
            least += min(news)
            most += max(news)
        assert (grown[place].least, grown[place].most) == (least, most)
        assert least <= len(grown[place].new) <= most


@pytest.mark.parametrize(
    ("said", "cited", "found"),
    [
        ("between 2006 and 2010 (said of the earliest studies together)", 2009, (2010, COLLECTION)),
        ("12 May 2001 to spring 2002", None, (2002, COLLECTION)),
        ("1999", 2001, (1999, COLLECTION)),
        ("last autumn; file 20011", 2005, (2005, PUBLICATION)),
        ("last autumn", None, (None, NEITHER)),
    ],
)
def test_the_year_of_a_study(said: str, cited: int | None, found: tuple[int | None, str]) -> None:
    study = Study("s", "s", collected=(said,), reports=(Report("r", "r", cited),))
    assert year_of(study, "collection") == found
    assert year_of(study, "publication") == (cited, PUBLICATION if cited else NEITHER)


def test_several_reports_date_by_the_first() -> None:
    reports = tuple(Report(str(year), "", year) for year in (2012, 2009))
    assert year_of(Study("s", "s", reports=reports), "collection") == (2009, PUBLICATION)


# The years by which the text cites each study first, but for the two of which it says when data were collected.
ORDER = [(2010, {1, 2}), (2013, {3}), (2014, {5}), (2017, {6, 7, 9, 10}), (2018, {11}), (2019, {8}), (2020, {4})]


def test_the_founding_synthesis_against_the_transcription(on_founding: Answer, labels: dict[int | str, str]) -> None:
    rows = on_founding("saturation", synthesis="mcmahon-2022")
    assert [row["year"] for row in rows] == [str(year) for year, _ in ORDER]
    assert [row["by"] for row in rows] == [COLLECTION, *[PUBLICATION] * 6]
    assert "2006 and 2010" in str(rows[0]["said"])
    assert all(row["said"] is None for row in rows[1:])
    seen: set[int] = set()
    for row, (_, studies) in zip(rows, ORDER, strict=True):
        assert row["studies"] == " | ".join(sorted(labels[slug(number)] for number in studies))
        new = sum(bool(certain & studies) and not certain & seen for certain in CERTAIN.values())
        seen |= studies
        total = sum(bool(certain & seen) for certain in CERTAIN.values())
        most = sum(bool((certain | DOUBTFUL.get(one, set())) & seen) for one, certain in CERTAIN.items())
        assert (row["new"], row["total"], row["totalmost"]) == (str(new), str(total), str(most))
    # 22 rows and six constructs of the running text; row 22 has only a doubtful study.
    assert (rows[-1]["total"], rows[-1]["totalmost"], rows[-1]["share"]) == ("27", "28", "1.0")


def test_by_publication_throughout(on_founding: Answer) -> None:
    rows = on_founding("saturation", synthesis="mcmahon-2022", by="publication")
    # Blackman et al. are cited from 2009 on, Orton et al. by 2011.
    assert [row["year"] for row in rows] == ["2009", "2011", "2013", "2014", "2017", "2018", "2019", "2020"]
    assert {row["by"] for row in rows} == {PUBLICATION}


def test_studies_without_a_year_come_last(on_constructed: Answer) -> None:
    rows = on_constructed("saturation", synthesis="taken-here")
    assert [(row["year"], row["by"], row["studies"]) for row in rows] == [
        ("2002", COLLECTION, "Dock"),
        (None, NEITHER, "Gate | Silent"),
    ]
