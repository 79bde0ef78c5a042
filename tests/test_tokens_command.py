"""`ineq-kg tokens`, as whoever runs the service uses it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ineq_kg.access import Scope, Tokens
from places import Finished

Run = Callable[..., Finished]


def known(tmp_path: Path) -> Tokens:
    return Tokens(tmp_path / "store" / "tokens.json")


def test_a_token_is_printed_once_and_alone(run: Run, tmp_path: Path) -> None:
    result = run("tokens", "create", "--who", "Ana Ruiz", "--days", 90)
    assert result.code == 0
    secret = result.out.removesuffix("\n")
    token = known(tmp_path).holder(secret)
    assert token is not None
    assert (token.who, token.scopes, (token.expires - token.created).days) == ("Ana Ruiz", (Scope.WRITE,), 90)
    assert "not shown again" in result.err
    assert secret not in result.err
    listed = run("tokens", "list")
    assert token.id in listed.out
    assert "Ana Ruiz" in listed.out
    assert secret[4:] not in listed.out + listed.err
    assert token.digest not in listed.out


def test_scopes_are_what_was_asked_for(run: Run, tmp_path: Path) -> None:
    secret = run("tokens", "create", "--who", "Bo", "--scope", "admin", "--scope", "write").out.strip()
    token = known(tmp_path).holder(secret)
    assert token is not None
    assert set(token.scopes) == set(Scope)


def test_a_token_is_revoked_and_rotated(run: Run, tmp_path: Path) -> None:
    first = run("tokens", "create", "--who", "Ana").out.strip()
    second = run("tokens", "rotate", known(tmp_path).all()[0].id, "--grace", 1).out.strip()
    assert known(tmp_path).holder(first) is not None
    for token in known(tmp_path).all():
        assert run("tokens", "revoke", token.id).code == 0
    assert known(tmp_path).holder(first) is known(tmp_path).holder(second) is None
    missing = run("tokens", "revoke", "0000")
    assert missing.code == 3
    assert "there is no token '0000'" in missing.err


def test_the_file_may_be_elsewhere(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INEQ_KG_TOKENS", str(tmp_path / "kept" / "who.json"))
    secret = run("tokens", "create", "--who", "Ana").out.strip()
    assert Tokens(tmp_path / "kept" / "who.json").holder(secret) is not None
    assert not (tmp_path / "store").exists()


@pytest.mark.parametrize(
    "arguments", [["--who", " "], ["--who", "Ana", "--days", "0"], ["--who", "Ana", "--scope", "all"]]
)
def test_nonsense_makes_no_token(run: Run, tmp_path: Path, arguments: list[str]) -> None:
    assert run("tokens", "create", *arguments).code == 2
    assert known(tmp_path).all() == ()


def test_what_a_default_graph_cannot_be(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INEQ_KG_DEFAULT_GRAPH", "none")
    result = run("sparql", "ASK {}")
    assert result.code == 2
    assert "`union` or `unnamed`" in result.err
