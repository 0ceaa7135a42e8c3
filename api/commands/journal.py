"""``passerelle journal``: verifies the hash chain, and gives the anchors to publish."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from typing import ClassVar

import typer

from allocation.cli import console
from allocation.errors import HousingError

FIRST_DAY = date(2000, 1, 1)  # before anything was written


class AnchorsUnreadableError(HousingError):
    """The file is not one of anchors."""

    code: ClassVar[str] = "journal.anchors_unreadable"


def attach(app: typer.Typer) -> None:
    """Add the command to the program."""
    text = console.words().text
    group = typer.Typer(help=text("service.journal.help"), no_args_is_help=True)

    @group.command("verify", help=text("service.journal.verify.help"))
    def verify_command(
        anchors: Path | None = typer.Option(
            None, "--anchors", help=text("service.journal.verify.anchors")
        ),
        as_json: bool = typer.Option(False, "--json", help=text("commands.option.json")),
    ) -> int:
        return run(anchors, as_json=as_json)

    @group.command("anchors", help=text("service.journal.anchors.help"))
    def anchors_command(
        since: datetime | None = typer.Option(
            None,
            "--since",
            formats=["%Y-%m-%d"],
            metavar="DATE",
            help=text("service.journal.anchors.since"),
        ),
        as_json: bool = typer.Option(False, "--json", help=text("commands.option.json")),
    ) -> int:
        return give_anchors(since.date() if since else FIRST_DAY, as_json=as_json)

    app.add_typer(group, name="journal")


def run(anchors: Path | None, *, as_json: bool) -> int:
    """Walk the journal; exit 1 when it does not hold, or an allocation is not as it says."""
    from api.db.migrate import opened
    from api.journal.reading import verify
    from api.journal.telling import said_of
    from api.settings import Settings

    published = read_anchors(anchors) if anchors else {}
    database = opened(Settings().database_url)
    with database.reading() as connection:
        found = verify(connection, anchors=published)
    database.close()
    broken = found.broken
    if as_json:
        where = None if broken is None else {"sequence": broken.sequence, "fault": broken.fault}
        told = {"entries": found.entries, "end": found.end, "broken": where, "rows": found.rows}
        told["before"] = found.before
        console.print_json(told | {"altered": [vars(row) for row in found.altered]})
    else:
        style = "green" if found.is_sound else "bold red"
        console.print_line(said_of(found, console.words()), style=style)
    return console.DONE if found.is_sound else console.CHECK_FAILED


def give_anchors(since: date, *, as_json: bool) -> int:
    """Print one anchor per day."""
    from api.db.migrate import opened
    from api.journal.reading import anchors_since
    from api.settings import Settings

    database = opened(Settings().database_url)
    with database.reading() as connection:
        found = anchors_since(connection, since)
    database.close()
    if as_json:
        items = [vars(anchor) | {"day": anchor.day.isoformat()} for anchor in found]
        console.print_json({"items": items})
        return console.DONE
    for anchor in found:
        console.print_line(f"{anchor.day.isoformat()}  {anchor.sequence:>9}  {anchor.hash}")
    if not found:
        console.print_line(console.words().text("service.journal.anchors.none"))
    return console.DONE


def read_anchors(path: Path) -> dict[int, str]:
    """
    Anchors of a file, by sequence.

    Raises
    ------
    AnchorsUnreadableError
        ``journal.anchors_unreadable``.
    """
    try:
        items = json.loads(path.read_text(encoding="utf-8"))["items"]
        return {int(item["sequence"]): str(item["hash"]) for item in items}
    except (OSError, ValueError, KeyError, TypeError) as fault:
        raise AnchorsUnreadableError(f"{path} cannot be read.", path=path) from fault
