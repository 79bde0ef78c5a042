"""What a view is: a page about one thing, whose contents are also to be had as data.

A view asks named queries and analyses, all on one snapshot, and reads their rows into a model of its own. The model is written
as JSON as it is, and as a web page by the view's template; so whatever a page shows, a program can have. A view may have
`writers` for other formats beside.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict

from ineq_kg.analysis.definition import Ask, Given
from ineq_kg.queries.binding import Values, terms_of
from ineq_kg.queries.definition import Form
from ineq_kg.represent.formats import Format
from ineq_kg.represent.staying import staying
from ineq_kg.represent.templating import render
from ineq_kg.represent.views.state import Place, State
from ineq_kg.triples.naming import slug_of

_ALWAYS = (Format.HTML, Format.JSON)


class Model(BaseModel):
    """What a view shows. Fields are described where their names do not say what they hold."""

    model_config = ConfigDict(frozen=True)


M = TypeVar("M", bound=Model)
Writer = Callable[[M, State], bytes]


@dataclass(frozen=True)
class View(Generic[M]):
    """A page about one thing. It stands at `/name`, or with a `path` parameter at `/name/{value of that parameter}`.

    `read` is given `ask`, which answers a question on one snapshot, and the values of the parameters: checked, defaults filled
    in, slugs written out as IRIs. It raises NotFound where there is no such thing. `place` adds what only the place of the
    answer knows. `writers` are for formats beside a web page and JSON.
    """

    name: str
    form: Form
    template: str
    model: type[M]
    read: Callable[[Ask, Given], M]
    path: str = ""
    place: Callable[[M, Place], M] | None = None
    writers: Mapping[Format, Writer[M]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.path and self.path not in self.form.parameters:
            raise ValueError(f"{self.name} has no parameter {self.path}")

    @property
    def formats(self) -> tuple[Format, ...]:
        """The formats that it can be had in, the preferred first."""
        return (*_ALWAYS, *self.writers)

    def media_type(self, wanted: Format) -> str:
        """Return the media type of the view in a format: its JSON is no SPARQL result."""
        return wanted.aliases[0] if wanted is Format.JSON else wanted.content_type

    def answer(self, ask: Ask, values: Values, wanted: Format, place: Place) -> bytes:
        """Return the view in one of its formats. Raises ParameterError as named queries do, NotFound."""
        terms = terms_of(self.name, self.form, values)
        given = {name: [term.value for term in several] for name, several in terms.items()}
        model = self.read(ask, given)
        if self.place:
            model = self.place(model, place)
        state = self._state(given, place)
        if wanted is Format.JSON:
            return model.model_dump_json(exclude_none=True).encode()
        if wanted is Format.HTML:
            page = render(self.template, form=self.form, view=model, **self._asked(values), state=state)
            return (staying(page, place.version) if place.pinned else page).encode()
        return self.writers[wanted](model, state)

    def _state(self, given: Mapping[str, Sequence[str]], place: Place) -> State:
        slugs = {name: tuple(map(slug_of, several)) for name, several in given.items()}
        rest = slugs.pop(self.path, ()) if self.path else ()
        path = "/".join(["", self.name, *rest])
        alternates = tuple((each.label, self.media_type(each), each.extension) for each in self.formats[1:])
        return State(path, slugs, place, alternates)

    @staticmethod
    def _asked(values: Values) -> dict[str, Any]:
        return {"asked": {name: [one] if isinstance(one, str) else list(one) for name, one in values.items()}}
