"""What a request may be, and the shapes that an answer comes in: limits, CORS, HEAD, compression, headers of security."""

from __future__ import annotations

import gzip
import json
import socket
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx2
import pytest

from ineq_kg.access import Scope, Tokens
from ineq_kg.app import App
from ineq_kg.operating import Operating, Rate, networks
from ineq_kg_api.responses import SECURITY
from places import FOUNDING
from running import get, problem, raw, send
from serving import served

EDITOR = "https://editor.example.org"
LONG = "/queries/trace?start=mcmahon-2022/argument/narrow-problematisation"
TURTLE = b"<https://example.org/a> <https://example.org/b> <https://example.org/c> .\n"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> App:
    app = App.open(tmp_path_factory.mktemp("requests") / "store")
    app.load([FOUNDING])
    return app


@pytest.fixture(scope="module")
def address(app: App) -> Iterator[str]:
    operating = Operating(
        write_origins=(EDITOR,), trusted_proxies=networks("127.0.0.1"), body_patience=1.0, body_rate=1_000_000
    )
    with served(app, operating) as one:
        yield one


@pytest.fixture(scope="module")
def token(app: App) -> dict[str, str]:
    _, secret = Tokens(app.store.directory / "tokens.json").create("Ana", [Scope.WRITE], timedelta(hours=1))
    return {"Authorization": f"Bearer {secret}"}


# --- limits -----------------------------------------------------------------------------------------------------------


def test_a_url_and_headers_have_a_length(address: str) -> None:
    long = problem(get(address, "/sparql?query=" + "x" * 33_000), 414, "UrlTooLong")
    assert (long["limit"], long["allowed"], "POST" in long["mend"]) == ("url", 32 * 1024, True)
    assert problem(get(address, "/", X_Long="x" * 33_000), 431, "HeadersTooLong")["limit"] == "headers"
    many = "&".join(f"a{number}=" for number in range(1002))
    assert problem(get(address, "/queries/syntheses?" + many), 400, "TooManyParameters")["allowed"] == 1000
    form = send("POST", f"{address}/sparql", data={f"a{number}": "x" for number in range(1002)})
    assert (form.status_code, "1,000 fields" in form.json()["title"]) == (413, True)
    assert get(address, "/sparql?query=" + "%20" * 10_000 + "ASK%7B%7D").json() == {"head": {}, "boolean": True}


def test_a_body_that_is_declared_too_long_is_not_waited_for(address: str) -> None:
    head = (
        f"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\nContent-Length: {2**21}\r\n\r\n"
    )
    host, port = address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(head.encode())
        assert b" 413 " in connection.recv(1000)


def test_a_body_that_comes_too_slowly_is_given_up(address: str) -> None:
    head = (
        "POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\nContent-Length: 100\r\n\r\nASK"
    )
    answer = raw(address, head.encode())
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b"application/problem+json" in answer


def test_files_of_a_form_are_counted(address: str, token: dict[str, str]) -> None:
    files = [("file", (f"{number}.nt", TURTLE, "application/n-triples")) for number in range(101)]
    answer = send("POST", f"{address}/graph-store?graph=https://example.org/many", files=files, headers=token)
    assert answer.status_code == 400
    assert "100" in answer.json()["title"]


def test_a_body_may_be_sent_as_gzip_and_a_bomb_may_not(address: str, token: dict[str, str]) -> None:
    def ask(body: bytes) -> httpx2.Response:
        headers = {"Content-Type": "application/sparql-query", "Content-Encoding": "gzip"}
        return send("POST", f"{address}/sparql", content=body, headers=headers)

    whole = gzip.compress(b"ASK {}")
    assert ask(whole).json()["boolean"] is True
    assert ask(gzip.compress(b" " * 2**20 + b"ASK {}")).status_code == 413
    assert ask(gzip.compress(b" " * 2**26)).status_code == 413
    for broken in (whole[:-4], whole + b"x", b"ASK {}"):
        assert ask(broken).status_code == 400
    put = send(
        "PUT",
        f"{address}/graph-store?graph=https://example.org/packed",
        content=gzip.compress(TURTLE),
        headers={**token, "Content-Type": "text/turtle", "Content-Encoding": "gzip"},
    )
    assert put.status_code == 201
    back = get(address, "/graph-store?graph=https://example.org/packed&format=nt")
    assert back.content == TURTLE
    other = send("POST", f"{address}/sparql", content=b"x", headers={"Content-Encoding": "br"})
    assert other.status_code == 415


def test_each_client_has_a_rate_of_its_own(app: App) -> None:
    operating = Operating(rate=Rate(3, 3600), trusted_proxies=networks("127.0.0.1"))
    with served(app, operating) as address:
        one = [get(address, "/queries", X_Forwarded_For="203.0.113.1") for _ in range(4)]
        assert [answer.status_code for answer in one] == [200, 200, 200, 429]
        assert [answer.headers["ratelimit"].partition(";t=")[0] for answer in one] == [
            f'"client";r={left}' for left in (2, 1, 0, 0)
        ]
        assert one[0].headers["ratelimit-policy"] == '"client";q=3;w=3600'
        refused = problem(one[3], 429, "TooManyRequests")
        assert 0 < int(one[3].headers["retry-after"]) <= 3601
        assert (refused["limit"], refused["allowed"]) == ("rate", 3)
        assert one[3].headers["access-control-allow-origin"] == "*"
        assert get(address, "/queries", X_Forwarded_For="203.0.113.2").status_code == 200
        # What a client says before its proxy does is the client's own word.
        assert get(address, "/queries", X_Forwarded_For="198.51.100.9, 203.0.113.1").status_code == 429
        assert get(address, "/healthz", X_Forwarded_For="203.0.113.1").status_code == 200


