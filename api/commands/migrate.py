"""``passerelle migrate``: the tables of the database brought to the version of the program."""

from __future__ import annotations

import typer

from allocation.cli import console


def attach(app: typer.Typer) -> None:
    """Add the command to the program."""
    text = console.words().text

    @app.command("migrate", help=text("service.migrate.help"))
    def migrate_command(
        as_json: bool = typer.Option(False, "--json", help=text("commands.option.json")),
    ) -> int:
        return run(as_json=as_json)


def run(*, as_json: bool) -> int:
    """Make or bring up the tables, and the secret if there is none yet."""
    from api.db import Database
    from api.db.migrate import version_of
    from api.journal.beginning import bring_up
    from api.secret import make_secret
    from api.service import now_utc
    from api.settings import PROCRASTINATE, Settings

    settings = Settings()
    if settings.sqlite_path is not None:
        # It will hold data of persons: its owner alone may read it, whatever the umask.
        settings.sqlite_path.touch(mode=0o600)
    database = Database.at(settings.database_url)
    with database.reading() as connection:
        before = version_of(connection)
    bring_up(database, now=now_utc())
    if settings.jobs == PROCRASTINATE:
        from api.jobs.procrastination import make_tables

        make_tables(database)
    with database.reading() as connection:
        after = version_of(connection)
    database.close()
    is_new = make_secret(settings.secret_path)
    if as_json:
        console.print_json({"before": before, "after": after, "secret_made": is_new})
        return console.DONE
    words = console.words()
    key = "service.migrate.already" if before == after else "service.migrate.done"
    console.print_line(words.text(key, version=after))
    if is_new:
        console.print_line(words.text("service.migrate.secret", path=settings.secret_path))
    return console.DONE
