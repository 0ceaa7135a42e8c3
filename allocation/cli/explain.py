"""``passerelle explain``: why, why not and what if, of one application or of every quota."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from allocation.cli import console
from allocation.errors import Problem, ProblemsError
from allocation.file_faults import file_problem

if TYPE_CHECKING:
    from allocation.documents.explanation import Explainer, Explanation
    from allocation.model.proposal import Proposal

PROPOSAL, ANNEX, CERTIFICATE = "proposal.json", "annex.json", "certificate.json"


def attach(app: typer.Typer) -> None:
    """Add the command to the program."""
    text = console.words().text

    @app.command("explain", help=text("commands.explain.help"))
    def explain_command(
        application_id: str = typer.Argument("", help=text("proposal.option.application")),
        proposal: Path = typer.Option(..., "--proposal", help=text("proposal.option.proposal")),
        quotas: bool = typer.Option(False, "--quotas", help=text("proposal.option.quotas")),
        public: bool = typer.Option(False, "--public", help=text("proposal.option.public")),
        as_json: bool = typer.Option(False, "--json", help=text("commands.option.json")),
    ) -> int:
        if bool(application_id) == quotas:
            raise ProblemsError([Problem.at("explain", 0, "", "proposal.explain_what")])
        if quotas:
            return run_quotas(proposal, as_json=as_json, public=public)
        return run(proposal, application_id, as_json=as_json, public=public)


def run(path: Path, application_id: str, *, as_json: bool, public: bool) -> int:
    """Say why, why not and what if of one application, in words or as data."""
    proposal, explainer = _explainer(path, public=public)
    found = explainer.explain(application_id)
    if found is None:
        raise ProblemsError([_unknown(proposal, application_id)])
    _show(found, as_json=as_json)
    return console.DONE


def run_quotas(path: Path, *, as_json: bool, public: bool) -> int:
    """Say what every quota changes and what it costs, in words or as data."""
    _show(_explainer(path, public=public)[1].quotas(), as_json=as_json)
    return console.DONE


def _explainer(path: Path, *, public: bool) -> tuple[Proposal, Explainer]:
    """The proposal, and who explains it to this reader."""
    from allocation.documents import read_proposal
    from allocation.documents.explanation import Explainer
    from allocation.rules import load_rulebook

    folder, content = opened(path)
    proposal = read_proposal(content)
    rulebook = load_rulebook(str(proposal.meeting["rulebook"]))
    lines = _lines(folder / ANNEX)
    explainer = Explainer(
        proposal,
        rulebook,
        console.words(),
        # Without the sealed annex the reader is outside the company.
        is_public=public or lines is None,
        lines=lines,
        pseudonyms=_pseudonyms(folder / CERTIFICATE),
    )
    return proposal, explainer


def _show(found: Explanation, *, as_json: bool) -> None:
    if as_json:
        sections = [{"title": s.title, "sentences": s.sentences} for s in found.sections]
        console.print_json({**found.facts, "sections": sections, "sentences": found.sentences})
        return
    for n, section in enumerate(found.sections):
        if n:
            console.print_line()
        console.print_line(section.title, style="bold")
        for sentence in section.sentences:
            console.print_line(sentence)


def opened(path: Path) -> tuple[Path, bytes]:
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


def _lines(annex: Path) -> dict[str, list[dict[str, Any]]] | None:
    """Application -> lines of points; ``None`` for a reader who does not hold the annex."""
    if not annex.is_file():
        return None
    with _readable(annex, "proposal.annex_damaged"):
        openings = json.loads(annex.read_bytes())["openings"].values()
        opened = [opening["opened"] for opening in openings]
        return {str(o["application_id"]): list(o["lines"]) for o in opened}


def _pseudonyms(certificate: Path) -> dict[int, str]:
    """Rank -> pseudonym; nothing for a reader who does not hold the certificate."""
    if not certificate.is_file():
        return {}
    with _readable(certificate, "proposal.certificate_damaged"):
        households = json.loads(certificate.read_bytes())["households"]
        return {int(h["rank"]): str(h["id"]) for h in households}


@contextmanager
def _readable(file: Path, code: str) -> Iterator[None]:
    """What a file that cannot be read, or is not what its name says, is refused with."""
    try:
        yield
    except (OSError, LookupError, TypeError, ValueError, AttributeError) as fault:
        raise ProblemsError([file_problem(file, fault, otherwise=code)]) from fault
