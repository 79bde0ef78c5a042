"""SPARQL text cut into tokens: enough to know a keyword from a string, an IRI or a comment (SPARQL 1.1, 19.8).

It is not a parser. It serves to refuse what would reach outside the store before anything runs, and to find the places where
values of parameters, and the graphs that a request names, go.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urljoin

from ineq_kg.vocabulary import PREFIXES

_TOKEN = re.compile(
    r"""
      (?P<comment> \#[^\r\n]* )
    | (?P<iri> <(?:[^<>"{}|^`\\\x00-\x20]|\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8})*> )
    | (?P<string> '''(?:'{0,2}(?:[^'\\]|\\.))*''' | \"\"\"(?:"{0,2}(?:[^"\\]|\\.))*\"\"\"
               | '(?:[^'\\\r\n]|\\.)*' | "(?:[^"\\\r\n]|\\.)*" )
    | (?P<variable> [?$]\w+ )
    | (?P<language> @[A-Za-z]+(?:-[A-Za-z0-9]+)* )
    | (?P<word> (?:\w|[:%]|\\.)(?:[\w:%.-]|\\.)* )
    | (?P<space> \s+ )
    | (?P<mark> . )
    """,
    re.VERBOSE | re.DOTALL,
)
_SCHEME = re.compile("[A-Za-z][A-Za-z0-9+.-]*:")
_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")


@dataclass(frozen=True, slots=True)
class Token:
    """A token: what it is (`word`, `iri`, `string`, `variable`, `mark`...), its text and where it starts."""

    kind: str
    text: str
    start: int

    @property
    def keyword(self) -> str:
        """The word in capitals, or an empty string for anything else (a prefixed name included)."""
        return self.text.upper() if self.kind == "word" and ":" not in self.text else ""


def tokens(query: str) -> Iterator[Token]:
    """Yield the tokens of `query`, without white space and comments."""
    for match in _TOKEN.finditer(query):
        kind = match.lastgroup or "mark"
        if kind not in {"space", "comment"}:
            yield Token(kind, match.group(), match.start())


def outside_braces(query: str) -> Iterator[tuple[Token | None, Token]]:
    """Yield the tokens that stand outside braces, each with the token before it."""
    depth, before = 0, None
    for token in tokens(query):
        if token.kind == "mark" and token.text in "{}":
            depth += 1 if token.text == "{" else -1
        elif depth <= 0:
            yield before, token
        before = token


def says_from(query: str) -> bool:
    """Say whether a query names its dataset itself, by FROM or FROM NAMED (SPARQL 1.1, 13.2)."""
    return "FROM" in query.upper() and any(token.keyword == "FROM" for _, token in outside_braces(query))


def is_unsure(query: str) -> bool:
    r"""Say whether the parser may cut this text otherwise than `tokens` does.

    `?a<?b#>` is an IRI after a variable for us, and for a parser that is in the middle of an expression it is less-than and a
    comment; with `'` in place of `#` a string begins there. What holds `://` cannot be read as an expression.
    """
    return any(
        token.kind == "iri"
        and re.search("[#']", token.text)
        and not re.match(r"<[A-Za-z][A-Za-z0-9+.-]*://", token.text)
        for token in tokens(query)
    )


def unescape(query: str) -> str:
    r"""Resolve `\uXXXX` and `\UXXXXXXXX` everywhere (SPARQL 1.1, 19.2), keywords included."""

    def character(match: re.Match[str]) -> str:
        number = int(match.group(1) or match.group(2), 16)
        return chr(number) if number < 0x110000 else match.group()

    return _ESCAPE.sub(character, query)


def resolved(token: Token, prefixes: Mapping[str, str], base: str) -> str | None:
    """Return the IRI that a token writes, in full or by a prefix; None for one that writes none."""
    if token.kind == "iri":
        return absolute(base, token)
    prefix, colon, local = token.text.partition(":")
    if token.kind != "word" or not colon or prefix not in prefixes:
        return None
    return prefixes[prefix] + re.sub(r"\\(.)", r"\1", local)


def absolute(base: str, token: Token) -> str:
    """Return the IRI between angle brackets, relative to `base`."""
    iri = unescape(token.text[1:-1])
    return iri if _SCHEME.match(iri) else urljoin(base, iri)


def slash_mend(query: str) -> str:
    """Return the mend for the slip that slugs invite: a prefixed name with slashes in it."""
    slug = next((token.text for token in tokens(query) if token.text.startswith("id:")), "")
    at = query.find(slug) + len(slug)
    if not slug or query[at : at + 1] != "/":
        return ""
    return f"A prefixed name holds no slash: write <{PREFIXES['id']}...> in full."
