"""Declarations may come before any operation of an update, each for what comes after it."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from ineq_kg.errors import QueryError
from ineq_kg.store.operations import operations
from ineq_kg.store.update import run_update

ONE = "INSERT DATA { a:s a:p ';' }"


def made(update: str) -> set[str]:
    store = ox.Store()
    run_update(store, update, "https://example.org/base/")
    return {" ".join(map(str, quad.triple)) for quad in store}


@pytest.mark.parametrize(
    "update",
    [
        "PREFIX a: <x:1> INSERT DATA { a:s a:p ';' } ; PREFIX a: <x:2> INSERT DATA { a:s a:p ';' }",
        "PREFIX a: <x:1>INSERT DATA{a:s a:p ';'};prefix a:<x:2>#;\nINSERT DATA{a:s a:p ';'}",
        f"PREFIX a: <x:1> {ONE} ; # ; PREFIX a: <x:3>\n BASE <x:/> PREFIX a: <x:2> {ONE} ;",
        f"PREFIX a: <x:1> {ONE} ; PREFIX a: <x:2> {ONE} ; PREFIX a: <x:3>",
    ],
)
def test_a_prefix_may_be_declared_anew(update: str) -> None:
    assert made(update) == {'<x:1s> <x:1p> ";"', '<x:2s> <x:2p> ";"'}


def test_what_was_declared_before_still_holds() -> None:
    update = "PREFIX a: <x:> BASE <y:/> INSERT DATA { a:s a:p <o> } ; PREFIX b: <z:> INSERT DATA { a:s b:p <o2> }"
    assert made(update) == {"<x:s> <x:p> <y:/o>", "<x:s> <z:p> <y:/o2>"}


def test_an_update_without_later_declarations_is_left_alone() -> None:
    for update in (ONE, f"PREFIX a: <x:> {ONE} ; {ONE}", "INSERT DATA { <a:b> <a:c> '; PREFIX a: <b:>' }", ""):
        assert operations(update) == [update]


def test_an_error_is_told_where_it_stands() -> None:
    with pytest.raises(QueryError, match=r"at 3:"):
        made("PREFIX a: <x:1>\nINSERT DATA { a:s a:p 1 } ;\nPREFIX a: <x:2> INSERT DATA { a:s a:p }")


def test_the_words_are_not_declarations_everywhere() -> None:
    update = "PREFIX base: <x:> INSERT DATA { base:PREFIX base:BASE 'BASE' } ; CLEAR SILENT GRAPH base:g ; " + (
        "INSERT DATA { base:PREFIX base:p base:o }"
    )
    assert operations(update) == [update]
    assert len(made(update)) == 2
