"""
``passerelle common-file``: the SWL's file beside the register, in the name of a person.

The acts and their rules are those of the service (``api.common_file``): comparing changes nothing,
and each difference is applied or left by somebody who may, with a reason.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import typer

from allocation.cli import console
from allocation.errors import HousingError, Problem, ProblemsError
from api.operating import acting_as, serving

if TYPE_CHECKING:
    import sqlalchemy as sa

    from api.auth.actor import Actor
    from api.common_file.schemas import DecisionView, DifferenceDecision, DifferenceView
    from api.db import Row
    from api.service import Service

DECIDE, SET = "common_file.decide", "common_file.set"
SHOWN = 40
PATIENCE_SECONDS = 0.2


class NoMappingError(HousingError):
    """``common_file.no_mapping``: nobody has said what the columns of the file mean."""

    code: ClassVar[str] = "common_file.no_mapping"


class NotComparedError(HousingError):
    """``common_file.not_compared``: the comparison was given up or called off."""

    code: ClassVar[str] = "common_file.not_compared"


def attach(app: typer.Typer) -> None:
    """Add the commands to the program."""
    text = console.words().text
    group = typer.Typer(help=text("common_file.help"), no_args_is_help=True)
    _attach_files(group)
    for decision in ("apply", "leave"):
        _attach_decision(group, decision)
    app.add_typer(group, name="common-file")


def _account() -> Any:
    return typer.Option(..., "--account", help=console.words().text("common_file.option.account"))


def _json() -> Any:
    return typer.Option(False, "--json", help=console.words().text("commands.option.json"))


def _attach_files(group: typer.Typer) -> None:
    text = console.words().text

    @group.command("map", help=text("common_file.map.help"))
    def map_command(
        file: Path = typer.Argument(
            ..., exists=True, dir_okay=False, help=text("common_file.option.mapping")
        ),
        account: str = _account(),
        as_json: bool = _json(),
    ) -> int:
        return run_map(file, account, as_json=as_json)

    @group.command("compare", help=text("common_file.compare.help"))
    def compare_command(
        file: Path = typer.Argument(
            ..., exists=True, dir_okay=False, help=text("common_file.option.file")
        ),
        account: str = _account(),
        show_all: bool = typer.Option(False, "--all", help=text("common_file.option.all")),
        as_json: bool = _json(),
    ) -> int:
        return run_compare(file, account, show_all=show_all, as_json=as_json)

    @group.command("export", help=text("common_file.export.help"))
    def export_command(
        out: Path = typer.Option(..., "--out", dir_okay=False, help=text("common_file.option.out")),
        account: str = _account(),
        as_json: bool = _json(),
    ) -> int:
        return run_export(out, account, as_json=as_json)


def _attach_decision(group: typer.Typer, decision: Literal["apply", "leave"]) -> None:
    text = console.words().text

    @group.command(decision, help=text(f"common_file.{decision}.help"))
    def decide_command(
        application_id: str = typer.Argument(..., help=text("common_file.option.application")),
        account: str = _account(),
        reason: str = typer.Option(..., "--reason", help=text("common_file.option.reason")),
        field: list[str] = typer.Option([], "--field", help=text("common_file.option.field")),
        comparison: str = typer.Option(
            "", "--comparison", help=text("common_file.option.comparison")
        ),
        as_json: bool = _json(),
    ) -> int:
        asked = _asked(application_id, decision, reason=reason, fields=field)
        return run_decide(asked, account, comparison, as_json=as_json)


def run_map(file: Path, account: str, *, as_json: bool) -> int:
    """Say what the columns and codes of the file mean, in the place of what was said before."""
    from allocation.rules.yaml_file import read_yaml, validated
    from api.common_file import queries, views
    from api.common_file import service as common_file
    from api.common_file.schemas import MappingEntry

    problems: list[Problem] = []
    written = read_yaml(file, str(file), problems)
    asked = validated(written, MappingEntry, problems) if written else None
    if asked is None or problems:
        raise ProblemsError(problems)
    with serving() as service, service.database.writing() as connection:
        actor = acting_as(connection, account, SET)
        common_file.set_mapping(connection, actor, asked, service=service)
        told = views.mapping_view(queries.mapping_of(connection, actor))
    if as_json:
        console.print_json(told.model_dump(mode="json"))
    else:
        facts = {"name": told.mapping.name, "n": len(told.mapping.columns)}
        console.print_line(console.words().text("common_file.mapped", **facts))
    return console.DONE


def run_compare(file: Path, account: str, *, show_all: bool, as_json: bool) -> int:
    """Compare a file at once; exit code 1 while somebody has a difference to decide."""
    from api.common_file import queries, views
    from api.common_file import service as common_file

    content, words = file.read_bytes(), console.words()
    with serving() as service:
        with service.database.writing() as connection:
            actor = acting_as(connection, account, DECIDE)
            mapping = _mapping_of(connection, actor).mapping
            made = common_file.send(connection, actor, content, mapping, service=service)
        with console.progress(words.text("common_file.step")):
            _compare_now(service, made)
        with service.database.reading() as connection:
            row = queries.one_reconciliation(connection, actor, made)
            told = views.comparison(connection, row, words)
            found = _open_differences(connection, made)
    if told.state == "refused":
        raise ProblemsError(views.faults_of(row, file=str(file)))
    if as_json:
        items = [one.model_dump(mode="json") for one in found]
        console.print_json(told.model_dump(mode="json") | {"differences": items})
    else:
        console.print_line(words.text("common_file.compared", id=made, **told.totals))
        _print(found, show_all=show_all)
    return console.CHECK_FAILED if found else console.DONE


def run_export(out: Path, account: str, *, as_json: bool) -> int:
    """Write our side in the columns, codes and encoding of the other file, or nothing."""
    from api.common_file import service as common_file
    from api.common_file import work

    with serving() as service, service.database.writing() as connection:
        actor = acting_as(connection, account, DECIDE)
        _mapping_of(connection, actor)
        mapping, rows = common_file.take_out(connection, actor, service=service)
        try:
            work.write_export(out, rows, mapping)
        except UnicodeEncodeError as fault:
            raise common_file.CommonFileError("common_file.cannot_say") from fault
    if as_json:
        console.print_json({"file": str(out), "applications": len(rows)})
    else:
        console.print_line(console.words().text("common_file.exported", n=len(rows), path=str(out)))
    return console.DONE


def run_decide(asked: DifferenceDecision, account: str, comparison: str, *, as_json: bool) -> int:
    """Apply or leave the open differences of one application, in a person's name."""
    from api.common_file import service as common_file

    words = console.words()
    with serving() as service, service.database.writing() as connection:
        actor = acting_as(connection, account, DECIDE)
        done = common_file.decide(
            connection,
            actor,
            comparison or _latest(connection, actor),
            asked,
            service=service,
            words=words,
        )
    if as_json:
        console.print_json(done.model_dump(mode="json"))
    else:
        console.print_line(_sentence(done))
    return console.DONE


