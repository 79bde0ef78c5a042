"""What style sheets take for granted of one another."""

from __future__ import annotations

import re

from places import ROOT

STATIC = ROOT / "src" / "ineq_kg" / "represent" / "static"


def test_every_colour_and_size_that_is_named_is_given() -> None:
    sheets = {path.name: path.read_text() for path in STATIC.glob("*.css")}
    given = {name: set(re.findall(r"(--[a-z-]+)\s*:", text)) for name, text in sheets.items()}
    used = {name: set(re.findall(r"var\((--[a-z-]+)\s*\)", text)) for name, text in sheets.items()}
    sources = sorted((ROOT / "ui" / "src").rglob("*.ts"))
    assert sources
    used |= {path.name: set(re.findall(r"[\"'`](--[a-z-]+)[\"'`]", path.read_text())) for path in sources}
    common = given["ineq-kg.css"]
    assert {name: missing for name, names in used.items() if (missing := names - common - given.get(name, set()))} == {}
