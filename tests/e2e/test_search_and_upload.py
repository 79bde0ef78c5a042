"""Search and upload as a person does them, in a real browser, without a script of ours."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from ineq_kg.ingest.records import read_synthesis
from ineq_kg.represent.record_workbook import record_workbook

SOUND = Path(__file__).parents[1] / "sound.yaml"


def test_words_are_looked_for_from_any_page_in_spite_of_slips(page: Page) -> None:
    page.goto("/queries")
    page.get_by_role("searchbox").first.fill("socail empathy")
    page.get_by_role("button", name="Search").first.click()
    expect(page.locator("ol.found li").first.locator("mark").first).to_have_text(re.compile("social|empathy"))
    page.locator("ol.found a", has_text="Social empathy (Babbel et al.)").first.click()
    page.wait_for_url("**/doc/mcmahon-2022/second-order/babbel-social-empathy.html")


def test_a_workbook_is_sent_in_and_told_what_is_to_be_mended(page: Page, tmp_path: Path) -> None:
    sound = tmp_path / "sound.xlsx"
    sound.write_bytes(record_workbook(read_synthesis(SOUND).bundle))
    page.goto("/upload")
    page.get_by_label("Files").set_input_files(sound)
    page.get_by_role("button", name="Check").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Nothing to mend", timeout=90_000)
    expect(page.get_by_label("Token")).to_be_visible()
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(SOUND.read_text().replace("confidence: High", "confidence: Sure", 1))
    page.goto("/upload")
    page.get_by_label("Files").set_input_files(wrong)
    page.get_by_role("button", name="Check").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("To be mended", timeout=90_000)
    expect(page.locator("tbody tr").first).to_contain_text("wrong.yaml, line")