def _asked(
    application_id: str, decision: Literal["apply", "leave"], *, reason: str, fields: list[str]
) -> DifferenceDecision:
    """The decision as the service takes it; what it does not take is said of the option."""
    from pydantic import ValidationError

    from api.common_file.schemas import DifferenceDecision

    given = {"application_id": application_id, "reason": reason, "fields": fields}
    try:
        return DifferenceDecision(decision=decision, **given)  # type: ignore[arg-type]
    except ValidationError as fault:
        name = str(fault.errors()[0]["loc"][0])
        hints = {"application_id": "APPLICATION_ID", "reason": "--reason", "fields": "--field"}
        sentence = console.words().text("common_file.bad_value")
        raise typer.BadParameter(sentence, param_hint=hints[name]) from fault


def _mapping_of(connection: sa.Connection, actor: Actor) -> Row:
    from api.access import AbsentError
    from api.common_file import queries

    try:
        return queries.mapping_of(connection, actor)
    except AbsentError as absent:
        raise NoMappingError("No mapping.") from absent


def _latest(connection: sa.Connection, actor: Actor) -> str:
    """The comparison made last; what was open before it is open no more."""
    from api.common_file import queries
    from api.common_file.service import CommonFileError

    for row in queries.reconciliations_of(connection, actor):
        if row.state == "done" and row.register_id == actor.organisation_id:
            return str(row.reconciliation_id)
    raise CommonFileError("common_file.nothing_open")


