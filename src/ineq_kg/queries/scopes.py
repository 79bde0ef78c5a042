"""Where the variables of a query stand, and whether a value that is bound where the query begins reaches them there.

SPARQL evaluates a query from the innermost group outwards (SPARQL 1.1, 18.2.2): a FILTER in a nested group, in a branch of a
UNION, in GRAPH or in MINUS sees what that group binds and nothing from around it; one right in an OPTIONAL sees the group
around as well (18.2.2.6); EXISTS takes the values of its surroundings along, however deep (18.6); what a sub-SELECT does not
project is another variable of the same name (12). Once rows are grouped, HAVING and ORDER BY see what the groups are made by,
and the rest inside of aggregates only: the standard's Sample of it (18.2.4.1) is not what the engine does. Only the structure
is read here: the text has been parsed by the engine.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from ineq_kg.store.tokens import Token

Kind = Literal["query", "group", "optional", "minus", "exists", "select"]
Role = Literal["pattern", "filter", "expression"]
_AGGREGATES = frozenset({"AVG", "COUNT", "GROUP_CONCAT", "MAX", "MIN", "SAMPLE", "SUM"})
_CHILDREN: dict[str, Kind] = {"OPTIONAL": "optional", "MINUS": "minus"}


@dataclass(eq=False, slots=True)
class Scope:
    """A group of the query. `role` says where an EXISTS stands; `projected` is what a sub-SELECT lets out, None for all."""

    kind: Kind
    around: Scope | None = None
    role: Role = "filter"
    projected: set[str] | None = None
    bound: set[str] = field(default_factory=set)
    inside: list[Scope] = field(default_factory=list)

    def _lets_out(self, name: str) -> bool:
        return self.kind != "select" or self.projected is None or name in self.projected

    def binds(self, name: str) -> bool:
        """Say whether a pattern in this group binds the variable."""
        inner = (scope for scope in self.inside if scope.kind not in {"minus", "exists"})
        return name in self.bound or any(scope._lets_out(name) and scope.binds(name) for scope in inner)

    def joins(self, name: str) -> bool:
        """Say whether the variable, where a pattern in this group binds it, is the same as the query's own."""
        if self.around is None:
            return True
        if self.kind == "exists":
            return self.around.sees(name, self.role)
        return self._lets_out(name) and self.around.joins(name)

    def sees(self, name: str, role: Role) -> bool:
        """Say whether an expression right in this group sees the value that the query's beginning gives the variable."""
        if self.around is None or (self.binds(name) and self.joins(name)):
            return True
        if self.kind == "optional" and role == "filter" and self.around.sees(name, "expression"):
            return True
        carrier = self._carrier(name)
        return carrier is not None and carrier.around is not None and carrier.around.sees(name, carrier.role)

    def _carrier(self, name: str) -> Scope | None:
        """Return the EXISTS that this group is in, unless a sub-SELECT between the two keeps the variable to itself."""
        scope: Scope | None = self
        while scope is not None and scope.kind != "exists":
            scope = scope.around if scope._lets_out(name) else None
        return scope

    def may_bind(self, name: str, role: Role) -> bool:
        """Say whether an expression right in this group may find the variable bound, to whatever value."""
        if self.around is None or self.binds(name):
            return True
        if self.kind == "optional" and role == "filter" and self.around.binds(name):
            return True
        carrier = self._carrier(name)
        return carrier is not None and carrier.around is not None and carrier.around.may_bind(name, carrier.role)


@dataclass(frozen=True)
class Use:
    """One place where a variable stands: what for, in which group, and whether grouping has lost its value by then."""

    token: Token
    role: Role
    scope: Scope
    lost: bool = False

    @property
    def name(self) -> str:
        """The variable's name, without `?` or `$`."""
        return self.token.text[1:]

    @property
    def reached(self) -> bool:
        """Whether a value that is bound where the query begins counts here."""
        if self.lost:
            return False
        return self.scope.joins(self.name) if self.role == "pattern" else self.scope.sees(self.name, self.role)

    @property
    def always_unbound(self) -> bool:
        """Whether this is an expression that no value can reach, neither one given nor one found."""
        unseen = self.role != "pattern" and not self.reached
        return unseen and (self.lost or not self.scope.may_bind(self.name, self.role))


