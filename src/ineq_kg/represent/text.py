"""Answers for a terminal."""

from __future__ import annotations

import html
import re
import textwrap
from collections.abc import Iterable

from rich.console import Group, RenderableType
from rich.markup import escape
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from ineq_kg.queries.definition import Parameter, Question
from ineq_kg.represent.tree import Node
from ineq_kg.store.embedded import Rows
from ineq_kg.triples.terms import RdfTerm, compact

COLOURS = {"high": "green", "medium": "yellow", "low": "red"}


def one_line(words: str) -> str:
    """Join the lines of a quotation; words broken at a line's end are joined where the text broke them."""
    return " ".join(words.replace("-\n", "-").split())


# What would change how the text around it is read: controls but for space, and Unicode's overrides, embeddings, isolates.
_HIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufeff]")


def visible(words: str) -> str:
    """Return the words with every character that only steers the display, such as a right-to-left override, told by name."""
    return _HIDDEN.sub(lambda found: f"[U+{ord(found[0]):04X}]", words)


def drawn_text(words: str) -> str:
    """Return text as a diagram in XML holds it: escaped, its hidden characters shown."""
    return html.escape(visible(words), quote=False)


def drawn_lines(words: str, width: int, most: int) -> list[str]:
    """Return text broken into lines of so many characters for a box; of what needs more lines than `most`, the beginning."""
    lines = textwrap.wrap(words, width)
    return lines if len(lines) <= most else [*lines[: most - 1], lines[most - 1][: width - 1] + "…"]


def counted(number: int, noun: str, several: str = "") -> str:
    """Return a number with its noun in the singular or plural; `several` is a plural that is not made with s."""
    return f"{number:,} {noun if number == 1 else several or f'{noun}s'}"


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
    return Group(table, Text(counted(len(rows), "row"), style="dim"))


_SHOWN_AS = {"string": "TEXT", "enum": "VALUE", "lang": "LANG", "boolean": "true|false", "date": "YYYY-MM-DD"}


def _option(name: str, parameter: Parameter) -> str:
    value = "|".join(parameter.values) or _SHOWN_AS.get(parameter.type, parameter.type.upper())
    return f"--{name} {value}{' ...' if parameter.many else ''}"


def _says(parameter: Parameter) -> str:
    notes = ["required"] if parameter.required else []
    notes += ["may be given several times"] if parameter.many else []
    notes += [f"class {parameter.of_class}"] if parameter.of_class else []
    notes += [f"else {parameter.default}"] if parameter.default is not None else []
    notes += [f"for example {parameter.example}"] if parameter.example is not None else []
    return f"{parameter.description} ({'; '.join(notes)})" if notes else parameter.description


def _grid(pairs: Iterable[tuple[str, str]]) -> Table:
    grid = Table.grid(padding=(0, 3))
    for term, meaning in pairs:
        grid.add_row("  " + escape(term), escape(meaning))
    return grid


def question_help(question: Question) -> Group:
    """Return what a question takes and gives, as a command's help does."""
    header = question.header
    usage = [f"Usage: ineq-kg query {question.name}"]
    usage += [
        _option(name, one) if one.required else f"[{_option(name, one)}]" for name, one in header.parameters.items()
    ]
    parts: list[RenderableType] = [Text(" ".join(usage)), Text(), Text(header.question)]
    parts += [Text(header.description)] if header.description else []
    if header.parameters:
        options = ((f"--{name}", _says(one)) for name, one in header.parameters.items())
        parts += [Text(), Text("Parameters", style="bold"), _grid(options)]
    columns = ((name, f"{column.label}: {column.meaning}") for name, column in header.columns.items())
    parts += [Text(), Text("Columns", style="bold"), _grid(columns)]
    examples = [f"--{name} {one.example}" for name, one in header.parameters.items() if one.required and one.example]
    parts += [Text(), Text(" ".join(["Example: ineq-kg query", question.name, *examples]))]
    return Group(*parts)
