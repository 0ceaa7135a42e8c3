"""
What follows a meeting, the naive way: every offer locked, all that is free searched exhaustively.

Seats are those of the meeting; the rounds and the search are the naive meeting's.
"""

from __future__ import annotations

from collections.abc import Iterable

from allocation.model import Register
from allocation.model.continuation import Answer
from allocation.rules import Assessments
from tests.oracles import naive_meeting


class NaiveContinuation:
    """Offers after each day of answers; nothing shared with the engine."""

    def __init__(self, register: Register, assessments: Assessments) -> None:
        self.register = register
        self.offers = naive_meeting.meet(register, assessments)
        homes = naive_meeting.vacant_homes(register)
        lists = {r["application_id"]: r["list"] for r in register["applications"].rows()}
        transfers = [d for d, a in self.offers.items() if lists[a] == "transfer"]
        empty = [d for d in homes if d not in self.offers]
        self.out = naive_meeting.set_out(
            register,
            assessments,
            naive_meeting.by_commune(homes, transfers),
            naive_meeting.by_commune(homes, empty),
        )
        self.closed: set[tuple[str, str]] = set()

    def answer(self, answers: Iterable[Answer]) -> None:
        """Take in the answers of one day."""
        people, names = [h.name for h in self.out.people], self.out.names
        before = dict(self.offers)
        for answer in answers:
            if answer.kind == "accepted":
                continue
            if answer.kind == "withdrawn_dwelling":
                self.closed |= {(a, answer.dwelling_id) for a in people}
            elif answer.kind == "withdrawn_application":
                self.closed |= {(answer.application_id, d) for d in names}
            else:
                self.closed.add((answer.application_id, answer.dwelling_id))
        self.offers = {d: a for d, a in before.items() if (a, d) not in self.closed}
        if self.offers != before:
            self.offers = naive_meeting.go_on(self.register, self.out, self.offers, self.closed)
