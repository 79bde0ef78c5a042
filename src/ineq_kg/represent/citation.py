"""Citations: what is cited as CSL items, written by libraries as BibTeX, RIS, CSL-JSON and running text.

Two things are cited: the record at a permalink of its version of the dataset, and the source that it was read from. Nothing
is said that no record says.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from ineq_kg.represent.formats import Format
from ineq_kg.represent.text import one_line, visible


class Name(BaseModel):
    """A name as it is written: which part of it is the family's is not recorded."""

    model_config = ConfigDict(frozen=True)

    literal: str


class Item(BaseModel):
    """An item of CSL-JSON (Citation Style Language 1.0.2), by the names that the standard gives its fields.

    `issued` is a year, a month and a day, as far as they are known. `as_recorded` is how the records themselves
    cite it, which no style improves on.
    """

    model_config = ConfigDict(frozen=True, populate_by_name=True, serialize_by_alias=True)

    id: str
    type: str
    title: str
    container: str | None = Field(default=None, alias="container-title")
    author: tuple[Name, ...] = ()
    issued: tuple[int, ...] = ()
    volume: str | None = None
    issue: str | None = None
    page: str | None = None
    version: str | None = None
    publisher: str | None = None
    doi: str | None = Field(default=None, alias="DOI")
    url: str | None = Field(default=None, alias="URL")
    note: str | None = None
    as_recorded: str | None = Field(default=None, exclude=True)

    def data(self) -> dict[str, Any]:
        """Return the item as CSL-JSON has it, without empty fields; every text is one line of visible characters."""
        data = json.loads(self.model_dump_json(exclude_none=True, exclude_defaults=True))
        if self.issued:
            data["issued"] = {"date-parts": [list(self.issued)]}
        return {name: _shown(value) for name, value in data.items()}


def _shown(value: Any) -> Any:
    if isinstance(value, str):
        return visible(one_line(value))
    if isinstance(value, list):
        return [_shown(one) for one in value]
    return {name: _shown(one) for name, one in value.items()} if isinstance(value, dict) else value


# Characters that LaTeX takes for its own; braces by name, since BibTeX counts even escaped ones.
_LATEX = str.maketrans(
    {
        "\\": r"{\textbackslash}",
        "{": r"{\textbraceleft}",
        "}": r"{\textbraceright}",
        "~": r"{\textasciitilde}",
        "^": r"{\textasciicircum}",
        **{character: f"\\{character}" for character in "#$%&_"},
    }
)


def _bibtex(items: Sequence[Item]) -> str:
    from bibtexparser.entrypoint import write_string  # these libraries take a tenth of a second to import
    from bibtexparser.library import Library
    from bibtexparser.model import Entry
    from bibtexparser.model import Field as Written

    library = Library()
    for item in (each.data() for each in items):
        article = item["type"] == "article-journal"
        texts = {"title": item["title"], "journal" if article else "booktitle": item.get("container-title")}
        texts |= {"volume": item.get("volume"), "number": item.get("issue"), "pages": item.get("page")}
        texts |= {name: item.get(name) for name in ("publisher", "version", "note")}
        fields = {name: text.translate(_LATEX) for name, text in texts.items() if text}
        # A name in braces is taken whole.
        fields["author"] = " and ".join(f"{{{name['literal'].translate(_LATEX)}}}" for name in item.get("author", ()))
        fields["title"] = f"{{{fields['title']}}}"
        if "issued" in item:
            fields["year"] = str(item["issued"]["date-parts"][0][0])
        fields |= {name.lower(): item[name] for name in ("DOI", "URL") if name in item}
        written = [Written(name, text) for name, text in fields.items() if text]
        library.add(Entry("article" if article else "misc", item["id"].replace("/", ":"), written))
    return str(write_string(library)).strip() + "\n"


_RIS_TYPES = {"dataset": "DATA", "article-journal": "JOUR"}


def _ris(items: Sequence[Item]) -> str:
    import rispy

    class Writer(rispy.RisWriter):  # type: ignore[misc]  # rispy is not typed
        """Writes references one after the other, without counting them."""

        def set_header(self, count: int) -> str:  # noqa: ARG002
            return ""

    references = []
    for item in (each.data() for each in items):
        reference = {
            "type_of_reference": _RIS_TYPES.get(item["type"], "GEN"),
            "id": item["id"],
            "authors": [name["literal"] for name in item.get("author", ())],
            "title": item["title"],
            "secondary_title": item.get("container-title"),
            "volume": item.get("volume"),
            "number": item.get("issue"),
            "start_page": item.get("page"),
            "year": str(item["issued"]["date-parts"][0][0]) if "issued" in item else None,
            "edition": item.get("version"),
            "publisher": item.get("publisher"),
            "doi": item.get("DOI"),
            "urls": [item["URL"]] if "URL" in item else None,
            "notes": [item["note"]] if "note" in item else None,
        }
        references.append({name: value for name, value in reference.items() if value})
    return str(rispy.dumps(references, implementation=Writer)).strip() + "\n"


def _formatted(item: Mapping[str, Any]) -> str:
    """Return one item as a style has it: that of "Cite Them Right", which citeproc-py brings along."""
    from citeproc import Citation, CitationItem, CitationStylesBibliography, CitationStylesStyle, formatter
    from citeproc.source.json import CiteProcJSON

    # The style has no place for notes, nor the library a name for them.
    source = CiteProcJSON([{name: value for name, value in item.items() if name != "note"}])
    style = CitationStylesStyle("harvard-cite-them-right", validate=False)
    bibliography = CitationStylesBibliography(style, source, formatter.plain)
    bibliography.register(Citation([CitationItem(item["id"])]))
    return " ".join("".join(map(str, bibliography.bibliography())).split())


def _text(items: Sequence[Item]) -> str:
    lines = []
    for item in items:
        if item.as_recorded:
            lines.append(visible(one_line(item.as_recorded)))
        else:
            data = item.data()
            lines += [_formatted(data), f"{data['note']}."]
    return "\n".join(lines) + "\n"


def _csl(items: Sequence[Item]) -> str:
    return json.dumps([item.data() for item in items], ensure_ascii=False, indent=2) + "\n"


_WRITERS: dict[Format, Callable[[Sequence[Item]], str]] = {
    Format.TEXT: _text,
    Format.BIBTEX: _bibtex,
    Format.RIS: _ris,
    Format.CSL_JSON: _csl,
}
CITATIONS = tuple(_WRITERS)


def written(items: Sequence[Item], wanted: Format) -> str:
    """Return a citation of the items in one of CITATIONS."""
    return _WRITERS[wanted](items)
