"""``passerelle backup``: a copy of the database, made while the service works."""

from __future__ import annotations

from pathlib import Path

import typer

from allocation.cli import console


def attach(app: typer.Typer) -> None:
    """Add the command to the program."""
    text = console.words().text

    @app.command("backup", help=text("service.backup.help"))
    def backup_command(
        to: Path = typer.Argument(..., metavar="FILE", help=text("service.backup.to")),
        as_json: bool = typer.Option(False, "--json", help=text("commands.option.json")),
    ) -> int:
        return run(to, as_json=as_json)


def run(to: Path, *, as_json: bool) -> int:
    """Copy the database into a new file; say where the secret is, which is not in it."""
    from api.backup import back_up
    from api.settings import Settings

    settings = Settings()
    back_up(settings, to)
    if as_json:
        told = {"written": str(to), "bytes": to.stat().st_size}
        console.print_json(told | {"secret_file": str(settings.secret_path)})
        return console.DONE
    words = console.words()
    console.print_line(words.text("service.backup.done", path=to))
    console.print_line(words.text("service.backup.secret", path=settings.secret_path))
    return console.DONE