def test_nobody_is_believed_about_others_who_is_not_trusted(app: App) -> None:
    with served(app, Operating(rate=Rate(1, 3600), metrics_from=None)) as address:
        codes = [get(address, "/queries", X_Forwarded_For=f"203.0.113.{one}").status_code for one in range(2)]
        assert codes == [200, 429]


# --- CORS -------------------------------------------------------------------------------------------------------------


def preflight(address: str, origin: str, method: str, headers: str = "") -> httpx2.Response:
    asked = {"Origin": origin, "Access-Control-Request-Method": method}
    if headers:
        asked["Access-Control-Request-Headers"] = headers
    return send("OPTIONS", f"{address}/sparql", headers=asked)


@pytest.mark.parametrize(
    ("origin", "method", "headers", "status"),
    [
        ("https://anyone.example", "GET", "", 200),
        ("https://anyone.example", "POST", "content-type,x-request-id", 200),
        ("https://anyone.example", "POST", "authorization", 403),
        ("https://anyone.example", "PUT", "", 403),
        ("null", "POST", "authorization", 403),
        (EDITOR, "PUT", "authorization,if-match,content-type", 200),
        (EDITOR, "POST", "authorization", 200),
        (f"{EDITOR}.evil.example", "POST", "authorization", 403),
    ],
)
def test_anyone_may_read_and_pages_that_are_named_may_send_tokens(
    address: str, origin: str, method: str, headers: str, status: int
) -> None:
    answer = preflight(address, origin, method, headers)
    assert answer.status_code == status
    if status == 200:
        assert answer.headers["access-control-allow-origin"] in {"*", origin}
        allowed = answer.headers["access-control-allow-headers"].lower()
        assert all(name in allowed for name in headers.split(","))
        assert "access-control-allow-credentials" not in answer.headers
    else:
        assert "--write-origin" in problem(answer, 403, "OriginRefused")["mend"]
        assert "access-control-allow-methods" not in answer.headers


@pytest.mark.parametrize(
    "path", ["/", "/queries/syntheses", "/ontology", "/nowhere", "/queries/nothing", "/static/ineq-kg.css"]
)
@pytest.mark.parametrize("origin", ["", "https://anyone.example", EDITOR])
def test_every_answer_may_be_read_by_any_page_and_is_the_same_for_all(address: str, path: str, origin: str) -> None:
    answer = get(address, path, **({"Origin": origin} if origin else {}))
    assert answer.headers.get_list("access-control-allow-origin") == ["*"]
    assert "ETag" in answer.headers["access-control-expose-headers"]
    assert "X-Total-Count" in answer.headers["access-control-expose-headers"]
    assert "origin" not in answer.headers.get("vary", "").lower()


# --- HEAD and compression ---------------------------------------------------------------------------------------------

PATHS = (
    "/",
    "/queries",
    "/queries/syntheses",
    LONG,
    LONG + "&format=xlsx",
    "/sparql?query=ASK%7B%7D",
    "/id/mcmahon-2022",
    "/doc/mcmahon-2022.ttl",
    "/ontology",
    "/context.jsonld",
    "/graph-store?graph=https://w3id.org/ineq-kg/graph/mcmahon-2022",
    "/versions",
    "/static/ineq-kg.css",
    "/healthz",
    "/readyz",
    "/openapi.json",
    "/docs",
    "/nowhere",
    "/queries/trace",
)


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
@pytest.mark.parametrize("path", PATHS)
def test_head_has_the_headers_of_get_and_no_body(address: str, path: str, encoding: str) -> None:
    got = get(address, path, Accept_Encoding=encoding)
    head = send("HEAD", address + path, headers={"Accept-Encoding": encoding})
    assert head.status_code == got.status_code
    if path == "/nowhere":  # which names its method
        return
    # When it was modified is said from two seconds after the start on, which may fall between the two.
    unlike = {"date", "x-request-id", "last-modified"}
    assert {key: value for key, value in head.headers.items() if key not in unlike} == {
        key: value for key, value in got.headers.items() if key not in unlike
    }
    assert head.content == b""
    assert ("content-length" in head.headers) or head.headers["content-encoding"] == "gzip"


def test_head_of_metrics_and_of_what_is_no_get(address: str) -> None:
    assert send("HEAD", f"{address}/metrics").status_code == 200
    refused = send("HEAD", f"{address}/versions/x/revert")
    assert refused.status_code == 405
    assert send("DELETE", f"{address}/queries").headers["allow"] == "GET, HEAD"


