"""Commands that say who may write over HTTP."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

import typer
from rich.table import Table

from ineq_kg.access import Scope, Token, Tokens
from ineq_kg.commands.terminal import StoreOption, err, out, settings, write
from ineq_kg.errors import InputError

commands = typer.Typer(
    help="Who may change the dataset over HTTP: tokens, and what they are good for.", no_args_is_help=True
)
Id = Annotated[str, typer.Argument(help="The token's id, as `ineq-kg tokens list` shows it.", metavar="ID")]


def _tokens(store: StoreOption) -> Tokens:
    return Tokens(settings(store).tokens_file)


def _hand_over(token: Token, secret: str) -> None:
    """Print the token alone on standard output, and what it is on standard error: it can be piped, and is shown once."""
    err.print(
        f"Token {token.id} for {token.who} ({', '.join(token.scopes)}), good until {token.expires:%Y-%m-%d %H:%M} UTC."
        " Keep it now: it is not shown again.",
        highlight=False,
        markup=False,
    )
    write(secret.encode())


@commands.command(epilog="Example: ineq-kg tokens create --who 'Ana Ruiz' --days 90")
def create(
    who: Annotated[str, typer.Option(help="Who gets it; the journal names them for every change.")],
    scope: Annotated[
        list[Scope] | None,
        typer.Option(help="What it is good for: write (the default), or admin, to undo changes of others too."),
    ] = None,
    days: Annotated[int, typer.Option(help="How long it is good for.", min=1, max=3650)] = 365,
    store: StoreOption = None,
) -> None:
    """Make a token and print it: the only time that it is shown."""
    if not who.strip():
        raise InputError(
            "--who is empty", mend="Say who gets the token: a person, or a program and who answers for it."
        )
    _hand_over(*_tokens(store).create(who.strip(), scope or [Scope.WRITE], timedelta(days=days)))


@commands.command("list", epilog="Example: ineq-kg tokens list")
def list_(store: StoreOption = None) -> None:
    """List the tokens that there are: not the tokens themselves, which are kept nowhere."""
    tokens = _tokens(store)
    table = Table("id", "who", "scopes", "created (UTC)", "expires (UTC)", "", header_style="bold")
    for token in tokens.all():
        state = "expired" if token.expired else ""
        times = (f"{at:%Y-%m-%d %H:%M}" for at in (token.created, token.expires))
        table.add_row(token.id, token.who, ", ".join(token.scopes), *times, state)
    out.print(table)
    out.print(f"{tokens.path}", highlight=False, markup=False)


@commands.command(epilog="Example: ineq-kg tokens revoke 3f9ac81d")
def revoke(identifier: Id, store: StoreOption = None) -> None:
    """Make a token good for nothing, at once: a server that runs need not be started again."""
    token = _tokens(store).revoke(identifier)
    out.print(f"Revoked {token.id}, which was for {token.who}", highlight=False, markup=False)


@commands.command(epilog="Example: ineq-kg tokens rotate 3f9ac81d --grace 24")
def rotate(
    identifier: Id,
    grace: Annotated[float, typer.Option(help="For how many hours the old one stays good.", min=0, max=720)] = 0,
    store: StoreOption = None,
) -> None:
    """Make a new token in the place of another, for the same person and purpose, and print it."""
    _hand_over(*_tokens(store).rotate(identifier, timedelta(hours=grace)))
