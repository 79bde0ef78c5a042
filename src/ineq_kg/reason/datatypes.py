"""Which literals a datatype admits, as far as the ontology and its records use datatypes (XML Schema 1.1 part 2)."""

from __future__ import annotations

import re
from datetime import date

import pyoxigraph as ox

from ineq_kg.vocabulary import RDF, RDFS, XSD

_STRING = XSD.term("string")
_INTEGER = XSD.term("integer")
_DECIMAL = XSD.term("decimal")
_DATE = XSD.term("date")
# Which literals a datatype admits, by their own datatype; None for all. Integers are decimals (3.4.13).
_ADMITS = {
    RDFS.term("Literal"): None,
    RDF.term("PlainLiteral"): {RDF.term("langString"), _STRING},
    _DECIMAL: {_DECIMAL, _INTEGER},
}
_FORMS = {
    _INTEGER: re.compile(r"[+-]?[0-9]+"),
    _DECIMAL: re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)"),
    XSD.term("boolean"): re.compile(r"true|false|1|0"),
    _DATE: re.compile(r"-?([0-9]{4,})-([0-9]{2})-([0-9]{2})(Z|[+-][0-9]{2}:[0-9]{2})?"),
}


def admits(datatype: str, literal: ox.Literal) -> bool:
    """Return whether a literal may stand where this datatype is asked for."""
    allowed = _ADMITS.get(datatype, {datatype})
    return allowed is None or literal.datatype.value in allowed


def well_formed(literal: ox.Literal) -> bool:
    """Return whether a literal is written as its datatype asks. Of a datatype that is not used here, nothing is asked."""
    datatype = literal.datatype.value
    form = _FORMS.get(datatype)
    if form is None:
        return True
    match = form.fullmatch(literal.value)
    if match is None or datatype != _DATE:
        return match is not None
    year, month, day = map(int, match.group(1, 2, 3))
    try:
        date(2000 + year % 400, month, day)  # the calendar repeats itself, and Python's ends at 9999
    except ValueError:
        return False
    return True
