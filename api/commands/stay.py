"""
``passerelle stay``: stays with their terms, the days to come, and one stay from its first act.

An operator of the machine reads statuses and days. What was said in a review or an act is for the
two parties of the stay, who read it in the service.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, ClassVar, Literal

import typer

from allocation.cli import console
from allocation.errors import HousingError
from api.operating import reading

if TYPE_CHECKING:
    import sqlalchemy as sa

    from allocation.wording import Catalogue
    from api.auth.actor import Actor
    from api.occupancies.schemas import OccupancyFile, OccupancyView


class WhichOrganisationError(HousingError):
    """``stay.which_organisation``: none that is here was named, and no register is alone here."""

    code: ClassVar[str] = "stay.which_organisation"


class NoSuchStayError(HousingError):
    """``stay.absent``: the organisation has no stay of that identifier."""

    code: ClassVar[str] = "stay.absent"


def attach(app: typer.Typer) -> None:
    """Add the command to the program."""
    text = console.words().text
    group = typer.Typer(help=text("stay.help"), no_args_is_help=True)
    organisation = typer.Option("", "--organisation", help=text("stay.option.organisation"))
    as_json_option = typer.Option(False, "--json", help=text("commands.option.json"))

    @group.command("list", help=text("stay.list.help"))
    def list_command(
        organisation_id: str = organisation,
        status: str = typer.Option("", "--status", help=text("stay.option.status")),
        within: int = typer.Option(-1, "--ending-within", help=text("stay.option.within")),
        as_json: bool = as_json_option,
    ) -> int:
        return run_list(organisation_id, status=status, within=within, as_json=as_json)

    @group.command("deadlines", help=text("stay.deadlines.help"))
    def deadlines_command(
        organisation_id: str = organisation, as_json: bool = as_json_option
    ) -> int:
        return run_deadlines(organisation_id, as_json=as_json)

    @group.command("show", help=text("stay.show.help"))
    def show_command(
        occupancy_id: str = typer.Argument(..., help=text("stay.option.stay")),
        organisation_id: str = organisation,
        as_json: bool = as_json_option,
    ) -> int:
        return run_show(occupancy_id, organisation_id, as_json=as_json)

    app.add_typer(group, name="stay")


def run_list(organisation_id: str, *, status: str, within: int, as_json: bool) -> int:
    """
    Show stays, those whose term ends first at the top; ``within``: days to that end, -1 for all.

    A term that is over is listed whatever ``within``: nothing ended by it.
    """
    from api.occupancies import queries, views
    from api.service import today

    words = console.words()
    _refuse_unknown(status, words)
    with reading() as (connection, now):
        actor, day = _reader(connection, organisation_id), today(now)
        rows = queries.stays(connection, actor, status=status)
        parts = queries.parts_of(connection, actor, [row.occupancy_id for row in rows])
        found = [views.summary(row, parts, actor, today=day) for row in rows]
    if within >= 0:
        found = [s for s in found if s.until_on and (s.until_on - day).days <= within]
    ordered = sorted(found, key=lambda s: (s.until_on or date.max, s.occupancy_id))
    if as_json:
        items = [stay.model_dump(mode="json", exclude={"possible"}) for stay in ordered]
        console.print_json({"on": day.isoformat(), "stays": items})
        return console.DONE
    columns = ("stay", "status", "household", "dwelling", "since", "until")
    heads = [words.text(f"stay.column.{name}") for name in columns]
    console.print_table("", heads, (_line(stay, words) for stay in ordered))
    console.print_line(words.text("stay.count", n=len(ordered), on=day))
    return console.DONE


def run_deadlines(organisation_id: str, *, as_json: bool) -> int:
    """Show the days stays are to be thought of, the soonest first; none of them does anything."""
    from api.occupancies import views
    from api.service import today

    words = console.words()
    with reading() as (connection, now):
        actor = _reader(connection, organisation_id)
        due = views.reminders_of(connection, actor, today=today(now))
    if as_json:
        console.print_json({"deadlines": [one.model_dump(mode="json") for one in due]})
        return console.DONE
    heads = [words.text(f"stay.column.{name}") for name in ("due", "what", "stay", "household")]
    lines = [
        (
            words.date(one.due_on, style="short"),
            words.text(f"stay.due.{one.kind}"),
            one.occupancy_id,
            one.application_id,
        )
        for one in due
    ]
    console.print_table("", heads, lines)
    console.print_line(words.text("stay.deadlines.nothing_moves", n=len(due)))
    return console.DONE


def run_show(occupancy_id: str, organisation_id: str, *, as_json: bool) -> int:
    """Follow one stay: its statuses one after another, its reviews, what its file lacks."""
    from api.access import AbsentError
    from api.occupancies import queries, views
    from api.service import today

    words = console.words()
    with reading() as (connection, now):
        actor = _reader(connection, organisation_id)
        try:
            row = queries.one_stay(connection, actor, occupancy_id)
        except AbsentError as absent:
            raise NoSuchStayError("No such stay.", id=occupancy_id) from absent
        told = views.file(connection, actor, row, today=today(now), words=words)
    if as_json:
        console.print_json(told.model_dump(mode="json", exclude={"possible"}))
        return console.DONE
    _print_file(told, words)
    return console.DONE


def _print_file(told: OccupancyFile, words: Catalogue) -> None:
    status = words.text(f"procedure.state.{told.status}")
    facts = {"id": told.occupancy_id, "household": told.application_id, "status": status}
    console.print_line(words.text("stay.show.head", dwelling=told.dwelling_id, **facts))
    heads = [words.text(f"stay.column.{name}") for name in ("on", "act", "status", "until", "by")]
    lines = (
        (
            words.date(act.on, style="short"),
            words.text(f"procedure.act.{act.act}"),
            words.text(f"procedure.state.{act.status}"),
            words.date(act.until_on, style="short") if act.until_on else "",
            act.by_organisation,
        )
        for act in told.acts
    )
    console.print_table("", heads, lines)
    for review in told.reviews:
        which = "both" if review.is_contradictory else "one"
        console.print_line(words.text(f"stay.show.review.{which}", on=review.held_on))
    for offered in told.alternatives:
        kind = words.text(f"stay.alternative.{offered.kind}")
        answer = words.text(f"stay.answer.{offered.answer}")
        console.print_line(
            words.text("stay.show.alternative", on=offered.offered_on, kind=kind, answer=answer)
        )
    missing = [paper.label for paper in told.papers if paper.held_on is None]
    if missing and any(act.act == "sign_sliding_lease" for act in told.acts):
        console.print_line(words.text("stay.show.missing", papers=words.join(missing)))
    if told.days_over:
        console.print_line(words.text("stay.show.over", n=told.days_over))


def _line(stay: OccupancyView, words: Catalogue) -> tuple[str, ...]:
    until = words.date(stay.until_on, style="short") if stay.until_on else ""
    if stay.days_over:
        until = words.text("stay.over", until=until, n=stay.days_over)
    return (
        stay.occupancy_id,
        words.text(f"procedure.state.{stay.status}"),
        stay.application_id,
        stay.dwelling_id,
        words.date(stay.entered_on, style="short") if stay.entered_on else "",
        until,
    )


def _refuse_unknown(status: str, words: Catalogue) -> None:
    from typing import get_args

    from api.occupancies.schemas import Status

    known: tuple[Literal[""], ...] = get_args(Status)
    if status and status not in known:
        sentence = words.text("stay.unknown_status", known=", ".join(known))
        raise typer.BadParameter(sentence, param_hint="--status")


def _reader(connection: sa.Connection, organisation_id: str) -> Actor:
    """Who reads, in the name of an organisation: statuses and days, no words."""
    import sqlalchemy as sa

    from api.auth.actor import Actor
    from api.db.tables.organisations import organisation
    from api.db.tables.register import register
    from api.loading import COMMAND_ACTOR_ID

    registers = sorted(connection.scalars(sa.select(register.c.register_id)))
    if not organisation_id and len(registers) == 1:
        organisation_id = registers[0]
    mine = organisation.c.organisation_id == organisation_id
    kind = connection.scalar(sa.select(organisation.c.kind).where(mine))
    if kind is None:
        raise WhichOrganisationError("Whose stays?", known=registers or ["–"])
    return Actor(COMMAND_ACTOR_ID, organisation_id, str(kind), role="")
