"""``passerelle explain``: score, rank and ground of one application in a proposal."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from allocation.cli import console
from allocation.errors import Problem, ProblemsError

if TYPE_CHECKING:
    from allocation.model.proposal import Proposal
    from allocation.wording.reasons import PointsLine, Reasons


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

    proposal = read_proposal(_bytes(folder / "proposal.json"))
    said = Reasons(proposal, console.words())
    found = _facts(proposal, application_id)
    if found is None:
        raise ProblemsError(
            [Problem.at("proposal.json", 0, "", "proposal.unknown_application", id=application_id)]
        )
    found["lines"] = _lines(folder, application_id)
    sentences = _sentences(proposal, said, application_id, found)
    if as_json:
        console.print_json(found | {"sentences": sentences})
    else:
        for sentence in sentences:
            console.print_line(sentence)
    return console.DONE


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as fault:
        raise ProblemsError(
            [Problem.at(str(path), 0, "", "proposal.file_missing", file=path.name)]
        ) from fault


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
    document = json.loads(annex.read_bytes())
    for entry in document["openings"].values():
        opened = entry["opened"]
        if opened["application_id"] == application_id:
            return list(opened["lines"])
    return None


def _sentences(
    proposal: Proposal, said: Reasons, application_id: str, found: Mapping[str, Any]
) -> list[str]:
    from allocation.documents.rule_texts import RulebookTexts
    from allocation.rules import load_rulebook

    on = date.fromisoformat(str(proposal.meeting["meeting_on"]))
    rules = RulebookTexts(load_rulebook(str(proposal.meeting["rulebook"])))
    text = said.words.text
    if found["decision"] == "not_ranked":
        entry = next(n for n in proposal.not_ranked if n.application_id == application_id)
        return [
            text("proposal.explain.not_ranked", id=application_id),
            said.not_ranked(entry, rules),
        ]
    sentences = [
        text(
            "proposal.explain.rank", id=application_id, rank=str(found["rank"]), of=str(found["of"])
        ),
        said.standing(application_id),
    ]
    lines = found["lines"]
    if lines is not None and found["tier"]:
        sentences += said.points([_points_line(entry) for entry in lines], rules, on=on)
    if found["decision"] == "served":
        line = next(d for d in proposal.dwellings if d.application_id == application_id)
        sentences.append(
            text("proposal.explain.served", dwelling=line.dwelling_id, choice=str(line.choice_rank))
        )
        return [*sentences, said.channel(line)]
    left = next(u for u in proposal.unserved if u.application_id == application_id)
    sentences.append(said.unserved(left))
    for place in found["next_for"]:
        sentences.append(
            text("proposal.explain.next", place=str(place["place"]), dwelling=place["dwelling_id"])
        )
    return sentences


def _points_line(entry: Mapping[str, Any]) -> PointsLine:
    from allocation.wording.reasons import PointsLine

    return PointsLine(str(entry["table"]), str(entry["code"]), int(entry["points"]))