def packed(address: str, path: str) -> tuple[dict[str, str], bytes]:
    """The headers of an answer and its body as it was sent."""
    host = address.removeprefix("http://")
    request = f"GET {path} HTTP/1.1\r\nHost: {host}\r\nAccept-Encoding: gzip\r\nConnection: close\r\n\r\n"
    head, _, body = raw(address, request.encode()).partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")[1:]
    return {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}, body


def test_what_is_long_is_sent_as_gzip_to_who_takes_it(address: str) -> None:
    plain = get(address, LONG)
    headers, body = packed(address, LONG)
    assert headers["content-encoding"] == "gzip"
    assert int(headers["content-length"]) == len(body) < len(plain.content) / 5
    assert gzip.decompress(body) == plain.content
    assert "content-encoding" not in plain.headers
    assert {"Accept", "Accept-Encoding"} <= set(headers["vary"].split(", "))
    assert plain.headers["vary"] == headers["vary"]
    for path in ("/queries/syntheses", LONG + "&format=xlsx"):
        assert "content-encoding" not in packed(address, path)[0], path


@pytest.mark.parametrize("header", ["gzip;q=0", "*;q=0", "br", "gzip;q=x", "", "identity"])
def test_who_does_not_take_gzip_gets_none(address: str, header: str) -> None:
    assert "content-encoding" not in get(address, LONG, Accept_Encoding=header).headers


def test_an_answer_to_a_token_is_not_compressed(address: str, token: dict[str, str]) -> None:
    assert "content-encoding" not in send("GET", address + LONG, headers=token).headers


@pytest.mark.parametrize("path", [LONG, "/queries/syntheses", "/queries", "/static/ineq-kg.css"])
def test_each_variant_has_a_tag_of_its_own(address: str, path: str) -> None:
    tags = {encoding: get(address, path, Accept_Encoding=encoding).headers["etag"] for encoding in ("gzip", "identity")}
    assert len(set(tags.values())) == 2
    for encoding, own in tags.items():
        for named, tag in tags.items():
            for sent in (tag, f'"other", {tag}', f"W/{tag}"):
                again = get(address, path, Accept_Encoding=encoding, If_None_Match=sent)
                assert again.status_code == (304 if named == encoding else 200), (encoding, sent)
                assert again.headers["etag"] == own
                assert "Accept-Encoding" in again.headers["vary"]
        assert get(address, path, Accept_Encoding=encoding, If_None_Match="*").status_code == 304 or "static" in path


@pytest.mark.parametrize("encoding", ["gzip", "identity"])
def test_the_tag_of_either_variant_guards_a_change(address: str, token: dict[str, str], encoding: str) -> None:
    url = "/graph-store?graph=https://example.org/guarded"

    def put(tag: str) -> int:
        headers = {**token, "Content-Type": "text/turtle", "If-Match": tag}
        return send("PUT", address + url, content=TURTLE, headers=headers).status_code

    tag = get(address, "/queries/syntheses", Accept_Encoding=encoding).headers["etag"]
    assert put(tag) in {200, 201}
    assert put(tag) == 412


# --- headers of security ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [*PATHS, "/metrics", "/versions/nothing", "/sparql", "/redoc"])
def test_every_answer_has_the_headers_of_security_once(address: str, path: str) -> None:
    answer = get(address, path)
    for name, value in SECURITY.items():
        said = answer.headers.get_list(name)
        assert len(said) == 1, (path, name)
        assert said[0] == value or (name, path) == ("Content-Security-Policy", "/redoc")
    # No script in a page runs anywhere; of styles, only ReDoc's.
    assert "script-src 'self';" in answer.headers["content-security-policy"]
    assert ("unsafe-inline" in answer.headers["content-security-policy"]) == (path == "/redoc")
    assert "server" not in answer.headers or "uvicorn" in answer.headers["server"]


def test_a_change_and_its_refusal_have_them_too(address: str, token: dict[str, str]) -> None:
    for headers in (token, {}):
        answer = send("DELETE", f"{address}/graph-store?graph=https://example.org/x", headers=headers)
        assert {name: answer.headers.get_list(name) for name in SECURITY} == {
            name: [value] for name, value in SECURITY.items()
        }


def test_a_fault_of_ours_is_a_problem_that_tells_nothing(
    app: App, monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    def break_down(*_: object) -> None:
        raise RuntimeError(" ".join(["the", "words", "of", "a", "query"]))

    monkeypatch.setattr(App, "catalogue_page", break_down)
    with served(app, Operating(metrics_from=None)) as address:
        assert get(address, "/metrics").status_code == 404
        answer = get(address, "/queries?format=html", X_Request_ID="fault-1")
    assert "RuntimeError" not in problem(answer, 500, "InternalError")["detail"]
    assert {name: answer.headers.get_list(name) for name in SECURITY} == {
        name: [value] for name, value in SECURITY.items()
    }
    record = next(one for one in caplog.records if one.getMessage() == "fault")
    assert record.ineq_kg_facts["id"] == "fault-1"
    assert "break_down" in record.ineq_kg_facts["where"]
    assert "the words of a query" not in json.dumps(record.ineq_kg_facts)
