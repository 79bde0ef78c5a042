"""The page of a search: what was found, each with the words around it."""

from __future__ import annotations

from ineq_kg.analysis.definition import Ask, Given
from ineq_kg.queries.definition import Form
from ineq_kg.represent.views.definition import Model, View
from ineq_kg.search.question import HEADER, SEARCH
from ineq_kg.triples.naming import slug_of
from ineq_kg.vocabulary import IKG_NS

# What a page shows; the question itself answers with all of it, page by page.
SHOWN = 50
_ASKED = {name: HEADER.parameters[name].model_copy(update={"required": False}) for name in HEADER.parameters}


class Piece(Model):
    """A stretch of a passage, and whether it is what was looked for."""

    text: str
    found: bool = False


class Found(Model):
    """A record that was found; `kind` is a class of the ontology by its bare name, `where` what of it shows the words."""

    slug: str
    kind: str
    label: str
    synthesis: str
    where: str
    passage: tuple[Piece, ...]


class Results(Model):
    """The best of what was found, of `total` records; none where nothing was looked for."""

    q: str = ""
    total: int = 0
    found: tuple[Found, ...] = ()


def _pieces(passage: str, words: list[str]) -> tuple[Piece, ...]:
    """Return a passage cut at the words that were found in it."""
    pieces, done = [], 0
    while words and (at := min((place for word in words if (place := passage.find(word, done)) >= 0), default=-1)) >= 0:
        word = max((word for word in words if passage.startswith(word, at)), key=len)
        pieces += [Piece(text=passage[done:at]), Piece(text=word, found=True)]
        done = at + len(word)
    return tuple(piece for piece in (*pieces, Piece(text=passage[done:])) if piece.text)


def _read(ask: Ask, given: Given) -> Results:
    values = {name: several[0] for name, several in given.items()}
    if not values.get("q", "").strip():
        return Results()
    rows = list(ask(SEARCH.name, values))
    return Results(
        q=values["q"],
        total=len(rows),
        found=tuple(
            Found(
                slug=slug_of(str(row["node"])),
                kind=str(row["kind"]).removeprefix(IKG_NS),
                label=str(row["label"]),
                synthesis=slug_of(str(row["synthesis"])),
                where=str(row["field"]),
                passage=_pieces(str(row["passage"]), str(row["found"]).split(" | ") if row["found"] else []),
            )
            for row in rows[:SHOWN]
        ),
    )


SEARCH_VIEW = View(
    name="search",
    form=Form(summary=HEADER.summary, question=HEADER.question, description=HEADER.description, parameters=_ASKED),
    template="search.html",
    model=Results,
    read=_read,
)
