"""Headers written for grlc: what has a meaning here is read, what only steers grlc is passed over.

grlc's README, «Decorator syntax», lists its keys. `summary`, `description` and `tags` mean the same here.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ineq_kg.errors import DefinitionError
from ineq_kg.ingest.yaml_document import Place, YamlDocument

# Other endpoints, other methods, pages of its own, rewritten JSON.
_PASSED_OVER = frozenset({"endpoint", "endpoint_in_url", "method", "mime", "pagination", "transform"})
_INTO = {"defaults": "default", "enumerate": "values"}


def from_grlc(source: YamlDocument) -> YamlDocument:
    """Return the header with `defaults` and `enumerate` written into the parameters they name.

    Raises DefinitionError for one that names no declared parameter.
    """
    if not isinstance(source.data, dict):
        return source
    data = {key: value for key, value in source.data.items() if key not in _PASSED_OVER}
    lines = dict(source.lines)
    for key, target in _INTO.items():
        for place, name, value in _pairs(data.pop(key, None), (key,)):
            parameters = data.get("parameters")
            declared = parameters.get(name) if isinstance(parameters, dict) else None
            if not isinstance(declared, dict) or not isinstance(parameters, dict):
                raise DefinitionError(
                    f"`{key}` names {name!r}, which `parameters` does not declare",
                    document=source.path,
                    line=source.line(place),
                    mend="grlc finds parameters in variables' names; declare them under `parameters`, each with its type.",
                )
            data["parameters"] = {**parameters, name: {target: value, **declared}}
            lines.setdefault(("parameters", name, target), source.line(place))
    return replace(source, data=data, lines=lines)


def _pairs(listed: Any, place: Place) -> list[tuple[Place, str, Any]]:
    """Return place, name and value of each pair in grlc's list of one-key mappings, or in a mapping.

    A bare name is left out: it asks grlc to look for possible values itself.
    """
    if isinstance(listed, list):
        return [pair for number, part in enumerate(listed) for pair in _pairs(part, (*place, number))]
    return [((*place, name), name, value) for name, value in listed.items()] if isinstance(listed, dict) else []
