"""Every quotation is found again, in the text as it was read and in copies that broke, hyphenated or quoted it otherwise."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from ineq_kg.ingest.anchors import Outcome, SourceText, verify
from ineq_kg.ingest.records import Loaded
from ineq_kg.records import Interpretive, SourceDocument, SourceSpan, TableReading
from ineq_kg.records.base import Link
from ineq_kg.records.fields import fields_of
from places import Finished


def spans_of(founding: Loaded) -> list[SourceSpan]:
    return [record for record in founding.bundle.records if isinstance(record, SourceSpan)]


def test_all_are_at_their_recorded_place_in_the_source(
    run: Callable[..., Finished], source_text: Path, founding: Loaded
) -> None:
    result = run("anchors", "verify", "--source", source_text)
    count = len(spans_of(founding))
    assert result.code == 0
    assert f"{count} at the recorded place; 0 found elsewhere; 0 not found" in result.out
    assert f"{count} of {count} found (100.0 %)" in result.out


def test_the_digest_is_that_of_the_source(source_text: Path, founding: Loaded) -> None:
    text = SourceText.read(source_text)
    (document,) = (record for record in founding.bundle.records if isinstance(record, SourceDocument))
    assert (document.digest, document.length) == (text.digest, len(text.text))
    assert {span.digest for span in spans_of(founding)} == {text.digest}


def test_prefix_and_suffix_stand_around_each_quote(source_text: Path, founding: Loaded) -> None:
    text = SourceText.read(source_text).text
    for span in spans_of(founding):
        assert text[span.start : span.end] == span.quote
        assert text[: span.start].endswith(span.prefix)
        assert text[span.end :].startswith(span.suffix)
        assert span.prefix or span.suffix


def test_every_interpretation_and_every_link_has_its_words(founding: Loaded) -> None:
    without = []
    for record in founding.bundle.records:
        if isinstance(record, Interpretive | TableReading) and not record.evidence:
            without.append(record.id)
        for field in fields_of(type(record)):
            links = (value for value in field.values(record) if isinstance(value, Link))
            without += [f"{record.id} {field.name} {link.to}" for link in links if not link.evidence]
    assert without == []


def rewrap(text: str, random: Random) -> str:
    """Break lines elsewhere, undo and redo hyphens at line ends."""
    joined = re.sub(r"(\w)-\n(\w)", lambda m: m[1] + random.choice(["", "-\n", "\u00ad", "‐\n"]) + m[2], text)
    return re.sub(r"[ \n]", lambda m: random.choice([" ", "\n", " \n ", "\u00a0"]), joined)


def requote(text: str, random: Random) -> str:
    """Replace every quotation mark and dash by another."""
    quoted = re.sub("[‘’“”'\"]", lambda m: random.choice("‘’“”'\"«»"), text)
    return re.sub("[-–—]", lambda m: random.choice("-–—‐"), quoted).replace("fi", "ﬁ")


@pytest.mark.parametrize("change", [rewrap, requote, lambda text, random: requote(rewrap(text, random), random)])
@pytest.mark.parametrize("seed", range(3))
def test_all_are_found_in_a_copy_that_was_set_otherwise(
    change: Callable[[str, Random], str], seed: int, source_text: Path, founding: Loaded
) -> None:
    text = change(SourceText.read(source_text).text, Random(seed))
    found = list(verify(SourceText(text, "sha256:other"), spans_of(founding)))
    assert [one.span.id for one in found if one.outcome is Outcome.ABSENT] == []
    for one in found:
        letters = re.sub(r"\W|_", "", one.span.quote)
        again = text[one.start : one.end].replace("ﬁ", "fi")
        assert re.sub(r"\W|_", "", again) == letters


def test_a_repeated_quote_is_found_by_what_stands_around_it(source_text: Path, founding: Loaded) -> None:
    original = SourceText.read(source_text).text
    text = "A new first page.\n" + original
    repeated = [span for span in spans_of(founding) if original.count(span.quote) > 1]
    assert len(repeated) > 10
    found = list(verify(SourceText(text, "sha256:other"), repeated))
    assert [one.start for one in found] == [span.start + 18 for span in repeated]


def test_what_is_not_there_is_named(
    run: Callable[..., Finished], source_text: Path, tmp_path: Path, founding: Loaded
) -> None:
    span = max(spans_of(founding), key=lambda one: len(one.quote))
    text = source_text.read_bytes().decode()
    copy = tmp_path / "copy.txt"
    copy.write_bytes((text[: span.start] + text[span.end :]).encode())
    result = run("anchors", "verify", "--source", copy)
    assert result.code == 1
    assert f"not found: {span.id}:" in result.out


@settings(max_examples=100)
@given(
    before=st.text(max_size=30),
    quote=st.text(st.characters(categories=["L", "N"]), min_size=4, max_size=30),
    after=st.text(max_size=30),
)
def test_positions_count_code_points(before: str, quote: str, after: str) -> None:
    text = SourceText(before + quote + after, "sha256:x")
    assert (len(before), len(before) + len(quote)) in text.occurrences(quote) or not any(map(str.isalnum, quote))


def test_locate_prints_records_ready_to_paste(run: Callable[..., Finished], source_text: Path) -> None:
    result = run("anchors", "locate", "--source", source_text, "tie together")
    (span,) = yaml.safe_load(result.out)["spans"]
    assert SourceSpan.model_validate(span).quote == "tie together"
    assert run("anchors", "locate", "--source", source_text, "no such words at all").code == 3
