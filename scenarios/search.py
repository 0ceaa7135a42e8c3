"""
The smallest share under stated goals: found, not only tried.

Every candidate meets the same households and vacancies as the baseline (common random numbers).
Verdicts are given at numbers of replications fixed beforehand, each interval at a level that
shares the risk of error among candidates, goals and looks (Bonferroni), so what is said of all
of them together holds at the level announced. What is not decided goes on; what can no longer
change the answer does not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Literal

from allocation.errors import HousingError
from scenarios.estimates import Estimate, difference, estimate
from scenarios.executors import Pool
from scenarios.experiment import MOST_AT_ONCE, Runner, Seen, moved
from scenarios.policy import Policy
from scenarios.search_file import GoalEntry, SearchEntry, candidates, looks, total
from scenarios.start import Start
from scenarios.study import Study

Verdict = Literal["met", "missed", "open"]
LEVEL = 0.95
_DOUBT_SHARE = 4
_FEWEST_DOUBT = 4


class NoSearchError(HousingError):
    """The study does not say what is looked for."""

    code = "study.no_search"


@dataclass(frozen=True)
class Reached:
    """
    One goal under one candidate.

    ``value``: the measure, or its difference with the baseline when the goal is about that.
    ``slack``: how far on the good side of the bound, at the shared level.
    """

    goal: GoalEntry
    value: Estimate
    slack: Estimate

    @property
    def verdict(self) -> Verdict:
        """Surely met, surely missed, or neither."""
        if self.slack.n and self.slack.low >= 0:
            return "met"
        return "missed" if self.slack.n and self.slack.high < 0 else "open"


@dataclass(frozen=True)
class Tried:
    """One candidate: its shares by agreement, and how each goal stands after ``n`` replications."""

    policy: Policy
    shares: Mapping[str, Fraction]
    goals: tuple[Reached, ...]
    n: int

    @property
    def total(self) -> Fraction:
        """All places reserved together."""
        return total(tuple(self.shares.values()))

    @property
    def verdict(self) -> Verdict:
        """Of all goals together."""
        said = {reached.verdict for reached in self.goals}
        return "missed" if "missed" in said else "open" if "open" in said else "met"


@dataclass(frozen=True)
class Doubt:
    """The goals under the candidate of the answer when one figure is at an end of its range."""

    figure: str
    end: int
    goals: tuple[Reached, ...]


@dataclass(frozen=True)
class Found:
    """What a search gave: every candidate, smallest total first, and what the answer leans on."""

    study: Study
    seed: str
    tried: tuple[Tried, ...]
    doubts: tuple[Doubt, ...]
    level: float = LEVEL
    began: Start | None = None

    @property
    def search(self) -> SearchEntry:
        """What was looked for."""
        return search_of(self.study)

    @property
    def answer(self) -> Tried | None:
        """The smallest candidate shown to meet every goal."""
        return next((t for t in self.tried if t.verdict == "met"), None)

    @property
    def not_excluded(self) -> tuple[Tried, ...]:
        """Smaller ones (any, without an answer) of which that is neither shown nor excluded."""
        answer = self.answer
        return tuple(
            t
            for t in self.tried
            if t.verdict == "open" and (answer is None or t.total < answer.total)
        )

    @property
    def told_of(self) -> Tried:
        """The candidate doubts are told of: the answer, else the smallest that may be it."""
        return self.answer or (self.not_excluded or self.tried)[0]

    def is_on_frontier(self, one: Tried) -> bool:
        """Whether no other candidate does at least as well on every goal and better on one."""
        mine = [reached.slack.mean for reached in one.goals]
        for other in self.tried:
            theirs = [reached.slack.mean for reached in other.goals]
            if theirs != mine and all(a >= b for a, b in zip(theirs, mine, strict=True)):
                return False
        return True


def search_of(study: Study) -> SearchEntry:
    """What a study looks for; ``study.no_search`` when it does not say."""
    if study.file.search is None:
        raise NoSearchError("The study has no part `search`.", study=study.file.id)
    return study.file.search


def optimise(
    study: Study,
    seed: int | str,
    *,
    replications: int | None = None,
    pool: Pool | None = None,
    checkpoint: Path | None = None,
    tell: Callable[[float, int], None] | None = None,
    at_once: int = MOST_AT_ONCE,
    began: Start | None = None,
) -> Found:
    """
    Look for the smallest shares that meet every goal of a study.

    ``replications``: one look only, after so many. The rest as in ``experiment.run``.

    Raises
    ------
    NoSearchError
        ``study.no_search``.
    WorkerLostError
        ``study.worker_lost``.
    CheckpointError
        ``study.other_checkpoint``.
    """
    search = search_of(study)
    runner = Runner(study, str(seed), pool, checkpoint, tell, began)
    runner.at_once = at_once
    numbers = [replications] if replications else looks(search)
    shares = candidates(search)
    risk = (1 - LEVEL) / (len(shares) * len(search.goals) * len(numbers))
    look = _Look(study, search, runner, 1 - risk)
    tried = [look.begin(each) for each in shares]
    for n in numbers:
        chosen = _still_asked(tried)
        if not chosen:
            break
        runner.reach((look.baseline, *(t.policy for t in chosen)), n)
        tried = [look.at(t, n) if t in chosen else t for t in tried]
    found = Found(study, str(seed), tuple(tried), (), began=began)
    return replace(found, doubts=look.doubts(found.told_of))


def _still_asked(tried: Sequence[Tried]) -> list[Tried]:
    """Candidates not decided that may still be the answer."""
    met = [t.total for t in tried if t.verdict == "met"]
    return [t for t in tried if t.verdict == "open" and (not met or t.total < min(met))]


@dataclass(frozen=True)
class _Look:
    """How candidates are made and judged."""

    study: Study
    search: SearchEntry
    runner: Runner
    level: float

    @property
    def baseline(self) -> Policy:
        return self.study.policies[self.study.baseline]

    def begin(self, shares: Sequence[Fraction]) -> Tried:
        """A candidate of which nothing is known."""
        arm = next(p for p in self.study.policies if p.arm_id == self.search.arm)
        named = {e.bridge: s for e, s in zip(self.search.shares, shares, strict=True)}
        bridges = tuple(replace(b, share=named.get(b.bridge_id, b.share)) for b in arm.bridges)
        said = ",".join(f"{name}={share}" for name, share in named.items())
        policy = replace(arm, arm_id=f"{arm.arm_id}@{said}", bridges=bridges)
        nothing = estimate([])
        goals = tuple(Reached(goal, nothing, nothing) for goal in self.search.goals)
        return Tried(policy, named, goals, 0)

    def at(self, one: Tried, n: int) -> Tried:
        """The same after so many replications."""
        return replace(one, goals=self._goals(one.policy, self.baseline, n, self.level), n=n)

    def _goals(self, policy: Policy, baseline: Policy, n: int, level: float) -> tuple[Reached, ...]:
        done = self.runner.arms((policy, baseline), n)
        mine, theirs = done[policy.arm_id], done[baseline.arm_id]
        return tuple(_reached(goal, mine, theirs, level) for goal in self.search.goals)

    def doubts(self, one: Tried) -> tuple[Doubt, ...]:
        """A candidate at both ends of each figure the study names."""
        keys = self.study.file.sensitivity
        n = min(one.n, max(_FEWEST_DOUBT, one.n // _DOUBT_SHARE))
        ends = [(key, end) for key in keys for end in (0, 1)]
        arms = [moved(p, key, end) for key, end in ends for p in (one.policy, self.baseline)]
        if arms:
            self.runner.reach(arms, n)
        return tuple(
            Doubt(
                key,
                end,
                self._goals(moved(one.policy, key, end), moved(self.baseline, key, end), n, LEVEL),
            )
            for key, end in ends
        )


def _reached(
    goal: GoalEntry, mine: Sequence[Seen], theirs: Sequence[Seen], level: float
) -> Reached:
    values = [seen.values[goal.measure] for seen in mine]
    before = [seen.values[goal.measure] for seen in theirs]
    is_gap = goal.kind in ("rises_at_most", "falls_at_most")
    slacks = [goal.slack(value, base) for value, base in zip(values, before, strict=True)]
    return Reached(
        goal,
        difference(values, before, level=level) if is_gap else estimate(values, level=level),
        estimate(slacks, level=level),
    )


__all__ = ["Doubt", "Found", "NoSearchError", "Reached", "Tried", "optimise", "search_of"]
