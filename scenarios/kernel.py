"""
The clock of a simulation: a heap of events ordered by time, priority, then order of entry.

An event is a name and plain values, never a function: the state of a run can be pickled at any
moment, sent to a worker or kept as a checkpoint. Handlers are looked up by name when an event
is due.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from heapq import heappop, heappush
from typing import Any

Event = tuple[float, int, int, str, tuple[Any, ...]]


@dataclass
class Kernel:
    """Events to come; ``now`` is the time of the last one taken, in days."""

    now: float = 0.0
    heap: list[Event] = field(default_factory=list)
    sequence: int = 0
    n_done: int = 0

    def at(self, time: float, name: str, *facts: Any, priority: int = 0) -> None:
        """
        Enter an event.

        Raises
        ------
        ValueError
            The time is past: nothing may happen before what has happened.
        """
        if time < self.now:
            raise ValueError(f"{name} at {time} is before {self.now}")
        heappush(self.heap, (time, priority, self.sequence, name, facts))
        self.sequence += 1

    def run(
        self,
        handler: Callable[[str], Callable[..., None]],
        until: float,
        *,
        after_each: Callable[[], None] | None = None,
    ) -> None:
        """
        Take the events up to ``until`` included, in order.

        ``handler`` gives the function of an event's name; ``after_each`` is called once an event
        is done (the invariants of test mode).
        """
        known: dict[str, Callable[..., None]] = {}
        while self.heap and self.heap[0][0] <= until:
            self.now, _, _, name, facts = heappop(self.heap)
            if name not in known:
                known[name] = handler(name)
            known[name](*facts)
            self.n_done += 1
            if after_each is not None:
                after_each()
        self.now = max(self.now, until)
