"""``passerelle user``: a local account for a member of staff."""

from __future__ import annotations

import secrets
import sys

import typer

from allocation.cli import console


def attach(app: typer.Typer) -> None:
    """Add the command to the program."""
    text = console.words().text

    @app.command("user", help=text("service.user.help"))
    def user_command(
        login: str = typer.Argument(..., help=text("service.user.login")),
        organisation: str = typer.Option(
            ..., "--organisation", help=text("service.user.organisation")
        ),
        role: str = typer.Option(..., "--role", help=text("service.user.role")),
        name: str = typer.Option("", "--name", help=text("service.user.name")),
        password_stdin: bool = typer.Option(
            False, "--password-stdin", help=text("service.user.password_stdin")
        ),
        as_json: bool = typer.Option(False, "--json", help=text("commands.option.json")),
    ) -> int:
        password = sys.stdin.readline().rstrip("\n") if password_stdin else ""
        return run(
            login, organisation, role=role, name=name or login, password=password, as_json=as_json
        )


def run(
    login: str, organisation_id: str, *, role: str, name: str, password: str, as_json: bool
) -> int:
    """Make the account; a password that is not given is drawn and shown once."""
    from api.auth.accounts import make_account
    from api.db.migrate import opened
    from api.settings import Settings

    drawn = "" if password else secrets.token_urlsafe(18)
    database = opened(Settings().database_url)
    with database.writing() as connection:
        account_id = make_account(
            connection,
            login,
            organisation_id=organisation_id,
            role=role,
            name=name,
            password=password or drawn,
        )
    database.close()
    if as_json:
        made = {"account_id": account_id, "login": login, "role": role}
        console.print_json(made | {"organisation_id": organisation_id, "password": drawn or None})
        return console.DONE
    words = console.words()
    console.print_line(
        words.text("service.user.done", login=login, role=role, organisation=organisation_id)
    )
    if drawn:
        console.print_line(words.text("service.user.password", password=drawn))
    return console.DONE