def _compare_now(service: Service, reconciliation_id: str) -> None:
    """Do the run that was asked for, or wait for the worker that took it first."""
    import sqlalchemy as sa

    from api.common_file.service import COMPARE, WAITING
    from api.db.tables.common_file import reconciliation
    from api.db.tables.jobs import run
    from api.jobs.asking import DONE, OVER
    from api.jobs.handlers import HANDLERS
    from api.jobs.worker import Worker

    mine = sa.and_(run.c.subject == reconciliation_id, run.c.kind == COMPARE)
    asked = sa.select(run.c.run_id, run.c.state).where(mine)
    state = sa.select(reconciliation.c.state).where(
        reconciliation.c.reconciliation_id == reconciliation_id
    )
    worker = Worker(service, HANDLERS)
    while True:
        with service.database.reading() as connection:
            kept, is_waiting = connection.execute(asked).one(), connection.scalar(state) == WAITING
        if not is_waiting:
            return
        if kept.state in OVER and kept.state != DONE:
            raise NotComparedError("Given up.", run=kept.run_id)
        if not worker.run_once(kept.run_id):
            time.sleep(PATIENCE_SECONDS)


def _open_differences(connection: sa.Connection, reconciliation_id: str) -> list[DifferenceView]:
    from api.common_file import queries
    from api.common_file.schemas import DifferenceView

    rows = queries.open_differences(connection, reconciliation_id)
    return [DifferenceView.model_validate(row) for row in rows]


def _print(found: list[DifferenceView], *, show_all: bool) -> None:
    """What differs, told; some of it unless all was asked for."""
    words = console.words()
    shown = found if show_all else found[:SHOWN]
    heads = [
        words.text(f"common_file.column.{n}") for n in ("application", "what", "ours", "theirs")
    ]
    lines = [(d.application_id, _what(d), d.ours, _theirs(d)) for d in shown]
    if lines:
        console.print_table("", heads, lines)
    if len(found) > len(shown):
        console.print_line(words.text("common_file.more", n=len(found) - len(shown)))
    key = "common_file.to_decide" if found else "common_file.nothing_to_decide"
    console.print_line(words.text(key, n=len(found)))


def _what(difference: DifferenceView) -> str:
    if difference.kind == "different":
        return difference.field
    return console.words().text(f"common_file.kind.{difference.kind}")


def _theirs(difference: DifferenceView) -> str:
    """A value of theirs; of an application that is theirs alone, nothing but that it is."""
    return difference.theirs if difference.kind == "different" else ""


def _sentence(done: DecisionView) -> str:
    """What became of the differences of one application."""
    words = console.words()
    kinds = {one.kind for one in done.decided}
    facts = {
        "id": done.application_id,
        "fields": words.join(sorted(one.field for one in done.decided if one.field)),
        "change": done.change_id,
    }
    if {one.state for one in done.decided} == {"left"}:
        return words.text("common_file.done.left", **facts)
    if "only_theirs" in kinds:
        return words.text("common_file.done.registered", **facts)
    key = "applied" if done.change_state == "applied" else "to_hear"
    return words.text(f"common_file.done.{key}", **facts)
