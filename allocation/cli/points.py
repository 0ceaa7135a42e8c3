"""``passerelle points``: lines, points, bedrooms and income category of households in JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from allocation.cli import console
from allocation.errors import HousingError, Problem, ProblemsError
from allocation.wording import Catalogue

if TYPE_CHECKING:
    from allocation.model import Setting
    from allocation.rules import Assessment, Rulebook
    from allocation.rules.household_file import HouseholdAsked
    from allocation.rules.trace import LineTrace, Missing

_DAY = "%Y-%m-%d"
_DETAILED = 5


@dataclass(frozen=True)
class _Answer:
    """One household: what was asked, what the rulebook says, where the file expects otherwise."""

    asked: HouseholdAsked
    assessment: Assessment
    differences: dict[str, tuple[Any, Any]]


def attach(app: typer.Typer) -> None:
    """Add the command to the program."""
    words = console.words()

    @app.command("points", help=words.text("commands.points.help"))
    def points(
        file: Path = typer.Argument(..., metavar="FILE.json", help=words.text("points.file")),
        rulebook: str = typer.Option(
            "wallonia", "--rulebook", help=words.text("commands.option.rulebook")
        ),
        on: datetime | None = typer.Option(
            None, "--on", formats=[_DAY], metavar="DATE", help=words.text("points.option.on")
        ),
        switch: list[str] = typer.Option(
            [], "--set", metavar="KEY=VALUE", help=words.text("points.option.set")
        ),
        trace: bool = typer.Option(False, "--trace", help=words.text("points.option.trace")),
        as_json: bool = typer.Option(False, "--json", help=words.text("commands.option.json")),
    ) -> None:
        from allocation.rules import load_rulebook
        from allocation.rules.household_file import read_households

        book = load_rulebook(rulebook)
        asked = read_households(file, on=on.date() if on else None)
        answers = _answers(book, asked, _settings(switch), where=file.name)
        if as_json:
            console.print_json(_as_plain(book, answers, with_trace=trace))
        else:
            _show(book, answers, console.words())
        if any(answer.differences for answer in answers):
            console.leave(console.CHECK_FAILED)


def _settings(switches: Sequence[str]) -> tuple[Setting, ...]:
    from allocation.model import Setting

    found = []
    for switch in switches:
        key, _, text = switch.partition("=")
        value: bool | int | str = {"true": True, "false": False}.get(text, text)
        if text.isdecimal():
            value = int(text)
        found.append(Setting(key, value))
    return tuple(found)


def _answers(
    book: Rulebook, asked: Sequence[HouseholdAsked], settings: tuple[Setting, ...], *, where: str
) -> list[_Answer]:
    """Every answer, or every refusal at once."""
    from allocation.rules import evaluate

    answers: list[_Answer] = []
    problems: list[Problem] = []
    for one in asked:
        # What a household says of itself is said last, so it holds.
        both = (*settings, *one.settings)
        try:
            found = evaluate(
                book, one.application, one.on, settings=both, established=one.established
            )
        except ProblemsError as refused:
            problems += [replace(p, where=where, row=one.row) for p in refused.problems]
        except HousingError as refused:
            problems.append(Problem.at(where, one.row, "", refused.code, **refused.context))
        else:
            answers.append(_Answer(one, found, _differences(found, one.expected)))
    if problems:
        raise ProblemsError(problems)
    return answers


def _differences(found: Assessment, expected: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Expected against found, where they differ."""
    points = {line.code: line.points if line.outcome == 1 else 0 for line in found.lines}
    said: dict[str, Any] = {
        "h": found.housing_points,
        "p": found.personal_points,
        "s": found.seniority_points,
        "total": found.points,
        "rooms": found.bedrooms.number,
        "category": found.income.category,
        "admissible": {1: True, 0: False}.get(found.admissible),
        "ground": found.ground,
    }
    wanted = {k: v for k, v in expected.items() if k != "lines"}
    wanted |= {f"lines.{code}": worth for code, worth in expected.get("lines", {}).items()}
    said |= {f"lines.{code}": worth for code, worth in points.items()}
    return {k: (v, said.get(k)) for k, v in wanted.items() if said.get(k) != v}


def _as_plain(book: Rulebook, answers: Sequence[_Answer], *, with_trace: bool) -> dict[str, Any]:
    from allocation.rules.plain import plain_assessment

    households = []
    for answer in answers:
        found = plain_assessment(answer.assessment, with_trace=with_trace)
        if answer.asked.expected:
            found["expect"] = answer.asked.expected
            found["differences"] = {
                key: {"expected": wanted, "found": said}
                for key, (wanted, said) in answer.differences.items()
            }
        households.append(found)
    return {
        "rulebook": book.name,
        "rulebook_hash": book.content_hash,
        "verified_on": book.verified_on.isoformat(),
        "households": households,
        "n_different": sum(bool(answer.differences) for answer in answers),
    }


def _show(book: Rulebook, answers: Sequence[_Answer], words: Catalogue) -> None:
    console.print_line(words.text("points.known_at", on=book.verified_on), style="dim")
    for answer in answers:
        if len(answers) <= _DETAILED:
            _show_household(book, answer, words)
        else:
            _show_compact(answer, words)
        for key, (wanted, said) in answer.differences.items():
            text = words.text(
                "points.different",
                application_id=answer.assessment.application_id,
                name=key,
                expected=str(wanted),
                found=str(said),
            )
            console.print_line(text, style="bold red")
    _show_warnings(book, answers, words)


