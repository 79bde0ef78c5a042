"""Answers for a terminal."""

from __future__ import annotations

from rich.console import Group
from rich.markup import escape
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from ineq_kg.represent.tree import Node
from ineq_kg.store.embedded import Rows
from ineq_kg.triples.terms import RdfTerm, compact

COLOURS = {"high": "green", "medium": "yellow", "low": "red"}


def one_line(words: str) -> str:
    """Join the lines of a quotation; words broken at a line's end are joined where the text broke them."""
    return " ".join(words.replace("-\n", "-").split())


def _heading(node: Node) -> Text:
    text = Text("cited in " if node.relation == "citedIn" else "")
    if node.position is not None and node.kind == "ThirdOrderConstruct":
        text.append(f"{node.position}. ", style="bold")
    text.append(node.label, style="bold" if node.kind in {"LineOfArgument", "ThirdOrderConstruct"} else "")
    if node.again:
        text.append(f"  {node.slug}", style="dim")
        return text
    particulars = [node.kind_name.lower()]
    if node.category:
        particulars.append(f"category: {node.category}")
    if node.basis_words:
        particulars.append(node.basis_words)
    if node.confidence:
        particulars.append(f"confidence: {node.confidence.lower()}")
    if node.link_confidence and node.link_confidence != node.confidence:
        particulars.append(f"link: {node.link_confidence.lower()}")
    text.append(f"  [{'; '.join(particulars)}]", style=COLOURS.get(node.certainty.lower(), "dim"))
    if node.doubtful:
        text.append("  DOUBTFUL", style="bold red")
    text.append(f"  {node.slug}", style="dim")
    return text


def _grow(branch: Tree, node: Node, *, notes: bool) -> None:
    if notes and node.note and node.certainty != "High":
        branch.add(Text(f"note: {node.note}", style="italic"))
    for quote in node.quotes:
        branch.add(Text(f"“{one_line(quote)}”", style="cyan"))
    for child in node.children:
        _grow(branch.add(_heading(child)), child, notes=notes)


def trace_tree(root: Node, *, notes: bool = True) -> Tree:
    """Return the trace as a tree for the terminal: names, kinds, confidence, doubts, exact words."""
    tree = Tree(_heading(root))
    _grow(tree, root, notes=notes)
    return tree


def _cell(term: RdfTerm | None) -> str:
    if term is None:
        return ""
    return escape(compact(term.value) if term.kind == "iri" else one_line(term.value))


def rows_table(rows: Rows) -> Group:
    """Return a table of results with prefixed names, and a line that counts the rows."""
    table = Table(*[escape(column) for column in rows.columns], header_style="bold")
    for row in rows.rows:
        table.add_row(*[_cell(term) for term in row])
    return Group(table, Text(f"{len(rows)} row{'' if len(rows) == 1 else 's'}", style="dim"))
