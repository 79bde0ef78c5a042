"""What OpenAPI says of a question: derived from its header, so that nothing is written twice."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from fastapi import FastAPI
from pydantic import TypeAdapter

from ineq_kg.queries.binding import MAX_LENGTH, MAX_VALUES
from ineq_kg.queries.definition import Column, Header, Parameter
from ineq_kg.queries.paging import MAX_ROWS
from ineq_kg.represent.formats import Format
from ineq_kg.represent.views.catalogue import VIEWS
from ineq_kg.represent.views.definition import View
from ineq_kg_api.problems import PROBLEM

# A program that accepts anything gets data; a browser names HTML first and gets the page.
FORMATS = (*Format.for_form("table"), Format.HTML)
_SCHEMAS: dict[str, dict[str, Any]] = {
    "iri": {"type": "string", "format": "iri-reference", "maxLength": MAX_LENGTH},
    "string": {"type": "string", "maxLength": MAX_LENGTH},
    "enum": {"type": "string"},
    "lang": {"type": "string", "pattern": "^[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*$"},
    "integer": {"type": "integer"},
    "decimal": {"type": "number"},
    "boolean": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
}
_TERM = {
    "type": "object",
    "properties": {
        "type": {"enum": ["uri", "literal", "bnode"]},
        "value": {"type": "string"},
        "datatype": {"type": "string"},
        "xml:lang": {"type": "string"},
    },
    "required": ["type", "value"],
}
# How any question is answered: the same for all.
SHARED: tuple[dict[str, Any], ...] = (
    {
        "name": "format",
        "in": "query",
        "description": "A file extension, where Accept cannot be set",
        "schema": {"type": "string", "enum": [member.extension for member in FORMATS]},
    },
    {
        "name": "limit",
        "in": "query",
        "description": "At most so many rows; the Link header leads to the others",
        "schema": {"type": "integer", "minimum": 1, "maximum": MAX_ROWS},
    },
    {
        "name": "cursor",
        "in": "query",
        "description": "Where to go on, as the Link header has it",
        "schema": {"type": "string"},
    },
    {
        "name": "at",
        "in": "query",
        "description": "A version of the dataset that is kept, as an ETag or a cursor names it",
        "schema": {"type": "string"},
    },
)


def _value(parameter: Parameter, text: str) -> Any:
    """Return a value of the header as JSON has it."""
    if parameter.type == "integer":
        return int(text)
    if parameter.type == "decimal":
        return float(Decimal(text))
    return text in {"true", "1"} if parameter.type == "boolean" else text


def _parameter(name: str, parameter: Parameter) -> dict[str, Any]:
    schema = dict(_SCHEMAS[parameter.type])
    if parameter.values:
        schema["enum"] = [_value(parameter, value) for value in parameter.values]
    if parameter.default is not None:
        schema["default"] = _value(parameter, parameter.default)
    if parameter.many:
        schema = {"type": "array", "items": schema, "maxItems": MAX_VALUES}
    described = parameter.description
    if parameter.of_class is not None:
        described += f" (class {parameter.of_class})"
    entry = {"name": name, "in": "query", "required": parameter.required, "description": described, "schema": schema}
    if parameter.example is not None:
        example = _value(parameter, parameter.example)
        entry["example"] = [example] if parameter.many else example
    return entry


def _rows_schema(columns: dict[str, Column]) -> dict[str, Any]:
    """Return the JSON schema of SPARQL results with these columns; any may be unbound in a row."""
    terms = {name: {**_TERM, "title": one.label, "description": one.meaning} for name, one in columns.items()}
    bindings = {"type": "array", "items": {"type": "object", "properties": terms, "additionalProperties": False}}
    names = {"type": "array", "items": {"enum": list(columns)}}
    return {
        "type": "object",
        "properties": {
            "head": {"type": "object", "properties": {"vars": names}},
            "results": {"type": "object", "properties": {"bindings": bindings}},
        },
        "required": ["head", "results"],
    }


def _content(columns: dict[str, Column]) -> dict[str, Any]:
    """Return every media type the answer comes in; examples are those of an answer without rows."""
    content: dict[str, Any] = {member.media_type: {"schema": {"type": "string"}} for member in FORMATS}
    content[Format.XLSX.media_type] = {"schema": {"type": "string", "format": "binary"}}
    content[Format.CSV.media_type]["example"] = ",".join(columns) + "\r\n"
    content[Format.TSV.media_type]["example"] = "\t".join(f"?{name}" for name in columns) + "\n"
    content[Format.JSON.media_type] = {
        "schema": _rows_schema(columns),
        "example": {"head": {"vars": list(columns)}, "results": {"bindings": []}},
    }
    return content


def _problem(description: str) -> dict[str, Any]:
    members = {"title": {"type": "string"}, "status": {"type": "integer"}, "detail": {"type": "string"}}
    more = {"mend": {"type": "string"}, "parameter": {"type": "string"}, "value": {"type": "string"}}
    schema = {"type": "object", "properties": {**members, **more}, "required": ["title", "status"]}
    return {"description": description, "content": {PROBLEM: {"schema": schema}}}


def operation(name: str, header: Header) -> dict[str, Any]:
    """Return what an OpenAPI 3.1 operation says of a question: typed parameters, media types, examples, problems."""
    return {
        "operationId": "query_" + name.replace("-", "_"),
        "parameters": [*(_parameter(key, one) for key, one in header.parameters.items()), *map(dict, SHARED)],
        "responses": {
            "200": {"description": "The rows of the answer", "content": _content(header.columns)},
            "304": {"description": "The caller has this answer already"},
            "406": _problem("No format asked for can be had"),
            "410": _problem("The version asked for is not kept"),
            "422": _problem("A parameter is missing, unknown or of the wrong kind"),
        },
    }


def view_operation(view: View[Any]) -> dict[str, Any]:
    """Return what an OpenAPI 3.1 operation says of a view; the schema of its data is that of its model."""
    parameters = [_parameter(name, one) for name, one in view.form.parameters.items()]
    for parameter in parameters:
        if parameter["name"] == view.path:
            parameter |= {"in": "path", "required": True}
    shared = [dict(one) for one in SHARED if one["name"] in {"format", "at"}]
    shared[0]["schema"] = {"type": "string", "enum": [member.extension for member in view.formats]}
    content: dict[str, Any] = {member.media_type: {"schema": {"type": "string"}} for member in view.formats}
    del content[Format.JSON.media_type]
    content[view.media_type(Format.JSON)] = {"schema": {}}  # see `describe`
    return {
        "operationId": "view_" + (view.name or "home").replace("-", "_"),
        "parameters": [*parameters, *shared],
        "responses": {
            "200": {"description": view.form.question, "content": content},
            "304": {"description": "The caller has this answer already"},
            "404": _problem("There is no such thing"),
            "410": _problem("The version asked for is not kept"),
            "422": _problem("A parameter is missing, unknown or of the wrong kind"),
        },
    }


def view_path(view: View[Any]) -> str:
    """Return the template of the path that a view is at."""
    return f"/{view.name}/{{{view.path}:path}}" if view.path else f"/{view.name}"


def describe(server: FastAPI) -> None:
    """Let a service's description, when it is first asked for, have the schemas of the data that views show.

    To make them takes longer than all else that makes the application, and many a service is never asked.
    """
    without = server.openapi

    def whole() -> dict[str, Any]:
        if server.openapi_schema is not None:
            return server.openapi_schema
        document = without()
        for view in VIEWS.values():
            answer = document["paths"][view_path(view).replace(":path", "")]["get"]["responses"]["200"]
            schema = TypeAdapter(view.model).json_schema(mode="serialization")
            answer["content"][view.media_type(Format.JSON)]["schema"] = schema
        return document

    server.openapi = whole  # type: ignore[method-assign] # as FastAPI has it: "Extending OpenAPI"