def _show_compact(answer: _Answer, words: Catalogue) -> None:
    """One household in a few lines, when the file holds many."""
    a = answer.assessment
    console.print_line()
    console.print_line(
        words.text(
            "points.summary", application_id=a.application_id, on=a.on, n=a.points,
            bedrooms=_or_unknown(a.bedrooms.number, words),
            category=_or_unknown(a.income.category if a.income.category >= 0 else None, words),
        ),
        style="bold",
    )  # fmt: skip
    for label, points, article, mark in _rows(a, words):
        console.print_line(f"  {points:>2}  {label} · {article} [{mark}]")
    if a.missing:
        names = ", ".join(sorted({m.fact for m in a.missing}))
        n_open = len({m.rule for m in a.missing})
        console.print_line(f"      {words.text('points.missing', n=n_open)} {names}")


def _or_unknown(number: int | None, words: Catalogue) -> str:
    return words.text("points.unknown") if number is None else str(number)


def _rows(a: Assessment, words: Catalogue) -> list[list[str]]:
    """Lines met, then seniority: name, points, article, evidence mark."""
    from allocation.wording.citations import citation

    seniority = a.seniority
    mode = words.text(f"points.mode.{seniority.mode}")
    article = citation(seniority.source.act, seniority.source.article, words)
    last = [words.text("points.seniority", mode=mode), str(a.seniority_points), article]
    return [
        *(_line_cells(line, words) for line in a.lines if line.outcome == 1),
        [*last, seniority.mark],
    ]


def _show_household(book: Rulebook, answer: _Answer, words: Catalogue) -> None:
    a = answer.assessment
    console.print_line()
    console.print_line(
        words.text("points.household", application_id=a.application_id, on=a.on), style="bold"
    )
    heads = ("line", "points", "article", "mark")
    titles = [words.text(f"points.head.{n}") for n in heads]
    console.print_table("", titles, _rows(a, words))
    console.print_line(words.text("points.total", n=a.points), style="bold")
    for sentence in _facts_said(a, words):
        console.print_line(sentence)
    for missing in a.missing:
        console.print_line(f"  - {_missing_said(book, missing, words)}")
    for finding in a.findings:
        console.print_line(f"  - {words.text(finding.code, **dict(finding.facts))}")


def _line_cells(line: LineTrace, words: Catalogue) -> list[str]:
    from allocation.wording.citations import citation

    label = f"{getattr(line.label, words.language)} ({line.code})"
    if not line.is_best:
        label = words.text("points.not_added", label=label)
    article = citation(line.source.act, line.source.article, words)
    return [label, str(line.points), article, line.mark]


def _facts_said(a: Assessment, words: Catalogue) -> list[str]:
    said = []
    if a.bedrooms.number is None:
        said.append(words.text("points.bedrooms_unknown"))
    else:
        said.append(words.text("points.bedrooms", n=a.bedrooms.number))
    cents = a.income.counted_cents
    income = words.text("points.unknown") if cents is None else words.money(cents)
    key = {-1: "points.category_unknown", 0: "points.category_above"}.get(a.income.category)
    said.append(
        words.text(key or "points.category", income=income, category=str(a.income.category))
    )
    labels = {t.code: getattr(t.label, words.language) for t in a.admission}
    verdict = {1: "points.admissible", 0: "points.not_admissible"}.get(
        a.admissible, "points.admission_unknown"
    )
    said.append(words.text(verdict, ground=labels.get(a.ground, a.ground)))
    if a.missing:
        said.append(words.text("points.missing", n=len({m.rule for m in a.missing})))
    return said


def _missing_said(book: Rulebook, missing: Missing, words: Catalogue) -> str:
    label = getattr(book.facts[missing.fact].label, words.language)
    whose = f" [{missing.member_id}]" if missing.member_id else ""
    proofs = [getattr(book.proofs[p].label, words.language) for p in missing.accepted]
    if missing.blocks:
        effect = words.text("points.missing.blocks", rule=missing.rule)
    elif missing.effect_points:
        effect = words.text("points.missing.points", n=missing.effect_points, rule=missing.rule)
    elif missing.effect_bedrooms:
        effect = words.text("points.missing.bedrooms", n=missing.effect_bedrooms, rule=missing.rule)
    else:
        effect = words.text("points.missing.preference", rule=missing.rule)
    reason = words.text(f"points.missing.{missing.reason}", proofs=" / ".join(proofs))
    return f"{label}{whose} : {reason} {effect}"


def _show_warnings(book: Rulebook, answers: Sequence[_Answer], words: Catalogue) -> None:
    """What is assumed or unverified among the values used, once for the whole file."""
    said: dict[str, None] = {}
    for answer in answers:
        for caveat in book.caveats(answer.assessment.on, answer.asked.settings):
            if caveat.code not in ("rule.assumed_value", "rule.known_at"):
                facts = {name: _day_or_text(fact) for name, fact in caveat.facts.items()}
                said[words.text(caveat.code, **facts)] = None
    if said:
        console.print_line()
    for sentence in said:
        console.print_line(f"! {sentence}", style="yellow")


def _day_or_text(fact: str) -> date | str:
    """A fact of a caveat: dates are written the reader's way."""
    try:
        return date.fromisoformat(fact)
    except ValueError:
        return fact
