"""No text that is let through makes the engine reach another host or read a file; words in strings and names are no offence."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import suppress
from threading import Thread

import pyoxigraph as ox
import pytest

from ineq_kg.errors import QueryRefused
from ineq_kg.store.guard import refuse_egress, refuse_egress_of_update
from outside import HIDDEN

HARMLESS = [
    'SELECT * { ?SERVICE ?p \'SERVICE\', """SERVICE <x> {}""" } LIMIT 1 # SERVICE <x> {}',
    "PREFIX x: <http://x/SERVICE#> SELECT * { ?s x:SERVICE <http://x/SERVICE>, x:my-service }",
    "PREFIX service: <http://x/#> SELECT * { ?s a service:Desk }",
    "SELECT * { ?s ?p ?o FILTER(?o<?p && ?p>'SERVICE') }",
]


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.3)
        yield server


def told(listener: socket.socket, text: str) -> str:
    return text.replace("@", f"http://127.0.0.1:{listener.getsockname()[1]}/")


def is_called(listener: socket.socket) -> bool:
    try:
        connection, _ = listener.accept()
    except TimeoutError:
        return False
    connection.close()
    return True


@pytest.mark.parametrize("query", HIDDEN.values(), ids=HIDDEN)
def test_no_spelling_of_service_is_let_through(query: str) -> None:
    with pytest.raises(QueryRefused):
        refuse_egress(query)
    with pytest.raises(QueryRefused):
        refuse_egress_of_update(query.replace("SELECT *", "INSERT { <a:a> <a:a> <a:a> } WHERE"))


@pytest.mark.parametrize("query", list(HIDDEN.values())[:-3], ids=list(HIDDEN)[:-3])
def test_each_of_them_would_reach_the_host(listener: socket.socket, query: str) -> None:
    """Else the test before would prove nothing of the engine's own grammar."""
    store = ox.Store()
    node = ox.NamedNode("a:a")
    store.add(ox.Quad(node, node, node))

    def ask() -> None:
        with suppress(OSError):
            list(store.query(told(listener, query)))

    thread = Thread(target=ask)
    thread.start()
    assert is_called(listener)
    listener.close()
    thread.join()


@pytest.mark.parametrize("query", HARMLESS)
def test_the_word_alone_is_no_offence(query: str) -> None:
    refuse_egress(query)
    list(ox.Store().query(query))


@pytest.mark.parametrize(
    "update",
    [
        "LOAD <file:///etc/passwd>",
        "load silent <http://127.0.0.1:9/> into graph <a:g>",
        "PREFIX x: <http://127.0.0.1:9/>LOADx:y",
        "PREFIX x: <a:> CLEAR GRAPH x:y ;LOADSILENTx:y INTO GRAPH x:y",
        "INSERT DATA { <a:a> <a:a> 'x' } ; LOAD <http://127.0.0.1:9/>",
        "DELETE { ?s ?p ?o } WHERE { ?s ?p ?o FILTER(?p<?o#>'''\n) } ; LOAD <file:///etc/passwd> #'''\n",
        "\\u004COAD <http://127.0.0.1:9/>",
    ],
)
def test_nothing_is_loaded(update: str) -> None:
    with pytest.raises(QueryRefused):
        refuse_egress_of_update(update)


@pytest.mark.parametrize(
    "update",
    [
        "INSERT DATA { <a:a> <http://x/#load> 'the load of care' . <a:a> <a:a> ( <http://x/#a> 'a health service' ) }",
        "PREFIX load: <http://x/> INSERT DATA { GRAPH load:g { load:a load:b load:c } } ; CLEAR GRAPH load:g",
        "PREFIX load: <http://x/> WITH load:g DELETE { ?s ?p ?o } WHERE { ?s ?p ?o } # LOAD",
    ],
)
def test_loads_and_services_may_be_written_of(update: str) -> None:
    refuse_egress_of_update(update)
    ox.Store().update(update)
