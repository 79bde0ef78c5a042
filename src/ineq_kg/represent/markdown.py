"""Arguments and claims as Markdown (CommonMark), to be pasted where people write: with words, basis, confidence, doubts."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ineq_kg import __version__
from ineq_kg.represent.text import one_line, visible
from ineq_kg.represent.tree import Node
from ineq_kg.represent.views.state import State
from ineq_kg.represent.views.walk import Reading, Walk

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~&])")
_AT_START = re.compile(r"^(\d+)([.)])|^([+-])(?=\s)|^(=+)$")


def _plain(text: str) -> str:
    """Return text that Markdown shows as it is, in one line."""
    escaped = _SPECIAL.sub(r"\\\1", visible(one_line(text)))
    return _AT_START.sub(lambda found: f"{found[1] or ''}\\{found[2] or found[3] or found[4]}", escaped)


def _facts(node: Node) -> str:
    facts = [node.kind_name]
    if node.category:
        facts.append(f"category: {node.category}")
    if node.basis_words:
        facts.append(node.basis_words)
    if node.confidence:
        facts.append(f"confidence: {node.confidence.lower()}")
    if node.link_basis_words or node.link_confidence:
        link = [node.link_basis_words, node.link_confidence and f"confidence {node.link_confidence.lower()}"]
        facts.append(f"link: {', '.join(filter(None, link))}")
    return _plain("; ".join(facts))


def _reading(reading: Reading) -> str:
    told = f"{reading.reader} reads {reading.reads or 'nothing'} in “{reading.token}” (confidence {reading.confidence.lower()})"
    others = f"; also possible: {' | '.join(reading.others)}" if reading.others else ""
    return f"- {_plain(f'{told}{others}. {reading.note}')}"


def _quotes(node: Node) -> Iterator[str]:
    for quote in node.quotes:
        yield from (f"> “{_plain(quote)}”", "")


def _told(walk: Walk, node: Node, above: str) -> Iterator[str]:
    """Yield what is said of one node itself."""
    if definition := walk.definitions.get(node.slug):
        yield from (_plain(definition), "")
    yield from (f"*{_facts(node)}*", "")
    if loss := walk.losses.get(node.slug):
        yield from (f"**{loss.verdict}** without the studies left out: {_plain(loss.reason)}", "")
    if node.doubtful:
        yield from ("**Doubtful: not to be read as fact.**", "")
    if reason := walk.reasons.get(above, {}).get(node.slug):
        yield from (f"On the link: {_plain(reason)}", "")
    if node.note:
        yield from (f"Note: {_plain(node.note)}", "")
    if readings := walk.readings.get(node.slug, ()):
        yield from ("How the cell of the table was read:", "", *map(_reading, readings), "")
    yield from _quotes(node)


def _studies(walk: Walk, second: Node) -> str:
    gone = {study.slug for study in walk.left_out}
    named = []
    for study in second.children:
        if study.kind == "Study":
            reports = ", ".join(report.label for report in study.children) or "no report named"
            named.append(f"{study.label} ({reports}){' [left out]' if study.slug in gone else ''}")
    cited = [child.label for child in second.children if child.relation == "citedIn"]
    return _plain("; ".join(named) + (f". Cited here: {', '.join(cited)}" if cited else ""))


def _below(walk: Walk, node: Node, level: int) -> Iterator[str]:
    """Yield a claim or translated construct as a section, down to the words of its second-order constructs."""
    number = f"{node.position}. " if node.kind == "ThirdOrderConstruct" and node.position else ""
    yield from (f"{'#' * level} {number}{_plain(node.label)}", "")
    yield from _told(walk, node, "")
    for child in node.children:
        if child.kind == "TranslatedConstruct":
            yield from _section(walk, child, node.slug, level + 1)


def _section(walk: Walk, translated: Node, claim: str, level: int) -> Iterator[str]:
    yield from (f"{'#' * level} {_plain(translated.label)}", "")
    yield from _told(walk, translated, claim)
    for second in translated.children:
        yield from (f"**{_plain(second.label)}** · {_studies(walk, second)}", "")
        yield from _told(walk, second, translated.slug)


def _sources(walk: Walk, level: int) -> Iterator[str]:
    """Yield what is said of the studies and reports themselves, each once."""
    told = [node for node in walk.trace.all if node.kind in {"Study", "Report"} and not node.again]
    told = [node for node in told if node.quotes or node.note]
    if told:
        yield from (f"{'#' * level} Studies and reports", "")
    for node in told:
        yield from (f"**{_plain(node.label)}**", "", *_told(walk, node, ""))


def _end(walk: Walk, state: State) -> Iterator[str]:
    yield from ("---", "")
    yield f"From “{_plain(walk.synthesis.label)}”, dataset version {state.place.version}, ineq-kg {__version__}."
    yield f"Permalink: <{state.permalink}>"
    if walk.left_out:
        yield f"Left out: {_plain('; '.join(study.label for study in walk.left_out))}."
    yield ""


def claim_markdown(walk: Walk, state: State) -> bytes:
    """Return a claim with all that it rests on as Markdown, in UTF-8."""
    return "\n".join([*_below(walk, walk.trace, 1), *_sources(walk, 2), *_end(walk, state)]).encode()


def argument_markdown(walk: Walk, state: State) -> bytes:
    """Return a line of argument with all that it rests on as Markdown, in UTF-8."""
    lines = [f"# {_plain(walk.trace.label)}", "", *_told(walk, walk.trace, "")]
    for claim in walk.trace.children:
        lines += _below(walk, claim, 2)
    return "\n".join([*lines, *_sources(walk, 2), *_end(walk, state)]).encode()
