"""``passerelle partner``: a partner and what its programs sign in with; secrets are shown once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from allocation.cli import console
from api.operating import writing

if TYPE_CHECKING:
    from api.auth.credentials import Made


def attach(app: typer.Typer) -> None:
    """Add the command to the program."""
    text = console.words().text
    group = typer.Typer(help=text("partners.help"), no_args_is_help=True)
    as_json_option = typer.Option(False, "--json", help=text("commands.option.json"))
    scope_option = typer.Option([], "--scope", help=text("partners.option.scope"))
    partner = typer.Argument(..., help=text("partners.option.partner"))
    credential = typer.Argument(..., help=text("partners.option.credential"))

    @group.command("create", help=text("partners.create.help"))
    def create_command(
        partner_id: str = partner,
        name: str = typer.Option("", "--name", help=text("partners.option.name")),
        scope: list[str] = scope_option,
        as_json: bool = as_json_option,
    ) -> int:
        return run_create(partner_id, name=name or partner_id, scopes=scope, as_json=as_json)

    @group.command("key", help=text("partners.key.help"))
    def key_command(
        partner_id: str = partner, scope: list[str] = scope_option, as_json: bool = as_json_option
    ) -> int:
        return run_key(partner_id, scopes=scope, as_json=as_json)

    @group.command("rotate", help=text("partners.rotate.help"))
    def rotate_command(credential_id: str = credential, as_json: bool = as_json_option) -> int:
        return run_rotate(credential_id, as_json=as_json)

    @group.command("revoke", help=text("partners.revoke.help"))
    def revoke_command(credential_id: str = credential, as_json: bool = as_json_option) -> int:
        return run_revoke(credential_id, as_json=as_json)

    app.add_typer(group, name="partner")


def run_create(partner_id: str, *, name: str, scopes: list[str], as_json: bool) -> int:
    """File the partner unless it is known, and give it a client of OAuth."""
    from api.access import SCOPES
    from api.auth.credentials import CLIENT, make_credential, make_partner

    with writing() as (connection, now):
        make_partner(connection, partner_id, name=name)
        made = make_credential(
            connection, partner_id, kind=CLIENT, scopes=scopes or SCOPES, now=now
        )
    return _show(made, as_json=as_json)


def run_key(partner_id: str, *, scopes: list[str], as_json: bool) -> int:
    """Give a partner an API key."""
    from api.access import SCOPES
    from api.auth.credentials import KEY, make_credential

    with writing() as (connection, now):
        made = make_credential(connection, partner_id, kind=KEY, scopes=scopes or SCOPES, now=now)
    return _show(made, as_json=as_json)


def run_rotate(credential_id: str, *, as_json: bool) -> int:
    """Draw a new secret for a credential."""
    from api.auth.credentials import OVERLAP, rotate

    with writing() as (connection, now):
        made = rotate(connection, credential_id, now=now)
    code = _show(made, as_json=as_json)
    if not as_json:
        hours = int(OVERLAP.total_seconds() // 3600)
        console.print_line(console.words().text("partners.rotate.done", hours=hours))
    return code


def run_revoke(credential_id: str, *, as_json: bool) -> int:
    """End a credential."""
    from api.auth.credentials import revoke

    with writing() as (connection, now):
        revoke(connection, credential_id, now=now)
    if as_json:
        console.print_json({"credential_id": credential_id, "revoked": True})
    else:
        console.print_line(console.words().text("partners.revoke.done", id=credential_id))
    return console.DONE


def _show(made: Made, *, as_json: bool) -> int:
    if as_json:
        console.print_json(vars(made))
        return console.DONE
    words = console.words()
    facts = vars(made) | {"scopes": " ".join(made.scopes)}
    console.print_line(words.text(f"partners.made.{made.kind}", **facts))
    console.print_line(words.text("partners.made.once"))
    return console.DONE
