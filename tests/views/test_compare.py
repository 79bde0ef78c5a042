"""Two syntheses side by side."""

from __future__ import annotations

from fastapi.testclient import TestClient

from asked import data, page

TWO = {"synthesis": ["taken-here", "taken-there"]}


def test_shared_reports_and_how_each_reads_them(several: TestClient) -> None:
    told = data(several, "/compare", **TWO)
    assert told["overlap"] == {"reports": 5, "shared": 3, "unmatched": 2, "cca": 0.6, "band": "very high"}
    by_label = {one["label"].removeprefix("Constructed for tests: "): one for one in told["shared"]}
    assert set(by_label) == {"Both 2004", "One 2005", "Neither 2006"}
    both = by_label["Both 2004"]
    assert both["taken"] == "both take constructs from it"
    assert {(one["reader"], one["taken"]["label"]) for one in both["readings"]} == {
        ("taken-here", "To queue is to work"),
        ("taken-there", "Drivers complain"),
    }
    (ours,) = [one for one in both["readings"] if one["reader"] == "taken-here"]
    assert ours["translated"]["label"] == "Waiting is paid in time"
    assert ours["category"] == "Time"
    assert by_label["Neither 2006"]["readings"] == []


def test_the_page_lays_them_side_by_side(several: TestClient) -> None:
    shown = page(several, "/compare", **TWO)
    assert "Corrected covered area: 60.0 %, overlap <b>very high</b>" in shown
    assert "They share 3 reports of 5." in shown
    assert "2 reports have neither DOI nor PMID" in shown
    assert shown.index("To queue is to work") < shown.index("Drivers complain")
    assert "takes nothing from it" in shown
    assert "Likeness of meaning is not computed" in shown


def test_an_overlap_that_nobody_can_know_is_not_0(several: TestClient) -> None:
    """The founding reports have no identifiers, so that none could be matched."""
    asked = {"synthesis": ["mcmahon-2022", "taken-there"]}
    assert "cca" not in data(several, "/compare", **asked)["overlap"]
    shown = page(several, "/compare", **asked)
    assert "not known: no report of one side has a DOI or PMID" in shown
    assert "Individual sense-making" in shown
    assert "Biomedical discourse" in shown


def test_with_one_synthesis_it_says_what_to_do(client: TestClient, several: TestClient) -> None:
    assert "ineq-kg load FOLDER" in page(client, "/compare")
    assert "Choose two syntheses." in page(several, "/compare")
    assert "Choose the one to compare it with." in page(several, "/compare", synthesis="taken-here")


def test_what_cannot_be_compared_is_said(several: TestClient) -> None:
    three = several.get("/compare", params={"synthesis": ["taken-here", "taken-there", "screened"]})
    assert three.status_code == 422
    assert "/queries/overlap" in three.json()["mend"]
    assert several.get("/compare", params={"synthesis": ["taken-here", "nobody-1999"]}).status_code == 404
    assert "No report is known to be in both." in page(several, "/compare", synthesis=["taken-here", "screened"])
