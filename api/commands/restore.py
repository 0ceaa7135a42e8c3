"""``passerelle restore``: the database from a copy, its journal verified."""

from __future__ import annotations

from pathlib import Path

import typer

from allocation.cli import console


def attach(app: typer.Typer) -> None:
    """Add the command to the program."""
    text = console.words().text

    @app.command("restore", help=text("service.restore.help"))
    def restore_command(
        source: Path = typer.Argument(..., metavar="FILE", help=text("service.restore.source")),
        replace: bool = typer.Option(False, "--replace", help=text("service.restore.replace")),
        as_json: bool = typer.Option(False, "--json", help=text("commands.option.json")),
    ) -> int:
        return run(source, replace=replace, as_json=as_json)


def run(source: Path, *, replace: bool, as_json: bool) -> int:
    """Restore, verify; exit 1 when the journal of the copy does not hold."""
    from api.backup import restore
    from api.journal.telling import said_of
    from api.service import now_utc
    from api.settings import Settings

    restored = restore(Settings(), source, replace=replace, now=now_utc())
    found = restored.verification
    if as_json:
        told = {"entries": found.entries, "end": found.end, "is_sound": found.is_sound}
        console.print_json(told | {"erased_again": restored.erased_again})
    else:
        words = console.words()
        console.print_line(words.text("service.restore.done", n=restored.erased_again))
        style = "green" if found.is_sound else "bold red"
        console.print_line(said_of(found, words), style=style)
    return console.DONE if found.is_sound else console.CHECK_FAILED
