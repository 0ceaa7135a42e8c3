"""``passerelle contradictions``: rules of a register that defeat their purpose."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from allocation.cli import console
from allocation.errors import Problem, ProblemsError

if TYPE_CHECKING:
    from allocation.contradictions import Contradiction, Side
    from allocation.wording import Catalogue


def attach(app: typer.Typer) -> None:
    """Add the command to the program."""
    text = console.words().text

    @app.command("contradictions", help=text("contradictions.help"))
    def contradictions_command(
        register: Path = typer.Option(
            ..., "--register", help=text("contradictions.option.register")
        ),
        on: datetime | None = typer.Option(
            None,
            "--on",
            formats=["%Y-%m-%d"],
            metavar="DATE",
            help=text("contradictions.option.on"),
        ),
        as_json: bool = typer.Option(False, "--json", help=text("commands.option.json")),
    ) -> int:
        found = _found(register, on=on.date() if on else None)
        if as_json:
            console.print_json({"contradictions": [_plain(one) for one in found]})
        else:
            _show(found, console.words())
        return console.DONE


def _found(path: Path, *, on: date | None) -> tuple[Contradiction, ...]:
    from allocation.contradictions import contradictions
    from allocation.exchange import read_register
    from allocation.rules import evaluate_register, load_rulebook

    register = read_register(path)
    if register.meeting is None:
        raise ProblemsError([Problem.at("meeting.yaml", 0, "", "meeting.missing")])
    meeting = replace(register.meeting, meeting_on=on or register.meeting.meeting_on)
    rulebook = load_rulebook(meeting.rulebook)
    assessed = evaluate_register(rulebook, register, meeting.meeting_on, settings=meeting.settings)
    return contradictions(register, rulebook, assessed, meeting)


def _show(found: tuple[Contradiction, ...], words: Catalogue) -> None:
    """Sentences by how certain they are, each with both sources."""
    from allocation.contradictions import telling

    for certainty in telling.CERTAINTIES:
        some = [one for one in found if one.certainty == certainty]
        if some:
            console.print_line(telling.certainty(some[0], words), style="bold")
        for one in some:
            console.print_line(f"- {telling.sentence(one, words)}")
            for side in (one.first, one.second):
                source = telling.source_of(side, words)
                said = telling.name_of(side, words)
                console.print_line(f"    {said} : {source}" if source else f"    {said}")
    if not found:
        console.print_line(words.text("contradictions.none"))
    console.print_line(words.text("contradictions.only_register"))


def _plain(one: Contradiction) -> dict[str, Any]:
    from allocation.contradictions import telling

    return {
        "code": one.code,
        "certainty": one.certainty,
        **console.said(lambda words: telling.sentence(one, words)),
        "first": _side(one.first),
        "second": _side(one.second),
        "facts": {key: telling.as_plain(value) for key, value in one.facts.items()},
    }


def _side(side: Side) -> dict[str, str]:
    key = side.key.removeprefix("contradictions.side.")
    return {"key": key, "act": side.act, "article": side.article, "mark": side.mark}