class _Reader:
    """Walks the tokens of one query once, noting every use of a variable."""

    def __init__(self, tokens: Iterable[Token]) -> None:
        self.tokens = [*tokens, Token("mark", "", 0)]
        self.at = 0
        self.uses: list[Use] = []

    def next(self) -> Token:
        token = self.tokens[self.at]
        self.at = min(self.at + 1, len(self.tokens) - 1)
        return token

    @property
    def peek(self) -> Token:
        return self.tokens[self.at]

    @property
    def ended(self) -> bool:
        return not self.peek.text

    def note(self, token: Token, scope: Scope, role: Role, *, lost: bool = False) -> None:
        self.uses.append(Use(token, role, scope, lost))
        if role == "pattern":
            scope.bound.add(token.text[1:])

    def query(self) -> None:
        while not self.ended and self.peek.keyword != "SELECT":
            self.next()
        self.select(Scope("query"))

    def select(self, scope: Scope) -> None:
        """Read from SELECT to the end of the query or of the sub-SELECT, its closing brace included."""
        self.next()
        scope.projected = self.projection(scope)
        while not self.ended and self.next().text != "{":
            pass
        self.group(scope)
        self.modifiers(scope)

    def modifiers(self, scope: Scope) -> None:
        """Read what comes after a query's group: GROUP BY, HAVING, ORDER BY, VALUES."""
        kept: set[str] | None = None
        grouping = False
        while not self.ended:
            token = self.next()
            if token.text == "}":
                return
            if token.keyword in {"GROUP", "HAVING"}:
                kept = kept or set()
            if token.keyword in {"GROUP", "HAVING", "ORDER"}:
                grouping = token.keyword == "GROUP"
            if token.text == "(":
                named = self.expression(scope, "expression", None if grouping else kept)
                if grouping and kept is not None:
                    kept |= named
            elif token.keyword == "VALUES":
                self.data(scope)
            elif token.kind == "variable":
                if grouping and kept is not None:
                    kept.add(token.text[1:])
                self.note(token, scope, "expression", lost=kept is not None and token.text[1:] not in kept)

    def projection(self, scope: Scope) -> set[str] | None:
        names: set[str] | None = set()
        while not self.ended and self.peek.text != "{" and self.peek.keyword not in {"WHERE", "FROM"}:
            token = self.next()
            if token.text == "*":
                names = None
            elif token.kind == "variable" and names is not None:
                names.add(token.text[1:])
            elif token.text == "(" and names is not None:
                names |= self.expression(scope, "expression")
        return names

    def child(self, kind: Kind, around: Scope, role: Role = "filter") -> None:
        """Read a group, its opening brace next or just read; a sub-SELECT in it is a group of its own."""
        if self.peek.text == "{":
            self.next()
        scope = Scope(kind, around, role)
        around.inside.append(scope)
        if self.peek.keyword == "SELECT":
            inner = Scope("select", scope)
            scope.inside.append(inner)
            self.select(inner)
        else:
            self.group(scope)

    def group(self, scope: Scope) -> None:
        """Read what is in a group, and its closing brace."""
        while not self.ended:
            token = self.next()
            if token.text == "}":
                return
            if token.text == "{":
                self.child("group", scope)
            elif token.keyword in _CHILDREN:
                self.child(_CHILDREN[token.keyword], scope)
            elif token.keyword == "FILTER":
                self.constraint(scope)
            elif token.keyword == "BIND":
                self.next()
                self.expression(scope, "expression")
            elif token.keyword == "VALUES":
                self.data(scope)
            elif token.kind == "variable":
                self.note(token, scope, "pattern")

    def constraint(self, scope: Scope) -> None:
        """Read what follows FILTER: EXISTS and its group, or anything up to parentheses, and what is in them."""
        while not self.ended:
            token = self.next()
            if token.keyword == "EXISTS":
                return self.child("exists", scope, "filter")
            if token.text == "(":
                self.expression(scope, "filter")
                return None
        return None

    def expression(self, scope: Scope, role: Role, kept: set[str] | None = None) -> set[str]:
        """Read up to the closing parenthesis; return the names that `AS` gives. `kept` is what grouping left, None for all."""
        depth, named, aggregate = 1, set(), 0
        while depth and not self.ended:
            token = self.next()
            depth += {"(": 1, ")": -1}.get(token.text, 0)
            if token.keyword in _AGGREGATES and not aggregate:
                aggregate = depth + 1
            elif depth < aggregate and token.text == ")":
                aggregate = 0
            if token.keyword == "EXISTS":
                self.child("exists", scope, role)
            elif token.keyword == "AS":
                self.note(self.peek, scope, "pattern")
                named.add(self.next().text[1:])
            elif token.kind == "variable":
                lost = kept is not None and not aggregate and token.text[1:] not in kept
                self.note(token, scope, role, lost=lost)
        return named

    def data(self, scope: Scope) -> None:
        """Read what follows VALUES: its variables, and past its block."""
        while not self.ended and self.peek.text != "{":
            token = self.next()
            if token.kind == "variable":
                self.note(token, scope, "pattern")
        while not self.ended and self.next().text != "}":
            pass


def uses(tokens: Iterable[Token]) -> list[Use]:
    """Return every use of a variable in a SELECT query, in the order of the text; plain projections are none."""
    reader = _Reader(tokens)
    reader.query()
    return reader.uses
