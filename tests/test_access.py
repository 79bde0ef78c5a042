"""Tokens at rest: nothing in the file gives one away, nobody else can read it, and what changes it is seen at once."""

from __future__ import annotations

import json
import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ineq_kg import access
from ineq_kg.access import Scope, TokenGate, Tokens
from ineq_kg.errors import DefinitionError, NotFound, ScopeMissing, TokenMissing, TokenUnknown

DAY = timedelta(days=1)


@pytest.fixture
def tokens(tmp_path: Path) -> Tokens:
    return Tokens(tmp_path / "store" / "tokens.json")


def test_the_file_does_not_give_a_token_away(tokens: Tokens) -> None:
    token, secret = tokens.create("Ana", [Scope.WRITE], DAY)
    again, other = tokens.create("Ana", [Scope.WRITE], DAY)
    text = tokens.path.read_text(encoding="utf-8")
    assert len(secret) > 40
    assert not any(secret[at : at + 8] in text for at in range(4, len(secret) - 8))
    assert (token.salt, token.digest) != (again.salt, again.digest)
    assert secret != other
    assert stat.S_IMODE(tokens.path.stat().st_mode) == 0o600
    assert not [path for path in tokens.path.parent.iterdir() if path.suffix not in {".json", ".lock"}]


def test_a_holder_is_known_by_the_token_alone(tokens: Tokens) -> None:
    token, secret = tokens.create("Ana", [Scope.WRITE], DAY)
    tokens.create("Bo", [Scope.ADMIN], DAY)
    assert tokens.holder(secret) == token
    for wrong in ("", secret[:-1], secret + "x", token.digest, token.id, token.salt, "é"):
        assert tokens.holder(wrong) is None


def test_every_token_is_looked_at(tokens: Tokens, monkeypatch: pytest.MonkeyPatch) -> None:
    """And each by a comparison that takes the same time whatever is in it."""
    secrets = [tokens.create(name, [Scope.WRITE], DAY)[1] for name in "abc"]
    seen: list[str] = []
    compare = access.hmac.compare_digest

    def counted(one: str, other: str) -> bool:
        seen.append(other)
        return compare(one, other)

    monkeypatch.setattr(access.hmac, "compare_digest", counted)
    for secret in [*secrets, "ikg_none"]:
        seen.clear()
        tokens.holder(secret)
        assert seen == [token.digest for token in tokens.all()]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o666])
def test_a_file_that_others_can_read_is_refused(tokens: Tokens, mode: int) -> None:
    _, secret = tokens.create("Ana", [Scope.WRITE], DAY)
    tokens.path.chmod(mode)
    with pytest.raises(DefinitionError) as caught:
        Tokens(tokens.path).holder(secret)
    assert "chmod 600" in caught.value.mend


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"tokens": [{}]}', '{"tokens": [], "more": 1}'])
def test_a_file_that_cannot_be_read_lets_nobody_in(tokens: Tokens, damage: str) -> None:
    _, secret = tokens.create("Ana", [Scope.WRITE], DAY)
    tokens.path.write_text(damage, encoding="utf-8")
    with pytest.raises(DefinitionError, match=r"tokens\.json"):
        tokens.holder(secret)
    with pytest.raises(DefinitionError):
        tokens.create("Bo", [Scope.WRITE], DAY)
    assert tokens.path.read_text(encoding="utf-8") == damage


@pytest.mark.parametrize("member", ["salt", "digest", "expires"])
def test_a_digest_that_was_tampered_with_is_no_digest(tokens: Tokens, member: str) -> None:
    _, secret = tokens.create("Ana", [Scope.WRITE], DAY)
    data = json.loads(tokens.path.read_text(encoding="utf-8"))
    data["tokens"][0][member] = "é"
    tokens.path.write_text(json.dumps(data), encoding="utf-8")
    with pytest.raises(DefinitionError):
        tokens.holder(secret)


def test_what_another_does_is_seen_at_once(tokens: Tokens) -> None:
    _, secret = tokens.create("Ana", [Scope.WRITE], DAY)
    other = Tokens(tokens.path)
    for _ in range(5):
        token = tokens.holder(secret)
        assert token is not None
        _, secret = other.rotate(token.id)
        assert tokens.holder(secret) is not None
        other.revoke(other.all()[0].id)
        assert tokens.holder(secret) is None
        _, secret = other.create("Ana", [Scope.WRITE], DAY)


def test_no_token_is_lost_among_many_who_make_one(tokens: Tokens) -> None:
    with ThreadPoolExecutor(8) as threads:
        made = list(threads.map(lambda n: Tokens(tokens.path).create(str(n), [Scope.WRITE], DAY), range(24)))
    assert {token.id for token in tokens.all()} == {token.id for token, _ in made}
    assert all(tokens.holder(secret) == token for token, secret in made)


def test_a_rotated_token_is_good_for_as_long_as_it_was_granted(tokens: Tokens, monkeypatch: pytest.MonkeyPatch) -> None:
    old, secret = tokens.create("Ana", [Scope.WRITE], 10 * DAY)
    new, fresh = tokens.rotate(old.id, timedelta(hours=2))
    assert (new.who, new.scopes, new.expires - new.created) == (old.who, old.scopes, 10 * DAY)
    assert tokens.holder(secret) is not None
    assert tokens.holder(fresh) == new

    class Later(datetime):
        at = datetime.now(UTC) + timedelta(hours=3)

        @classmethod
        def now(cls, tz: Any = None) -> datetime:
            return cls.at

    monkeypatch.setattr(access, "datetime", Later)
    assert tokens.holder(secret) is None
    assert tokens.holder(fresh) == new
    Later.at += 10 * DAY
    assert tokens.holder(fresh) is None
    assert [token.expired for token in tokens.all()] == [True, True]


def test_rotation_without_grace_ends_the_old_one(tokens: Tokens) -> None:
    old, secret = tokens.create("Ana", [Scope.WRITE], DAY)
    tokens.rotate(old.id)
    assert tokens.holder(secret) is None
    with pytest.raises(NotFound):
        tokens.rotate(old.id)


def test_a_gate_says_who(tokens: Tokens) -> None:
    gate = TokenGate(tokens)
    _, writer = tokens.create("Ana", [Scope.WRITE], DAY)
    _, admin = tokens.create("Bo", [Scope.ADMIN], DAY)
    assert gate.admit(f"Bearer {writer}", Scope.WRITE) == "Ana"
    assert gate.admit(f"bearer  {admin} ", Scope.WRITE) == gate.admit(f"Bearer {admin}", Scope.ADMIN) == "Bo"
    with pytest.raises(ScopeMissing) as caught:
        gate.admit(f"Bearer {writer}", Scope.ADMIN)
    assert caught.value.scope == Scope.ADMIN
    for none in (None, "", "Bearer", f"Basic {writer}", writer):
        with pytest.raises(TokenMissing):
            gate.admit(none, Scope.WRITE)
    with pytest.raises(TokenUnknown):
        gate.admit("Bearer x", Scope.WRITE)
