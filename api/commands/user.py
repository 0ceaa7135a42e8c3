"""``passerelle user``: the accounts of staff, made, changed, closed and linked by an operator."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

import typer

from allocation.cli import console
from api.operating import writing

if TYPE_CHECKING:
    import sqlalchemy as sa

Change = Callable[["sa.Connection", datetime], None]


def attach(app: typer.Typer) -> None:
    """Add the commands to the program."""
    group = typer.Typer(help=console.words().text("users.help"), no_args_is_help=True)
    _attach_making(group)
    _attach_changes(group)
    _attach_ways_in(group)
    app.add_typer(group, name="user")


def _argument(key: str) -> Any:
    return typer.Argument(..., help=console.words().text(key))


def _json() -> Any:
    return typer.Option(False, "--json", help=console.words().text("commands.option.json"))


def _attach_making(group: typer.Typer) -> None:
    text = console.words().text

    @group.command("create", help=text("users.create.help"))
    def create_command(
        login: str = _argument("users.login"),
        organisation: str = typer.Option(..., "--organisation", help=text("users.organisation")),
        role: str = typer.Option(..., "--role", help=text("users.role")),
        name: str = typer.Option("", "--name", help=text("users.name")),
        password_stdin: bool = typer.Option(
            False, "--password-stdin", help=text("users.password_stdin")
        ),
        as_json: bool = _json(),
    ) -> int:
        return run_create(
            login, organisation, role=role, name=name, from_stdin=password_stdin, as_json=as_json
        )

    @group.command("list", help=text("users.list.help"))
    def list_command(
        organisation: str = typer.Option("", "--organisation", help=text("users.of_organisation")),
        as_json: bool = _json(),
    ) -> int:
        return run_list(organisation, as_json=as_json)

    @group.command("organisation", help=text("users.organisation.help"))
    def organisation_command(
        organisation: str = _argument("users.new_organisation"),
        kind: str = typer.Option(..., "--kind", help=text("users.kind")),
        name: str = typer.Option("", "--name", help=text("users.organisation_name")),
        as_json: bool = _json(),
    ) -> int:
        return run_organisation(organisation, kind=kind, name=name, as_json=as_json)


def _attach_changes(group: typer.Typer) -> None:
    text = console.words().text

    @group.command("role", help=text("users.change_role.help"))
    def role_command(
        login: str = _argument("users.login"),
        role: str = _argument("users.role"),
        as_json: bool = _json(),
    ) -> int:
        from api.auth.administration import change_role

        return _changed(
            login,
            "role",
            lambda connection, now: change_role(connection, login, role, now=now),
            as_json=as_json,
        )

    @group.command("close", help=text("users.close.help"))
    def close_command(login: str = _argument("users.login"), as_json: bool = _json()) -> int:
        from api.auth.administration import close

        return _changed(login, "close", lambda c, now: close(c, login, now=now), as_json=as_json)

    @group.command("reopen", help=text("users.reopen.help"))
    def reopen_command(login: str = _argument("users.login"), as_json: bool = _json()) -> int:
        from api.auth.administration import reopen

        return _changed(login, "reopen", lambda c, now: reopen(c, login, now=now), as_json=as_json)


def _attach_ways_in(group: typer.Typer) -> None:
    text = console.words().text

    @group.command("password", help=text("users.reset_password.help"))
    def password_command(
        login: str = _argument("users.login"),
        password_stdin: bool = typer.Option(
            False, "--password-stdin", help=text("users.password_stdin")
        ),
        as_json: bool = _json(),
    ) -> int:
        return run_password(login, from_stdin=password_stdin, as_json=as_json)

    @group.command("second-factor", help=text("users.second_factor.help"))
    def factor_command(login: str = _argument("users.login"), as_json: bool = _json()) -> int:
        from api.auth.administration import take_factor_away

        return _changed(
            login, "factor", lambda c, now: take_factor_away(c, login, now=now), as_json=as_json
        )

    @group.command("link", help=text("users.link.help"))
    def link_command(
        login: str = _argument("users.login"),
        subject: str = typer.Option(..., "--subject", help=text("users.subject")),
        issuer: str = typer.Option("", "--issuer", help=text("users.issuer")),
        as_json: bool = _json(),
    ) -> int:
        return run_link(login, subject, issuer=issuer, as_json=as_json)

    @group.command("unlink", help=text("users.unlink.help"))
    def unlink_command(login: str = _argument("users.login"), as_json: bool = _json()) -> int:
        from api.auth.administration import unlink

        return _changed(login, "unlink", lambda c, now: unlink(c, login, now=now), as_json=as_json)


def run_create(
    login: str, organisation_id: str, *, role: str, name: str, from_stdin: bool, as_json: bool
) -> int:
    """Make the account; a password that is not given is drawn and shown once."""
    from api.auth.accounts import make_account
    from api.auth.administration import told_made

    password, drawn = _password(from_stdin=from_stdin)
    with writing() as (connection, now):
        account_id = make_account(
            connection,
            login,
            organisation_id=organisation_id,
            role=role,
            name=name or login,
            password=password,
        )
        told_made(connection, login, now=now)
    made = {"account_id": account_id, "login": login, "role": role, "password": drawn}
    if as_json:
        console.print_json(made | {"organisation_id": organisation_id})
        return console.DONE
    words = console.words()
    said = words.text("users.create.done", login=login, role=role, organisation=organisation_id)
    console.print_line(said)
    return _show_drawn(drawn)


def run_list(organisation_id: str, *, as_json: bool) -> int:
    """Show the accounts, one a line."""
    from api.auth.administration import listed

    with writing() as (connection, _):
        found = listed(connection, organisation_id=organisation_id)
    if as_json:
        console.print_json({"accounts": [dict(row._mapping) for row in found]})
        return console.DONE
    text = console.words().text
    for row in found:
        marks = [] if row.is_active else [text("users.list.closed")]
        marks += [text("users.list.second_factor")] if row.has_second_factor else []
        marks += [text("users.list.linked")] if row.subject else []
        line = f"{row.organisation_id}  {row.login}  {row.role}  {', '.join(marks)}"
        console.print_line(line.rstrip())
    console.print_line(text("users.list.count", n=len(found)))
    return console.DONE


def run_organisation(organisation_id: str, *, kind: str, name: str, as_json: bool) -> int:
    """File the Region or the SWL."""
    from api.auth.administration import KINDS, add_organisation

    if kind not in KINDS:
        raise typer.BadParameter(
            console.words().text("users.unknown_kind", valid=", ".join(KINDS)), param_hint="--kind"
        )
    with writing() as (connection, _):
        add_organisation(connection, organisation_id, kind, name or organisation_id)
    if as_json:
        console.print_json({"organisation_id": organisation_id, "kind": kind})
        return console.DONE
    console.print_line(console.words().text("users.organisation.done", id=organisation_id))
    return console.DONE


def run_password(login: str, *, from_stdin: bool, as_json: bool) -> int:
    """Give another password; one that is not given is drawn and shown once."""
    from api.auth.administration import reset_password

    password, drawn = _password(from_stdin=from_stdin)
    with writing() as (connection, now):
        reset_password(connection, login, password, now=now)
    if as_json:
        console.print_json({"login": login, "password": drawn})
        return console.DONE
    console.print_line(console.words().text("users.done.password", login=login))
    return _show_drawn(drawn)


def run_link(login: str, subject: str, *, issuer: str, as_json: bool) -> int:
    """Link the account to a person at the provider of the settings, or at another one."""
    from api.auth.administration import link
    from api.auth.oidc.faults import NotSetUpError
    from api.settings import Settings

    at = issuer or Settings().oidc_issuer
    if not at:
        raise NotSetUpError("No provider.")
    return _changed(
        login,
        "link",
        lambda connection, now: link(connection, login, subject, issuer=at, now=now),
        as_json=as_json,
    )


def _changed(login: str, what: str, change: Change, *, as_json: bool) -> int:
    """Do one change and say so."""
    with writing() as (connection, now):
        change(connection, now)
    if as_json:
        console.print_json({"login": login, "done": what})
    else:
        console.print_line(console.words().text(f"users.done.{what}", login=login))
    return console.DONE


def _password(*, from_stdin: bool) -> tuple[str, str | None]:
    """The password to keep, and the same when it was drawn and must be shown."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\n"), None
    drawn = secrets.token_urlsafe(18)
    return drawn, drawn


def _show_drawn(drawn: str | None) -> int:
    if drawn:
        console.print_line(console.words().text("users.password_once", password=drawn))
    return console.DONE
