"""``passerelle explain``: score, rank and ground of one application in a proposal."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from allocation.cli import console
from allocation.errors import Problem, ProblemsError
from allocation.file_faults import file_problem

if TYPE_CHECKING:
    from allocation.model.proposal import Proposal
    from allocation.wording.reasons import PointsLine, Reasons


PROPOSAL = "proposal.json"
SHOWN_NEXT = 3


def attach(app: typer.Typer) -> None:
    """Add the command to the program."""
    text = console.words().text

    @app.command("explain", help=text("commands.explain.help"))
    def explain_command(
        application_id: str = typer.Argument(..., help=text("proposal.option.application")),
        proposal: Path = typer.Option(..., "--proposal", help=text("proposal.option.proposal")),
        as_json: bool = typer.Option(False, "--json", help=text("commands.option.json")),
    ) -> int:
        return run(proposal, application_id, as_json=as_json)


def run(folder: Path, application_id: str, *, as_json: bool) -> int:
    """Say what the proposal holds about one application, in words or as data."""
    from allocation.documents import read_proposal
    from allocation.wording.reasons import Reasons

    folder, content = _opened(folder)
    proposal = read_proposal(content)
    said = Reasons(proposal, console.words())
    found = _facts(proposal, application_id)
    if found is None:
        raise ProblemsError([_unknown(proposal, application_id)])
    found["lines"] = _lines(folder, application_id)
    sentences = _sentences(proposal, said, application_id, found)
    if as_json:
        console.print_json(found | {"sentences": sentences})
    else:
        for sentence in sentences:
            console.print_line(sentence)
    return console.DONE


def _opened(path: Path) -> tuple[Path, bytes]:
    """The folder of a proposal and its ``proposal.json``, whichever of them was named."""
    file = path if path.name == PROPOSAL else path / PROPOSAL
    if path.exists() and not path.is_dir() and path.name != PROPOSAL:
        raise ProblemsError([Problem.at(str(path), 0, "", "proposal.not_a_folder", file=path.name)])
    try:
        return file.parent, file.read_bytes()
    except FileNotFoundError as fault:
        code = "proposal.file_missing" if path.is_dir() else "file.absent"
        name = PROPOSAL if path.is_dir() else path.name
        raise ProblemsError([Problem.at(str(path), 0, "", code, file=name)]) from fault
    except OSError as fault:
        raise ProblemsError([file_problem(file, fault)]) from fault


def _unknown(proposal: Proposal, asked: str) -> Problem:
    """What stands under that name instead: another spelling, or a dwelling."""
    known = [h.application_id for h in proposal.households]
    known += [n.application_id for n in proposal.not_ranked]
    code, facts = "proposal.unknown_application", {"id": asked}
    for line in proposal.dwellings:
        if line.dwelling_id.lower() == asked.strip().lower():
            facts["nearest"] = line.application_id or ""
            code = f"proposal.dwelling_{'served' if line.application_id else 'empty'}"
    for name in known:
        if name.lower() == asked.strip().lower():
            code, facts["nearest"] = "proposal.id_otherwise", name
    return Problem.at(PROPOSAL, 0, "", code, **facts)


def _facts(proposal: Proposal, application_id: str) -> dict[str, Any] | None:
    """Everything the proposal says of an application, or ``None`` when it does not know it."""
    for entry in proposal.not_ranked:
        if entry.application_id == application_id:
            return {
                "application_id": application_id,
                "decision": "not_ranked",
                "ground": entry.ground,
                "rule": entry.rule,
            }
    for household in proposal.households:
        if household.application_id == application_id:
            return {
                "application_id": application_id,
                "rank": household.rank,
                "of": len(proposal.households),
                "tier": household.tier,
                "points": household.points,
                "housing_points": household.housing_points,
                "personal_points": household.personal_points,
                "seniority_points": household.seniority_points,
                "order_date": household.order_date.isoformat(),
                "bedrooms": household.bedrooms,
                **_decision(proposal, application_id),
            }
    return None


def _decision(proposal: Proposal, application_id: str) -> dict[str, Any]:
    """What is proposed to a ranked household, or why nothing is."""
    for line in proposal.dwellings:
        if line.application_id == application_id:
            return {
                "decision": "served",
                "dwelling_id": line.dwelling_id,
                "channel": line.channel,
                "seat": line.seat,
                "seat_quota": line.seat_quota,
                "critical_for": list(line.critical_for),
                "choice_rank": line.choice_rank,
            }
    left = next(u for u in proposal.unserved if u.application_id == application_id)
    return {
        "decision": "unserved",
        "reason": left.reason,
        "quotas": list(left.quotas),
        "must_outrank": left.must_outrank,
        "next_for": [
            {"dwelling_id": d.dwelling_id, "place": place, "needs": entry.needs}
            for d in proposal.dwellings
            for place, entry in enumerate(d.next, 1)
            if entry.application_id == application_id
        ],
    }


def _lines(folder: Path, application_id: str) -> list[dict[str, Any]] | None:
    """Lines of points from the sealed annex; ``None`` for a reader who does not hold it."""
    annex = folder / "annex.json"
    if not annex.is_file():
        return None
    try:
        document = json.loads(annex.read_bytes())
        for entry in document["openings"].values():
            opened = entry["opened"]
            if opened["application_id"] == application_id:
                return list(opened["lines"])
    except (OSError, LookupError, TypeError, ValueError, AttributeError) as fault:
        problem = file_problem(annex, fault, otherwise="proposal.annex_damaged")
        raise ProblemsError([problem]) from fault
    return None


def _sentences(
    proposal: Proposal, said: Reasons, application_id: str, found: Mapping[str, Any]
) -> list[str]:
    """Everything said of one application: whole sentences, one a line."""
    from allocation.documents.rule_texts import RulebookTexts
    from allocation.rules import load_rulebook

    on = date.fromisoformat(str(proposal.meeting["meeting_on"]))
    rules = RulebookTexts(load_rulebook(str(proposal.meeting["rulebook"])))
    text = said.words.text
    if found["decision"] == "not_ranked":
        entry = next(n for n in proposal.not_ranked if n.application_id == application_id)
        ground = said.not_ranked(entry, rules).rstrip(".")
        return [text("proposal.explain.not_ranked", id=application_id, ground=ground)]
    standing = said.standing(application_id)
    sentences = [
        text("proposal.explain.rank", id=application_id, standing=standing, of=found["of"])
    ]
    if found["lines"] is not None and found["tier"]:
        sentences += said.points(_points_lines(found), rules, on=on)
    if found["decision"] == "served":
        sentences += _served(proposal, said, application_id)
    else:
        sentences += _unserved(proposal, said, application_id)
    return [_sentence(part) for part in sentences]


def _served(proposal: Proposal, said: Reasons, application_id: str) -> list[str]:
    """The dwelling, by which channel, and who comes after."""
    text = said.words.text
    line = next(d for d in proposal.dwellings if d.application_id == application_id)
    followers = [
        text(
            "proposal.explain.follower",
            place=str(place),
            id=entry.application_id,
            needs=said.next_in_line(entry),
        )
        for place, entry in enumerate(line.next, 1)
    ]
    choice = str(line.choice_rank)
    return [
        text("proposal.explain.served", dwelling=line.dwelling_id, choice=choice),
        text("proposal.explain.channel", channel=said.channel(line)),
        *_first(followers, said),
    ]


def _unserved(proposal: Proposal, said: Reasons, application_id: str) -> list[str]:
    """Why no dwelling, and for which dwellings it is next, the nearest first."""
    left = next(u for u in proposal.unserved if u.application_id == application_id)
    places = sorted(
        (
            (place, line.dwelling_id, entry)
            for line in proposal.dwellings
            for place, entry in enumerate(line.next, 1)
            if entry.application_id == application_id
        ),
        key=lambda found: found[:2],
    )
    lines = [
        said.words.text(
            "proposal.explain.next",
            place=str(place),
            dwelling=dwelling,
            needs=said.next_in_line(entry),
        )
        for place, dwelling, entry in places
    ]
    return [said.unserved(left), *_first(lines, said)]


def _first(lines: Sequence[str], said: Reasons) -> list[str]:
    """The first few of many, and how many more."""
    shown = list(lines[:SHOWN_NEXT])
    if len(lines) > SHOWN_NEXT:
        shown.append(said.words.text("proposal.explain.more", n=len(lines) - SHOWN_NEXT))
    return shown


def _points_lines(found: Mapping[str, Any]) -> list[PointsLine]:
    """A line per table, those without a line too, and seniority: together they are the points."""
    from allocation.documents.rule_texts import SENIORITY
    from allocation.wording.reasons import PointsLine

    by_table = {str(entry["table"]): entry for entry in found["lines"]}
    lines = []
    for table in ("housing", "personal"):
        entry = by_table.get(f"{table}_situation", {})
        lines.append(PointsLine(table, str(entry.get("code", "")), int(entry.get("points", 0))))
    return [*lines, PointsLine("seniority", SENIORITY, int(found["seniority_points"]))]


def _sentence(text: str) -> str:
    """A capital at the start, a full stop at the end."""
    begun = text[:1].upper() + text[1:]
    return begun if begun.endswith((".", "!", "?")) else f"{begun}."
