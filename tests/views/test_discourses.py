"""The discourse map as a page and as data."""

from __future__ import annotations

import re

import pytest
from fastapi.testclient import TestClient

from asked import data, page

MAP = "/discourses/mcmahon-2022"
BASE = "https://w3id.org/ineq-kg/id/"


def test_it_holds_what_the_queries_tell(client: TestClient) -> None:
    told = data(client, MAP)
    asked = client.get("/queries/discourses", params={"synthesis": "mcmahon-2022"}).json()["results"]["bindings"]
    opposed = {
        (row["discourse"]["value"].removeprefix(BASE), row["other"]["value"].removeprefix(BASE))
        for row in asked
        if row.get("relation", {}).get("value", "").endswith("#opposes")
    }
    found = {
        (one["slug"], link["other"]["slug"])
        for one in told["discourses"]
        for link in one["links"]
        if link["relation"] == "opposes" and not link["towards"]
    }
    assert found == opposed
    assert len(opposed) > 3
    assert {one["slug"] for one in told["discourses"]} == {
        row["discourse"]["value"].removeprefix(BASE) for row in asked
    }
    effects = client.get("/queries/effects-of-discourse", params={"synthesis": "mcmahon-2022"}).json()["results"][
        "bindings"
    ]
    assert {row["effect"]["value"].removeprefix(BASE) for row in effects} <= {one["slug"] for one in told["effects"]}


def test_what_shapes_and_what_reinforces_are_told_apart(client: TestClient) -> None:
    """The text attributes the perspective to three discourses, and has it reinforced by organisational ones."""
    told = data(client, MAP)
    (narrow,) = [one for one in told["problematisations"] if one["slug"].endswith("individualised-reductionist")]
    shaping = {link["other"]["label"] for link in narrow["links"] if link["relation"] == "shapedBy"}
    assert shaping == {"Biomedical discourse", "Individualistic discourse", "Positivist discourse"}
    shown = page(client, MAP)
    assert "Biomedical discourse shapes Individualised and reductionist problematisation (stated in the text" in shown
    assert "New public management discourse reinforces Individualised" in shown


@pytest.mark.parametrize("show", ["discourses", "effects", "actors"])
def test_every_box_leads_to_something_that_is_there(client: TestClient, show: str) -> None:
    shown = page(client, MAP, show=show)
    for place in re.findall(r'<a href="#([^"]+)"><rect', shown):
        assert f'id="{place}"' in shown
    elsewhere = re.findall(r'<a href="\?show=discourses#([^"]+)"><rect', shown)
    there = page(client, MAP) if elsewhere else ""
    assert all(f'id="{place}"' in there for place in elsewhere)


def test_every_relation_that_is_drawn_is_told_in_words(client: TestClient) -> None:
    shown = page(client, MAP)
    (told,) = re.findall(r'<desc id="map-desc">(.*?)</desc>', shown)
    lines = re.findall(
        r"<path class=\"(?:shapedBy|reinforcedBy|alignsWith|opposes|contrastsWith)[^>]*><title>(.*?)</title>", shown
    )
    assert len(lines) > 20
    assert all(f"{line}." in told for line in lines)


def test_no_such_synthesis(client: TestClient) -> None:
    assert client.get("/discourses/nobody-1999").status_code == 404
