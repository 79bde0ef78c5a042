"""How a review was done and reported: the PRISMA flow, eMERGe and CERQual, as pages and as data."""

from __future__ import annotations

import re
from html import unescape

import pytest
from fastapi.testclient import TestClient

from asked import data, page


def words_of(svg: str) -> str:
    """Return the text that a diagram draws, its broken lines joined."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", svg.partition("</defs>")[2])))


def diagram(text: str) -> str:
    (svg,) = re.findall(r'<svg class="flow".*?</svg>', text, re.DOTALL)
    return svg


def test_what_the_source_does_not_count_is_not_given_and_never_0(client: TestClient) -> None:
    """Of the counts of Fig. 1 only those in the running text have reached us: eleven studies, thirteen reports."""
    flow = data(client, "/flow/mcmahon-2022")["flows"][0]
    given = {count["field"]: count["value"] for count in flow["counts"] if "value" in count}
    assert given == {"newStudies": 11, "newReports": 13}
    drawn = words_of(diagram(page(client, "/flow/mcmahon-2022")))
    assert "Studies included in review (n = 11)" in drawn
    assert "Records screened (not given)" in drawn
    assert "n = 0" not in drawn
    assert drawn.count("not given") == 18


def test_a_flow_with_all_its_counts_is_drawn_with_them(several: TestClient) -> None:
    drawn = words_of(diagram(page(several, "/flow/screened")))
    assert "not given" not in drawn
    for words in (
        "Studies included in previous version of review (n = 4)",
        "Databases (n = 412) Registers (n = 38)",
        "Removed for other reasons (n = 0)",
        "Records screened (n = 360)",
        "Reports excluded (n = 46) not qualitative (n = 40) only children took part (n = 6)",
        "Reports excluded (n = 8) not qualitative (n = 8)",
        "New studies included in review (n = 11) Reports of new included studies (n = 13)",
        "Total studies included in review (n = 15)",
    ):
        assert words in drawn, words


def test_the_diagram_is_told_in_words(several: TestClient) -> None:
    (told,) = re.findall(r'<desc id="flow1-desc">(.*?)</desc>', page(several, "/flow/screened"))
    assert "Records screened: 360" in told
    assert "Total studies included in review: 15" in told


def test_searches_criteria_and_what_was_left_out(client: TestClient, several: TestClient) -> None:
    told = data(client, "/flow/mcmahon-2022")
    assert {search["day"] for search in told["searches"]} == {"2018-12-11", "2020-05-22", ""}
    first, again = (search for search in told["searches"] if search["day"])
    assert first["inception"] is True
    assert "inception" not in again
    assert any("not said" in search["note"] for search in told["searches"])
    assert len(told["criteria"]) == 4
    assert told["left_out"] == []
    other = data(several, "/flow/screened")
    assert {one["doi"] for one in other["left_out"]} == {"10.5555/survey", ""}
    assert {(one["reason"], one.get("others")) for one in other["tallies"]} == {
        ("not qualitative", 8),
        ("only children took part", None),
    }


def test_a_synthesis_without_a_flow_says_so(several: TestClient) -> None:
    assert "No count of records or reports is recorded." in page(several, "/flow/refutational")


def test_each_item_of_emerge_is_met_by_words(client: TestClient) -> None:
    statements = data(client, "/emerge/mcmahon-2022")["statements"]
    assert [one["number"] for one in statements] == list(range(1, 20))
    by_number = {one["number"]: one for one in statements}
    assert by_number[1]["status"] == "met"
    assert by_number[4]["status"] == "not assessable"
    assert "Appendix A" in by_number[4]["note"]
    assert any("line-of-argument" in passage["quote"] for passage in by_number[2]["passages"])
    shown = page(client, "/emerge/mcmahon-2022")
    assert "novel, overarching, and theoretically informed" in shown


def test_an_item_of_which_nothing_is_recorded_is_not_said_to_be_unmet(several: TestClient) -> None:
    statements = data(several, "/emerge/screened")["statements"]
    assert {one["status"] for one in statements} == {"not stated"}
    assert len(statements) == 19


def test_what_was_not_assessed_is_said_plainly(client: TestClient) -> None:
    """The text reports no assessment by GRADE-CERQual."""
    findings = data(client, "/confidence/mcmahon-2022")["findings"]
    assert len(findings) > 20
    assert {one["level"] for finding in findings for one in finding["judgements"]} == {"not assessed"}
    assert "Confidence in the findings was" in page(client, "/confidence/mcmahon-2022")


def test_judgements_are_shown_with_their_reasons(several: TestClient) -> None:
    (clock,) = [one for one in data(several, "/confidence/assessed")["findings"] if one["label"] == "The clock governs"]
    levels = {one["component"]: (one["level"], one["explanation"]) for one in clock["judgements"]}
    assert levels["methodological limitations"] == ("minor concerns", "Recruiting is not told in one of the studies.")
    assert levels["overall"][0] == "low"
    shown = page(several, "/confidence/assessed")
    assert "Confidence in 4 of 6 findings was assessed." in shown
    assert "Both are of one town." in shown


@pytest.mark.parametrize("name", ["flow", "emerge", "confidence"])
def test_no_such_synthesis(client: TestClient, name: str) -> None:
    assert client.get(f"/{name}/nobody-1999").status_code == 404
