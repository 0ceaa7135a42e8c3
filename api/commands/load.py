"""``passerelle load``: a register, checked like ``import`` does, into the service's database."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from allocation.cli import console

if TYPE_CHECKING:
    import sqlalchemy as sa

    from api.db import Database
    from api.settings import Settings


def attach(app: typer.Typer) -> None:
    """Add the command to the program."""
    text = console.words().text

    @app.command("load", help=text("service.load.help"))
    def load_command(
        source: Path = typer.Argument(..., help=text("register.option.source")),
        sandbox: bool = typer.Option(False, "--sandbox", help=text("partners.option.sandbox")),
        bridges: bool = typer.Option(False, "--bridges", help=text("demonstration.option")),
        as_json: bool = typer.Option(False, "--json", help=text("commands.option.json")),
    ) -> int:
        return run(source, with_sandbox=sandbox, with_bridges=bridges, as_json=as_json)


def run(
    source: Path, *, with_sandbox: bool = False, with_bridges: bool = False, as_json: bool
) -> int:
    """Read every fault first; then the register, its meeting and its list, or nothing."""
    from allocation.exchange import read_register
    from api.db.migrate import opened
    from api.loading import load_register
    from api.service import now_utc
    from api.settings import Settings

    words, settings = console.words(), Settings()
    database = opened(settings.database_url)
    with console.progress(words.text("register.step.read")):
        register = read_register(source)
    with console.progress(words.text("service.load.step")):
        load_register(
            database,
            register,
            now=now_utc(),
            with_sandbox=with_sandbox,
            also=_bridges(settings, database, register.slsp_id) if with_bridges else None,
        )
    database.close()
    loaded = {
        "register_id": register.slsp_id,
        "kind": register.kind,
        "applications": len(register["applications"]),
        "dwellings": len(register["dwellings"]),
        "content_hash": register.content_hash,
    }
    if as_json:
        console.print_json(loaded)
    else:
        console.print_line(words.text("service.load.done", **loaded))
    return console.DONE


def _bridges(
    settings: Settings, database: Database, register_id: str
) -> Callable[[sa.Connection], object]:
    """The story of the demonstration, to be told once the register is there."""
    from api.demonstration.telling import tell
    from api.secret import read_secret
    from api.service import Service

    service = Service(settings, database, read_secret(settings.secret_path))
    return lambda connection: tell(connection, service, register_id)
