"""
A procedure as a table: its states, its named acts, what each act leads to, and whose act it is.

Nothing moves by itself: the calendar only makes an act possible, a person does it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from allocation.errors import HousingError

Who = Literal[
    "slsp",
    "household",
    "partner",
    "commissioner",
    "committee",
    "chamber",
    "operator",
    "operator_with_household",
    "three_parties",  # household, operator and landlord
    "both_landlords",  # with the household
    "service",  # that accompanies, or to which somebody is referred
    "sender",  # of a referral
    "both_parties",  # of an agreement
    "either_party",
    "any_party",
]


class IllegalActError(HousingError):
    """
    An act that the procedure does not know in this state, or whose condition is not met.

    ``procedure.illegal_act``: not possible in this state; ``possible`` lists what is. Guards of
    the procedures raise the same error with a code of their own (``procedure.too_early``, ...).
    """

    def __init__(self, code: str, message: str, **context: object) -> None:
        super().__init__(message, **context)
        self.code = code  # type: ignore[misc]  # one class, several stable codes


@dataclass(frozen=True)
class Step:
    """``act`` leads from each state of ``before`` to ``after``; ``by``: whose act it is."""

    act: str
    before: tuple[str, ...]
    after: str
    by: Who


@dataclass(frozen=True)
class Machine:
    """One procedure. ``initial`` is the state it is born in; a state without steps is final."""

    name: str
    initial: str
    steps: tuple[Step, ...]

    def __post_init__(self) -> None:
        """Two steps for one act in one state would leave the outcome to chance."""
        seen: set[tuple[str, str]] = set()
        for step in self.steps:
            for state in step.before:
                if (state, step.act) in seen:
                    raise ValueError(f"{self.name}: {step.act} twice in {state}")
                seen.add((state, step.act))

    @property
    def states(self) -> tuple[str, ...]:
        """Every state, the initial one first, in the order of the steps."""
        named = [self.initial]
        for step in self.steps:
            named += [*step.before, step.after]
        return tuple(dict.fromkeys(named))

    @property
    def acts(self) -> tuple[str, ...]:
        """Every act, in the order of the steps."""
        return tuple(dict.fromkeys(step.act for step in self.steps))

    def possible(self, state: str) -> tuple[str, ...]:
        """Acts possible in a state; none when it is final."""
        return tuple(step.act for step in self.steps if state in step.before)

    def step(self, state: str, act: str) -> Step:
        """
        What ``act`` does in ``state``.

        Raises
        ------
        IllegalActError
            ``procedure.illegal_act``.
        """
        for step in self.steps:
            if step.act == act and state in step.before:
                return step
        possible = self.possible(state)
        raise IllegalActError(
            "procedure.illegal_act",
            f"{self.name}: {act} is not possible in the state {state}",
            machine=self.name,
            state=state,
            act=act,
            possible=", ".join(possible),
        )

    def after(self, state: str, act: str) -> str:
        """State that ``act`` leads to; same errors as ``step``."""
        return self.step(state, act).after

    def replay(self, acts: Iterable[str]) -> str:
        """State after these acts in order, from the initial one; same errors as ``step``."""
        state = self.initial
        for act in acts:
            state = self.after(state, act)
        return state

    def diagram(self) -> str:
        """The machine as a Mermaid state diagram, for the documentation."""
        lines = ["stateDiagram-v2", f"    [*] --> {self.initial}"]
        lines += [
            f"    {state} --> {step.after}: {step.act} ({step.by})"
            for step in self.steps
            for state in step.before
        ]
        lines += [f"    {state} --> [*]" for state in self.states if not self.possible(state)]
        return "\n".join(lines)
