"""The page of the rules with their sources and marks, written from the rulebook itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from allocation.rules.rulebook import Rulebook
from allocation.rules.schema import Bound, Dated, When

_COMPARISONS = {"at_least": "≥", "more_than": ">", "at_most": "≤", "less_than": "<"}
_MEASURES = {
    "held_for_days": "{fact}: days up to {until} {bound}",
    "months_since": "{fact}: months up to {until} {bound}",
    "years_since": "{fact}: years up to {until} {bound}",
    "ends_in_months": "{fact}: not past, months left {bound}",
    "proof_age_days": "proof of {fact}: days up to {until} {bound}",
    "number": "{fact} {bound}",
}
_MARKS = """| Mark | Meaning |
| --- | --- |
| L | verified in the wording of a legal text |
| O | authority or official secondary source |
| S | page of a landlord, an association, a newspaper |
| C | taken over from another study, with the source it cites |
| D | derived by reasoning or arithmetic from marked facts |
| M | background knowledge: unverified, a line that rests on it alone is off by default |
| assumed | a default chosen here because no text was found |
"""


_NOT_ADVICE = (
    "Not legal advice: a value counts only once two named persons have confirmed it for a "
    "real register."
)
_BEST = (
    "Lines of one table never add up: the best one counts. `Unknown` says what a missing "
    "fact or proof does."
)
_ABSENT = (
    "Where `Absent` says *no*, a household without any row is taken not to claim the fact; "
    "a row without value or without an accepted proof is unknown."
)


def rules_page(rulebook: Rulebook) -> str:
    """
    The reference page of a rulebook, in Markdown.

    Parameters
    ----------
    rulebook
        The rules; the same content gives the same bytes.
    """
    parts = [
        f"# The rules: {rulebook.label.en}",
        "This page is generated from the rulebook (`allocation/rules/reference.py`).",
        f"Rules known at {rulebook.verified_on.isoformat()}. Content: `{rulebook.content_hash}`.",
        _NOT_ADVICE,
        "## Evidence marks",
        _MARKS.rstrip(),
        *_points(rulebook),
        "## Income ceilings",
        _ceilings(rulebook),
        *_themes(rulebook),
        "## Derogations",
        _derogations(rulebook),
        "## Parameters",
        _parameters(rulebook),
        *_lists(rulebook),
    ]
    return "\n\n".join(parts) + "\n"


def _lists(rulebook: Rulebook) -> Iterator[str]:
    """Questions, facts, proofs, coverage, sources."""
    proofs = ([f"`{c}`", p.label.fr, p.label.en] for c, p in rulebook.proofs.items())
    yield "## Open questions"
    yield "Each is a switch with a default; an SLSP that sets one records its legal basis."
    yield _switches(rulebook)
    yield "## Facts"
    yield _ABSENT
    yield _facts(rulebook)
    yield "## Proofs"
    yield _table(("Code", "French", "English"), proofs)
    yield "## What is covered"
    yield _coverage(rulebook)
    yield "## Sources"
    yield _table(("Key", "Address"), ([k, v] for k, v in rulebook.sources.items()))


def _points(rulebook: Rulebook) -> Iterator[str]:
    tables = {"housing_situation": "Housing situation", "personal_situation": "Personal situation"}
    yield "## Points"
    yield _BEST
    for table, title in tables.items():
        yield f"### {title}"
        lines = [line for line in rulebook.lines.values() if line.table == table]
        for line in sorted(lines, key=lambda x: (-x.values[-1].points, x.code)):
            state = "" if line.is_enabled else " (off by default)"
            number = f", official line {line.line}" if line.line else ""
            yield f"#### `{line.code}`{state}"
            yield f"{line.label.fr}. *{line.label.en}.*{number} Unknown: `{line.unknown}`."
            rows = []
            for version in line.values:
                proof = line.proof if version.proof is None else version.proof
                when = version.when or line.when
                rows.append(
                    [_period(version), str(version.points), said(when) if when else "",
                     _proofs(proof), *_origin(version)]
                )  # fmt: skip
            yield _table(
                ("In force", "Points", "Condition", "Proof", "Source", "Mark", "Note"), rows
            )


def _themes(rulebook: Rulebook) -> Iterator[str]:
    titles = {
        "income_shares": "Income counted",
        "extra_rooms": "One bedroom more",
        "own_room": "Children with a bedroom of their own",
        "admission": "Conditions of admission",
        "preferences": "Preferential groups, in order",
    }
    for theme, title in titles.items():
        yield f"## {title}"
        rows = []
        for rule in rulebook.rules[theme]:
            for version in rule.values:
                share = "" if version.share is None else f"counts for {version.share}; "
                rows.append(
                    [f"`{rule.code}`", rule.label.en, _period(version),
                     share + said(version.when), _proofs(version.proof), rule.unknown,
                     *_origin(version)]
                )  # fmt: skip
        heads = ("Code", "Rule", "In force", "Condition", "Proof", "Unknown", "Source", "Mark")
        yield _table((*heads, "Note"), rows)


def said(when: When) -> str:
    """A condition in words: operators and bounds as they stand in the data."""
    for word, parts in ((" and ", when.all), (" or ", when.any)):
        if parts is not None:
            return "(" + word.join(said(part) for part in parts) + ")"
    if when.not_ is not None:
        return f"not {said(when.not_)}"
    if when.any_member is not None:
        return f"a member: {said(when.any_member)}"
    if when.switch is not None:
        cases = (f"{value}: {said(part)}" for value, part in (when.cases or {}).items())
        return f"by `{when.switch}` ({'; '.join(cases)})"
    if when.line is not None:
        return f"`{when.line}`"
    if not when.measure:
        values = when.in_ if when.in_ is not None else [when.is_ or ""]
        return f"`{when.fact}` = {' or '.join(values)}"
    bound: Bound = getattr(when, when.measure)
    limit = f"`{bound.limit}`" if isinstance(bound.limit, str) else str(bound.limit)
    return _MEASURES[when.measure].format(
        fact=f"`{when.fact}`",
        until=f"`{when.until or 'on'}`",
        bound=f"{_COMPARISONS[bound.operator]} {limit}",
    )


def _ceilings(rulebook: Rulebook) -> str:
    rows = []
    for version in rulebook.ceilings.values:
        derived = set(version.derived_cells)
        cells = []
        for category, (single, several) in version.ceilings.items():
            marks = [" [D]" if f"{category}.{n}" in derived else "" for n in ("single", "several")]
            cells.append(f"{single:,}{marks[0]} / {several:,}{marks[1]}")
        rows.append([_period(version), *cells, f"{version.per_child:,}", *_origin(version)])
    heads = ("In force", "Category 1", "Category 2", "Category 3", "Per child", "Source", "Mark")
    return "Euros: single person / several persons.\n\n" + _table((*heads, "Note"), rows)


def _derogations(rulebook: Rulebook) -> str:
    rows = []
    for ground in rulebook.derogation_grounds:
        requires = "; ".join(r.label.en for r in ground.requires)
        rows += [
            [f"`{ground.code}`", ground.label.fr, ground.label.en, _period(version), ground.part,
             requires, *_origin(version)]
            for version in ground.values
        ]  # fmt: skip
    heads = ("Code", "French", "English", "In force", "Part", "Conditions", "Source", "Mark")
    return _table((*heads, "Note"), rows)


def _parameters(rulebook: Rulebook) -> str:
    rows = []
    for key, parameter in sorted(rulebook.parameters.items()):
        for version in parameter.values:
            allowed = "" if parameter.allowed is None else ", ".join(map(str, parameter.allowed))
            rows.append(
                [f"`{key}`", parameter.label.en, parameter.switch, _period(version),
                 _written(version.value), allowed, *_origin(version)]
            )  # fmt: skip
    heads = ("Key", "Meaning", "Question", "In force", "Value", "May be", "Source", "Mark")
    return _table((*heads, "Note"), rows)


def _switches(rulebook: Rulebook) -> str:
    rows = (
        [code, s.label.en, s.default, ", ".join(f"`{k}`" for k in s.keys), s.mark]
        for code, s in rulebook.switches.items()
    )
    return _table(("Question", "About", "Default", "Keys", "Mark"), rows)


def _facts(rulebook: Rulebook) -> str:
    rows = []
    for code, fact in rulebook.facts.items():
        kind = fact.type if not fact.choices else " / ".join(fact.choices)
        proofs = ", ".join(f"`{p}`" for p in fact.proofs)
        rows.append(
            [f"`{code}`", fact.label.fr, fact.label.en, fact.level, kind, fact.from_,
             fact.if_absent, proofs, fact.sensitive]
        )  # fmt: skip
    heads = ("Code", "French", "English", "Level", "Value", "Read in", "Absent", "Proofs")
    return _table((*heads, "Sensitive"), rows)


def _coverage(rulebook: Rulebook) -> str:
    topics = _table(
        ("Topic", "Modelled", "Where", "Why not"),
        (
            [entry.topic, "yes" if entry.is_modelled else "no", entry.where, entry.why]
            for entry in rulebook.coverage.coverage
        ),
    )
    lacking = _table(
        ("Example", "Why it is not a case"),
        ([code, why] for code, why in rulebook.coverage.not_cases.items()),
    )
    return f"{topics}\n\n{lacking}"


def _period(version: Dated) -> str:
    end = "" if version.to is None else version.to.isoformat()
    return f"{version.from_.isoformat()} → {end}".rstrip()


def _origin(version: Dated) -> list[str]:
    source = version.source
    where = f", art. {source.article}" if source.article else ""
    return [f"{source.act}{where} ({source.key or source.url or '–'})", version.mark, version.note]


def _proofs(proof: dict[str, list[str]]) -> str:
    return "; ".join(f"`{fact}`: {' or '.join(names)}" for fact, names in proof.items())


def _written(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{k}: {v}" for k, v in value.items())
    return "none" if value is None else str(value)


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    written = [list(heads), ["---"] * len(heads)]
    written += [[cell.replace("|", "\\|").replace("\n", " ") for cell in row] for row in rows]
    return "\n".join("| " + " | ".join(row) + " |" for row in written)
