"""``passerelle journal verify``: walks the hash chain and names the first broken entry."""

from __future__ import annotations

import typer

from allocation.cli import console


def attach(app: typer.Typer) -> None:
    """Add the command to the program."""
    text = console.words().text
    group = typer.Typer(help=text("service.journal.help"), no_args_is_help=True)

    @group.command("verify", help=text("service.journal.verify.help"))
    def verify_command(
        as_json: bool = typer.Option(False, "--json", help=text("commands.option.json")),
    ) -> int:
        return run(as_json=as_json)

    @group.callback()
    def journal() -> None:
        """Keep the group a group while it has one command."""

    app.add_typer(group, name="journal")


def run(*, as_json: bool) -> int:
    """Walk the journal; exit 1 when it does not hold."""
    from api.db.migrate import opened
    from api.journal.reading import verify
    from api.settings import Settings

    database = opened(Settings().database_url)
    with database.reading() as connection:
        found = verify(connection)
    database.close()
    broken = found.broken
    if as_json:
        where = None if broken is None else {"sequence": broken.sequence, "fault": broken.fault}
        console.print_json({"entries": found.entries, "end": found.end, "broken": where})
    else:
        words = console.words()
        if broken is None:
            said = words.text("service.journal.sound", n=found.entries, end=found.end)
        else:
            said = words.text(f"service.journal.broken.{broken.fault}", sequence=broken.sequence)
        console.print_line(said, style="green" if broken is None else "bold red")
    return console.DONE if broken is None else console.CHECK_FAILED
