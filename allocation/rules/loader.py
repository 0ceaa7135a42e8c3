"""From a folder of YAML files to a checked rulebook: every fault at once, or nothing."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from allocation.errors import Problem, ProblemsError
from allocation.model import TABLE_BY_NAME
from allocation.rules.condition import COMPUTED, DATE_MEASURES, walk
from allocation.rules.rulebook import Rulebook
from allocation.rules.schema import (
    BookFile,
    CeilingsFile,
    CoverageFile,
    Dated,
    DerogationsFile,
    FactDef,
    FactsFile,
    Label,
    LineDef,
    ParameterDef,
    ParametersFile,
    ParameterVersion,
    RulesFile,
    SwitchesFile,
    When,
)
from allocation.rules.series import series_problems
from allocation.rules.yaml_file import Place, YamlFile, read_yaml, validated

SHELF = Path(__file__).parent.parent / "rulebooks"
THEMES = ("admission", "preferences", "extra_rooms", "own_room", "income_shares")
M = TypeVar("M", bound=BaseModel)


def load_rulebook(name_or_path: str | Path) -> Rulebook:
    """
    Read and check a rulebook; the same folder is read once.

    Parameters
    ----------
    name_or_path
        Name of a rulebook that comes with the program (``wallonia``), or a folder.

    Raises
    ------
    ProblemsError
        ``rule.no_rulebook`` alone, or every fault with its file and line:
        ``rule.duplicate_key``, ``rule.unknown_fact``, ``rule.gap``, ``rule.overlap``,
        ``rule.bad_value`` and the like.
    """
    return _load(rulebook_folder(name_or_path))


def rulebook_folder(name_or_path: str | Path) -> Path:
    """The folder of a rulebook that comes with the program, or that one; ``rule.no_rulebook``."""
    folder = Path(name_or_path)
    name = str(name_or_path)
    return _holding_rules(folder, name=name) if folder.is_dir() else _on_the_shelf(name)


@cache  # what comes with the program stays as it is while it runs
def _on_the_shelf(name: str) -> Path:
    return _holding_rules(SHELF / name, name=name)


def _holding_rules(folder: Path, *, name: str) -> Path:
    if not any(folder.rglob("*.yaml")):
        shelf = ", ".join(sorted(p.name for p in SHELF.iterdir() if p.is_dir()))
        raise ProblemsError([Problem.at(name, 0, "", "rule.no_rulebook", name=name, shelf=shelf)])
    return folder.resolve()


@cache
def _load(folder: Path) -> Rulebook:
    problems: list[Problem] = []
    return book_of(read_all(folder, problems), problems)


def book_of(files: dict[str, YamlFile], problems: list[Problem]) -> Rulebook:
    """The checked rulebook of its files; ``problems`` may hold faults of reading them."""
    book = _Book(files, problems).build()
    if problems or book is None:
        raise ProblemsError(problems)
    return book


def read_all(folder: Path, problems: list[Problem]) -> dict[str, YamlFile]:
    """Every file of a rulebook but its cases, by its path inside the folder."""
    files = {}
    for path in sorted(folder.rglob("*.yaml")):
        name = path.relative_to(folder).as_posix()
        if name.startswith("cases/"):
            continue
        found = read_yaml(path, name, problems)
        if found is not None:
            files[name] = found
    return files


def _hash(files: dict[str, YamlFile]) -> str:
    canonical = json.dumps(
        {name: file.content for name, file in files.items()},
        sort_keys=True,
        ensure_ascii=False,
        separators=(",", ":"),
        default=date.isoformat,
    )
    return hashlib.sha256(canonical.encode()).hexdigest()


class _Book:
    """The files of one rulebook while they are checked against each other."""

    def __init__(self, files: dict[str, YamlFile], problems: list[Problem]) -> None:
        self.files = files
        self.problems = problems
        self.facts: dict[str, FactDef] = {}
        self.proofs: set[str] = set()
        self.lines: dict[str, LineDef] = {}
        self.parameters: dict[str, ParameterDef] = {}
        self.sources: set[str] = set()

    def build(self) -> Rulebook | None:
        identity = self._file("rulebook.yaml", BookFile)
        catalogue = self._file("facts.yaml", FactsFile)
        ceilings = self._file("ceilings.yaml", CeilingsFile)
        switches = self._file("switches.yaml", SwitchesFile)
        coverage = self._file("coverage.yaml", CoverageFile)
        derogations = self._file("derogations.yaml", DerogationsFile)
        themes = {t: self._file(f"{t}.yaml", RulesFile) for t in THEMES}
        if identity:
            self.sources = set(identity.sources)
        if catalogue:
            self.facts, self.proofs = dict(catalogue.facts), set(catalogue.proofs)
            self._check_facts()
        self._read_parameters()
        self._read_lines()
        self._check_files(ceilings, themes, switches, derogations)
        if self.problems or not (
            identity and catalogue and ceilings and switches and coverage and derogations
        ):
            return None
        return Rulebook(
            name=identity.name,
            label=identity.label,
            verified_on=identity.verified_on,
            content_hash=_hash(self.files),
            facts=catalogue.facts,
            proofs=catalogue.proofs,
            lines=self.lines,
            rules={t: tuple(f.rules) for t, f in themes.items() if f},
            parameters=self.parameters,
            ceilings=ceilings,
            switches=switches.switches,
            derogation_grounds=tuple(derogations.grounds),
            coverage=coverage,
            excluded_communes=identity.excluded_communes,
            sources=identity.sources,
        )

    def _check_files(
        self,
        ceilings: CeilingsFile | None,
        themes: dict[str, RulesFile | None],
        switches: SwitchesFile | None,
        derogations: DerogationsFile | None,
    ) -> None:
        """Every file that could be read, against the facts and parameters."""
        if ceilings:
            self._check_series(self.files["ceilings.yaml"], ("values",), ceilings.values)
        for theme, found in themes.items():
            if found:
                self._check_rules(self.files[f"{theme}.yaml"], found, theme)
        if switches:
            self._check_switches(self.files["switches.yaml"], switches)
        if derogations:
            self._check_grounds(self.files["derogations.yaml"], derogations)

    def _file(self, name: str, model: type[M]) -> M | None:
        file = self.files.get(name)
        if file is None:
            self.problems.append(Problem.at(name, 0, "", "rule.missing_file"))
            return None
        return validated(file, model, self.problems)

    def _read_parameters(self) -> None:
        for name, file in self.files.items():
            if not name.startswith("parameters/"):
                continue
            found = validated(file, ParametersFile, self.problems)
            for key, definition in (found.parameters if found else {}).items():
                place = ("parameters", key)
                if key in self.parameters:
                    self.problems.append(file.problem(place, "rule.duplicate_key", name=key))
                self.parameters[key] = definition
                self._check_series(file, (*place, "values"), definition.values)
                self._check_values(file, place, definition)

    def _check_values(self, file: YamlFile, place: Place, definition: ParameterDef) -> None:
        kinds: dict[str, tuple[type, ...]] = {
            "integer": (int,),
            "flag": (bool,),
            "table": (dict,),
        }
        for i, version in enumerate(definition.values):
            value = version.value
            right = value is None or type(value) in kinds.get(definition.type, (str,))
            if definition.allowed is not None and value is not None:
                right = right and value in definition.allowed
            if not right:
                where = (*place, "values", i, "value")
                self.problems.append(file.problem(where, "rule.bad_value", detail=str(value)))

    def _read_lines(self) -> None:
        found: list[tuple[YamlFile, LineDef]] = []
        for name, file in self.files.items():
            if not name.startswith("points/"):
                continue
            line = validated(file, LineDef, self.problems)
            if line is None:
                continue
            if line.code in self.lines:
                self.problems.append(file.problem(("code",), "rule.duplicate_key", name=line.code))
            self.lines[line.code] = line
            found.append((file, line))
            if line.is_unverified:
                self._offer_switches(line)
        for file, line in found:
            self._check_series(file, ("values",), line.values)
            if line.when:
                self._check_when(file, ("when",), line.when, level="household")
            self._check_proofs(file, ("proof",), line.proof)
            for i, version in enumerate(line.values):
                if version.when:
                    self._check_when(file, ("values", i, "when"), version.when, level="household")
                self._check_proofs(file, ("values", i, "proof"), version.proof or {})

    def _offer_switches(self, line: LineDef) -> None:
        """An unverified line is switched on or off, and its points set, by the SLSP (U01)."""

        def version(*, value: bool | int) -> list[ParameterVersion]:
            first = line.values[0]
            content = {
                "from": first.from_,
                "to": line.values[-1].to,
                "source": first.source,
                "mark": first.mark,
                "value": value,
            }
            return [ParameterVersion.model_validate(content)]

        self.parameters[f"points.{line.code}.enabled"] = ParameterDef(
            type="flag", label=line.label, switch="U01", values=version(value=line.is_enabled)
        )
        allowed: list[str | int | bool] = list(line.allowed_points)
        self.parameters[f"points.{line.code}.points"] = ParameterDef(
            type="integer",
            label=line.label,
            switch="U01",
            allowed=allowed or None,
            values=version(value=line.values[-1].points),
        )

    def _check_series(self, file: YamlFile, place: Place, series: Sequence[Dated]) -> None:
        self.problems += series_problems(file, place, series, self.sources)

    def _check_grounds(self, file: YamlFile, found: DerogationsFile) -> None:
        for i, ground in enumerate(found.grounds):
            self._check_series(file, ("grounds", i, "values"), ground.values)

    def _check_facts(self) -> None:
        file = self.files["facts.yaml"]
        for code, fact in self.facts.items():
            table, _, column = fact.from_.partition(".")
            schema = TABLE_BY_NAME.get(table)
            known = table == "facts" or (table == "computed" and COMPUTED.get(code) == fact.level)
            known = known or (schema is not None and any(c.name == column for c in schema.columns))
            if not known:
                place: Place = ("facts", code, "from")
                self.problems.append(file.problem(place, "rule.unknown_fact", fact=fact.from_))
            for proof in sorted(set(fact.proofs) - self.proofs):
                place = ("facts", code, "proofs")
                self.problems.append(file.problem(place, "rule.unknown_proof", proof=proof))

    def _check_rules(self, file: YamlFile, found: RulesFile, theme: str) -> None:
        level = "member" if theme in ("own_room", "income_shares") else "household"
        for i, rule in enumerate(found.rules):
            self._check_series(file, ("rules", i, "values"), rule.values)
            for j, version in enumerate(rule.values):
                place: Place = ("rules", i, "values", j)
                self._check_when(file, (*place, "when"), version.when, level=level)
                self._check_proofs(file, (*place, "proof"), version.proof)
                if (version.share is None) == (theme == "income_shares"):
                    detail = "share"
                    self.problems.append(file.problem(place, "rule.missing_key", detail=detail))

    def _check_proofs(self, file: YamlFile, place: Place, proof: dict[str, list[str]]) -> None:
        for fact, accepted in proof.items():
            if fact not in self.facts:
                self.problems.append(file.problem((*place, fact), "rule.unknown_fact", fact=fact))
                continue
            for name in accepted:
                if name not in self.facts[fact].proofs:
                    problem = file.problem((*place, fact), "rule.unknown_proof", proof=name)
                    self.problems.append(problem)

    def _check_when(self, file: YamlFile, place: Place, when: When, *, level: str) -> None:
        for inner, part in walk(when):
            here: Place = (*place, *inner)
            inside = "member" if "any_member" in inner else level
            for code, facts in self._faults(part, inside):
                self.problems.append(file.problem(here, code, **facts))

    def _faults(self, part: When, level: str) -> Iterator[tuple[str, dict[str, object]]]:
        if part.line is not None and part.line not in self.lines:
            yield "rule.unknown_line", {"line": part.line}
        if part.switch is not None:
            switch = self.parameters.get(part.switch)
            if switch is None or set(part.cases or {}) != {str(a) for a in switch.allowed or []}:
                yield "rule.unknown_parameter", {"name": part.switch}
        if part.fact is None:
            return
        fact = self.facts.get(part.fact)
        if fact is None:
            yield "rule.unknown_fact", {"fact": part.fact}
            return
        if fact.level != level:
            yield "rule.wrong_level", {"fact": part.fact, "level": level}
        if not part.measure:
            values = set(part.in_ or [part.is_ or ""])
            accepted = {"yes", "no"} if fact.type == "flag" else set(fact.choices)
            if not values <= accepted:
                yield "rule.bad_value", {"detail": ", ".join(sorted(values - accepted))}
            return
        if (part.measure in DATE_MEASURES) != (fact.type == "date"):
            yield "rule.wrong_measure", {"fact": part.fact, "measure": part.measure}
        limit = getattr(part, part.measure).limit
        if isinstance(limit, str):
            found = self.parameters.get(limit)
            if found is None or found.type != "integer":
                yield "rule.unknown_parameter", {"name": limit}

    def _check_switches(self, file: YamlFile, found: SwitchesFile) -> None:
        for code, switch in found.switches.items():
            for key in switch.keys:
                if key not in self.parameters or self.parameters[key].switch != code:
                    place: Place = ("switches", code, "keys")
                    self.problems.append(file.problem(place, "rule.unknown_parameter", name=key))
        for key, definition in self.parameters.items():
            if definition.switch and definition.switch not in found.switches:
                place = ("switches",)
                self.problems.append(file.problem(place, "rule.unknown_switch", name=key))


__all__ = ["Label", "load_rulebook"]
