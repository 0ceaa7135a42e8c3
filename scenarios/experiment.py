"""A study run: replications of every arm, sensitivity runs, stopping, checkpoints, results."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import isnan
from pathlib import Path
from typing import Any

from allocation.errors import HousingError
from allocation.territory import companies
from scenarios.estimates import Estimate, difference, estimate
from scenarios.executors import Pool, run_here, run_on
from scenarios.flows import by_commune, flows
from scenarios.measures import curves, values
from scenarios.observed import Observed, together
from scenarios.policy import Policy
from scenarios.population import DAYS_OF_A_YEAR
from scenarios.replication import Part, Task, run_task
from scenarios.start import Start
from scenarios.study import Study
from scenarios.study_file import REGION, number
from scenarios.synthetic.calibration import figures

MOST_AT_ONCE = 10
_REGION_GROUPS = 8
_SENSITIVITY_SHARE = 4
_FEWEST_SENSITIVITY = 4
CHECKPOINT = "checkpoint/1"
FEWEST_TOLD = 10  # allocations before a commune is told apart

Values = dict[str, float]


class CheckpointError(HousingError):
    """The checkpoint of another study or seed lies where this one would go on."""

    code = "study.other_checkpoint"


@dataclass(frozen=True)
class Seen:
    """One replication of one arm: every measure, the curves, flows and counts by commune."""

    values: Values
    curves: Mapping[str, list[float]]


@dataclass(frozen=True)
class Sensitivity:
    """
    What the answer becomes when one figure is at an end of its range.

    ``low``, ``high``: difference between the last arm and the baseline of the first primary
    measure, over the replications in which both ends were run.
    """

    figure: str
    low: Estimate
    high: Estimate

    @property
    def spread(self) -> float:
        """How far the answer moves."""
        return abs(self.high.mean - self.low.mean)


@dataclass(frozen=True)
class Results:
    """Everything a study gave, by arm then replication."""

    study: Study
    seed: str
    arms: Mapping[str, tuple[Seen, ...]]
    sensitivity: tuple[Sensitivity, ...]
    n_wanted: int
    level: float = field(default=0.95)
    began: Start | None = None

    @property
    def n(self) -> int:
        """Replications."""
        return len(next(iter(self.arms.values())))

    def of(self, arm: str, measure: str) -> list[float]:
        """A measure of an arm, replication by replication."""
        return [seen.values[measure] for seen in self.arms[arm]]

    def mean(self, arm: str, measure: str) -> Estimate:
        """Mean of an arm."""
        return estimate(self.of(arm, measure))

    def gap(self, arm: str, measure: str) -> Estimate:
        """Difference with the baseline, in pairs; primary measures share the risk of error."""
        level = self.level
        if measure in self.study.file.primary:
            n = len(self.study.file.primary) * (len(self.arms) - 1)
            level = 1 - (1 - self.level) / n
        baseline = self.of(self.study.file.baseline, measure)
        return difference(self.of(arm, measure), baseline, level=level)

    def communes(self) -> tuple[tuple[str, ...], dict[str, list[float]], list[float]]:
        """
        Communes told apart, allocations a year in each by arm, and of the others by arm.

        A commune with fewer than ten allocations in the years measured, in any arm, is told with
        the others; the last number of a row is of those a partner presents, in the last arm.
        """
        file, last = self.study.file, self.study.other.arm_id
        told = [self.curve(arm, "communes") for arm in self.arms]
        told.append(self.curve(last, "communes_bridges"))
        rows = dict(zip(file.communes, map(list, zip(*told, strict=True)), strict=True))
        years = file.years - file.warm_up_years
        few = [c for c, n in rows.items() if min(n[:-1]) * years < FEWEST_TOLD]
        others = [sum(column) for column in zip(*(rows[c] for c in few), strict=True)]
        kept = {c: n for c, n in rows.items() if c not in few}
        return tuple(few), kept, others

    def curve(self, arm: str, name: str) -> list[float]:
        """Mean curve of an arm."""
        parts = [seen.curves[name] for seen in self.arms[arm]]
        return [sum(column) / len(column) for column in zip(*parts, strict=True)]


def _say_nothing(done: float, wanted: int) -> None:
    """Nobody watches."""
    del done, wanted


def run(
    study: Study,
    seed: int | str,
    *,
    replications: int | None = None,
    pool: Pool | None = None,
    checkpoint: Path | None = None,
    tell: Callable[[float, int], None] | None = None,
    is_checked: bool = False,
    at_once: int = MOST_AT_ONCE,
    began: Start | None = None,
) -> Results:
    """
    Run a study.

    Parameters
    ----------
    study
        Read and checked.
    seed
        The same study, seed and number of replications give the same results, to the byte.
    replications
        Instead of those of the study; its target is then not looked at.
    pool
        Where to run; in this process when ``None``.
    checkpoint
        File that keeps the replications done; those in it are not run again.
    tell
        Called with the replications done, those under way as fractions, and wanted.
    at_once
        Replications that are drawn and judged together at most: faster, and kept together.
    began
        The register the first day is that of; everybody is invented otherwise.

    Raises
    ------
    WorkerLostError
        ``study.worker_lost``.
    CheckpointError
        ``study.other_checkpoint``.
    """
    runner = Runner(study, str(seed), pool, checkpoint, tell, began)
    runner.is_checked, runner.at_once = is_checked, at_once
    n = replications or study.file.replications
    while True:
        runner.reach(study.policies, n)
        results = Results(study, str(seed), runner.arms(study.policies, n), (), n, began=began)
        if replications is not None or _is_narrow(results):
            break
        n = min(2 * n, study.file.target.most_replications if study.file.target else n)
        if n <= results.n:
            break
    return replace(results, sensitivity=runner.sensitivity(n))


def _is_narrow(results: Results) -> bool:
    target = results.study.file.target
    if target is None:
        return True
    wanted = float(number(target.half_width) or 0)
    others = [arm for arm in results.arms if arm != results.study.file.baseline]
    return all(results.gap(arm, target.measure).half_width <= wanted for arm in others)


class Runner:
    """Replications done, by arm and number, and how to get more."""

    def __init__(
        self,
        study: Study,
        seed: str,
        pool: Pool | None,
        checkpoint: Path | None,
        tell: Callable[[float, int], None] | None,
        began: Start | None = None,
    ) -> None:
        self.study, self.seed, self.pool, self.began = study, seed, pool, began
        self.checkpoint, self.tell = checkpoint, tell or _say_nothing
        self.is_checked, self.at_once = False, MOST_AT_ONCE
        self.done: dict[tuple[str, int], Seen] = {}
        self.head = {"schema": CHECKPOINT, "study": study.digest, "seed": seed}
        if began is not None:
            self.head["register"] = began.register_hash
        if checkpoint is not None:
            self._take_up(checkpoint)

    def _take_up(self, path: Path) -> None:
        """What an earlier run of the same study has done already."""
        if not path.exists():
            path.write_text(json.dumps(self.head) + "\n", encoding="utf-8")
            return
        whole, newline, _ = path.read_text(encoding="utf-8").rpartition("\n")
        lines = whole.splitlines()
        if not lines or json.loads(lines[0]) != self.head:
            raise CheckpointError("A checkpoint of another study or seed.", path=str(path))
        # The line being written when the run was stopped is taken off before others follow.
        os.truncate(path, len((whole + newline).encode()))
        for line in lines[1:]:
            entry = json.loads(line)
            found = {k: float("nan") if v is None else v for k, v in entry["values"].items()}
            self.done[entry["arm"], entry["number"]] = Seen(found, entry["curves"])

    def arms(self, policies: Sequence[Policy], n: int) -> dict[str, tuple[Seen, ...]]:
        """The first ``n`` replications of these arms."""
        return {p.arm_id: tuple(self.done[p.arm_id, i] for i in range(n)) for p in policies}

    def reach(self, policies: Sequence[Policy], n: int) -> None:
        """Run what is missing of the first ``n`` replications."""
        missing = [i for i in range(n) if any((p.arm_id, i) not in self.done for p in policies)]
        tasks = list(self._tasks(tuple(policies), missing))
        parts: dict[int, list[Part]] = {}
        n_parts = self._n_companies() * len(policies)
        self.tell(n - len(missing), n)
        for _, found in self._run(tasks):
            for part in found:
                parts.setdefault(part.number, []).append(part)
            whole = [i for i, p in sorted(parts.items()) if len(p) == n_parts]
            for i in whole:
                self._keep(i, policies, parts.pop(i))
            missing = [i for i in missing if i not in whole]
            under_way = sum(map(len, parts.values())) / n_parts
            self.tell(n - len(missing) + under_way, n)

    def _run(self, tasks: list[Task]) -> Iterator[tuple[Task, list[Part]]]:
        if self.pool is None:
            return run_here(run_task, tasks)
        return run_on(self.pool, run_task, tasks)

    def _n_companies(self) -> int:
        return len(self.study.file.slsp_ids)

    def _tasks(self, policies: tuple[Policy, ...], missing: Sequence[int]) -> Iterator[Task]:
        file = self.study.file
        common = (self.seed, file.start, self.study.end)
        if file.territory == REGION:
            for i in missing:
                for group in region_groups():
                    yield Task(*common, group, (i,), policies, self.is_checked)
            return
        # Rules cost about the same asked of one replication or of ten, but the workers share.
        n_workers = self.pool.n_workers if self.pool else 1
        together = max(1, min(self.at_once, -(-len(missing) // n_workers)))
        for first in range(0, len(missing), together):
            numbers = tuple(missing[first : first + together])
            yield Task(*common, file.slsp_ids, numbers, policies, self.is_checked, self.began)

    def _keep(self, number_: int, policies: Sequence[Policy], parts: Sequence[Part]) -> None:
        warm_up = round(self.study.file.warm_up_years * DAYS_OF_A_YEAR)
        lines = []
        for arm, policy in enumerate(policies):
            mine = sorted((p for p in parts if p.arm == arm), key=lambda p: p.slsp_id)
            whole = together([p.seen for p in mine])
            seen = Seen(values(whole, warm_up), self._told(whole, warm_up))
            self.done[policy.arm_id, number_] = seen
            entry: dict[str, Any] = {"arm": policy.arm_id, "number": number_}
            entry["values"] = {k: None if isnan(v) else v for k, v in seen.values.items()}
            entry["curves"] = seen.curves
            lines.append(json.dumps(entry) + "\n")
        if self.checkpoint is not None:
            with self.checkpoint.open("a", encoding="utf-8") as file:
                file.writelines(lines)

    def _told(self, whole: Observed, warm_up: int) -> dict[str, list[float]]:
        """The curves, the flows and the allocations by commune."""
        communes = self.study.file.communes
        return {
            **curves(whole, warm_up),
            "flows": flows(whole, warm_up),
            "communes": by_commune(whole, communes, warm_up),
            "communes_bridges": by_commune(whole, communes, warm_up, bridges_alone=True),
        }

    def sensitivity(self, n: int) -> tuple[Sensitivity, ...]:
        """The answer at both ends of each figure the study names, largest effect first."""
        if not self.study.file.sensitivity:
            return ()
        fewer = min(n, max(_FEWEST_SENSITIVITY, n // _SENSITIVITY_SHARE))
        baseline = self.study.policies[self.study.baseline]
        other = self.study.other
        arms = [
            moved(policy, key, end)
            for key in self.study.file.sensitivity
            for end in (0, 1)
            for policy in (baseline, other)
        ]
        self.reach(arms, fewer)
        measure = self.study.file.primary[0]
        found = []
        for key in self.study.file.sensitivity:
            gaps = []
            for end in (0, 1):
                low, high = (
                    [self.done[moved(p, key, end).arm_id, i].values[measure] for i in range(fewer)]
                    for p in (baseline, other)
                )
                gaps.append(difference(high, low))
            found.append(Sensitivity(key, *gaps))
        return tuple(sorted(found, key=lambda s: (-s.spread, s.figure)))


def moved(policy: Policy, key: str, end: int) -> Policy:
    """The same arm with one figure at an end of its range."""
    value: float = figures()[key].range[end]
    whole = int(value) if value == int(value) else value
    return replace(
        policy,
        arm_id=f"{policy.arm_id}@{key}={whole}",
        parameters={**policy.parameters, key: whole},
    )


def region_groups() -> list[tuple[str, ...]]:
    """Companies of the Region in groups of about the same number of dwellings: one task each."""
    groups: list[list[str]] = [[] for _ in range(_REGION_GROUPS)]
    sizes = [0] * _REGION_GROUPS
    for company in sorted(companies().values(), key=lambda c: (-c.stock, c.slsp_id)):
        smallest = sizes.index(min(sizes))
        groups[smallest].append(company.slsp_id)
        sizes[smallest] += company.stock
    return [tuple(sorted(group)) for group in groups]


__all__ = [
    "CheckpointError",
    "Results",
    "Runner",
    "Seen",
    "Sensitivity",
    "moved",
    "region_groups",
    "run",
]
