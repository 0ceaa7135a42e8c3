"""What an answer must be to be taken in: everything wrong at once, located in its file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import date

from allocation.errors import Problem
from allocation.model.continuation import (
    ACCEPTED,
    REFUSED,
    SILENCE,
    WITHDRAWN_APPLICATION,
    WITHDRAWN_DWELLING,
    Answer,
)
from allocation.model.proposal import Proposal

FILE = "answers.csv"
ON, DWELLING, APPLICATION = "answered_on", "dwelling_id", "application_id"
OF_AN_OFFER = (ACCEPTED, REFUSED, SILENCE)
# Column, its thing in the codes, the one kind of answer that may leave it empty.
NAMED = (
    (DWELLING, "dwelling", WITHDRAWN_APPLICATION),
    (APPLICATION, "application", WITHDRAWN_DWELLING),
)


def problems_of_the_file(
    proposal: Proposal, answers: Sequence[Answer], rows: Sequence[int]
) -> list[Problem]:
    """What is wrong whoever holds which offer: unknown names, names missing, dates."""
    known = {
        DWELLING: {d.dwelling_id for d in proposal.dwellings},
        APPLICATION: {h.application_id for h in proposal.households},
    }
    meeting_on = date.fromisoformat(str(proposal.meeting["meeting_on"]))
    last = proposal.continuation.steps[-1:] if proposal.continuation else ()
    found = []
    for row, answer in zip(rows, answers, strict=True):
        for column, thing, may_be_empty in NAMED:
            name = getattr(answer, column)
            if not name and answer.kind != may_be_empty:
                found.append(Problem.at(FILE, row, column, f"answers.no_{thing}"))
            elif name and name not in known[column]:
                found.append(Problem.at(FILE, row, column, f"answers.unknown_{thing}", id=name))
        if answer.answered_on < meeting_on:
            found.append(Problem.at(FILE, row, ON, "answers.before_meeting", on=meeting_on))
        elif last and answer.answered_on < last[0].on:
            found.append(Problem.at(FILE, row, ON, "answers.before_last", on=last[0].on))
    return found


def problems_of_a_day(
    given: Sequence[tuple[int, Answer]],
    offers: Mapping[str, str],
    accepted: Collection[tuple[str, str]],
    gone: Collection[str],
) -> list[Problem]:
    """
    What is wrong with the answers of one day, each with its row.

    ``offers``: dwelling -> household that morning; ``accepted``: (household, dwelling);
    ``gone``: dwellings and applications withdrawn before.
    """
    offered_to = {a: d for d, a in offers.items()}
    about = [a.dwelling_id or offered_to.get(a.application_id, "") for _, a in given]
    times = Counter(dwelling for dwelling in about if dwelling)
    times += Counter(a.application_id for (_, a), d in zip(given, about, strict=True) if not d)
    found = []
    for (row, answer), dwelling in zip(given, about, strict=True):
        name, column = (dwelling, DWELLING) if dwelling else (answer.application_id, APPLICATION)
        if times[name] > 1:
            found.append(Problem.at(FILE, row, column, "answers.twice", id=name))
        else:
            found += _not_possible(row, answer, offers, accepted, gone)
    return found


def _not_possible(
    row: int,
    answer: Answer,
    offers: Mapping[str, str],
    accepted: Collection[tuple[str, str]],
    gone: Collection[str],
) -> list[Problem]:
    """Somebody else's offer, an offer accepted before, something withdrawn before."""
    household, dwelling = answer.application_id, answer.dwelling_id
    withdrawn = {WITHDRAWN_DWELLING: dwelling, WITHDRAWN_APPLICATION: household}.get(answer.kind)
    if withdrawn in gone:
        column = DWELLING if withdrawn == dwelling else APPLICATION
        return [Problem.at(FILE, row, column, "answers.withdrawn_before", id=withdrawn)]
    if household and dwelling and offers.get(dwelling) != household:
        holder = offers.get(dwelling, "")
        code = "answers.other_holder" if holder else "answers.no_offer"
        facts = {"id": household, "dwelling": dwelling, "holder": holder}
        return [Problem.at(FILE, row, APPLICATION, code, **facts)]
    if answer.kind in OF_AN_OFFER and (household, dwelling) in accepted:
        facts = {"id": household, "dwelling": dwelling}
        return [Problem.at(FILE, row, DWELLING, "answers.accepted_before", **facts)]
    return []
