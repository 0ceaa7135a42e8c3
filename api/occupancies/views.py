"""Stays as told: each reader sees the acts of its own time, and words if they are for it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import sqlalchemy as sa

from allocation.accompaniment import (
    OCCUPANCY,
    StayRules,
    exit_points,
    load_stay_rules,
    longest_end,
    reminders,
)
from allocation.rules import load_rulebook
from allocation.wording import Catalogue
from api.access import LIAISON, PARTNER, SOCIAL
from api.applications.record import application_from, rows_of_file
from api.auth.actor import Actor
from api.db import Row
from api.occupancies import keeping, queries
from api.occupancies.queries import Parts
from api.occupancies.schemas import (
    ActView,
    AlternativeView,
    ExitPointsView,
    ObjectiveView,
    OccupancyFile,
    OccupancyView,
    PaperView,
    ReminderView,
    ReviewView,
)
from api.occupancies.service import may_act

# Two stores: what was said in a review is not for who collects the rent or decides allocations.
_READ_WORDS = (SOCIAL, LIAISON, PARTNER)


def summary(row: Row, parts: Parts, actor: Actor, *, today: date) -> OccupancyView:
    """A stay as the actor may know it today."""
    return OccupancyView(**_summary(row, parts, actor, today=today))


def _summary(row: Row, parts: Parts, actor: Actor, *, today: date) -> dict[str, Any]:
    names = ("occupancy_id", "application_id", "dwelling_id", "operator_id", "agreement_id")
    values = {n: getattr(row, n) for n in (*names, "planned_on", "entered_on", "continues_id")}
    acts = acts_seen(row, parts, actor)
    status = acts[-1].status if acts else row.status
    episodes = keeping.episodes_of(acts)
    last = episodes[-1] if episodes and status == episodes[-1].status else None
    until_on = last.until_on if last else None
    is_hidden = len(acts) < len(parts["occupancy_act"][row.occupancy_id])
    over = (today - until_on).days if until_on else 0
    possible = [] if is_hidden else _possible(row, actor)
    return values | {
        "status": status,
        "until_on": until_on,
        "longest_end_on": longest_end(last, load_stay_rules(), on=today) if last else None,
        "days_over": max(over, 0),
        "ended_on": None if is_hidden else row.ended_on,
        "exit_class": "" if is_hidden else row.exit_class,
        "possible": possible,
    }


def acts_seen(row: Row, parts: Parts, actor: Actor) -> list[Row]:
    """An operator that has stepped out sees nothing of what came after."""
    acts = parts["occupancy_act"][row.occupancy_id]
    if actor.organisation_kind != PARTNER or row.operator_until is None:
        return acts
    return [act for act in acts if act.sequence <= row.operator_until]


def reads_words(actor: Actor, row: Row) -> bool:
    """Whether what was said is for this reader."""
    is_party = actor.organisation_id in (row.register_id, row.operator_id)
    return is_party and actor.role in _READ_WORDS


def _possible(row: Row, actor: Actor) -> list[str]:
    steps = (s for s in OCCUPANCY.steps if row.status in s.before)
    return [step.act for step in steps if may_act(actor, row, step.by)]


def file(
    connection: sa.Connection, actor: Actor, row: Row, *, today: date, words: Catalogue
) -> OccupancyFile:
    """A stay with everything that belongs to it."""
    parts = queries.parts_of(connection, actor, [row.occupancy_id])
    mine, rules = row.occupancy_id, load_stay_rules()
    states = keeping.stay_of(row, parts).objective_states()
    reads = reads_words(actor, row)
    return OccupancyFile(
        **_summary(row, parts, actor, today=today),
        acts=[_act(a, reads=reads) for a in acts_seen(row, parts, actor)],
        objectives=[
            ObjectiveView(
                number=o.number,
                wording=o.wording if reads else "",
                state=states[str(o.number)],
            )
            for o in parts["occupancy_objective"][mine]
        ],
        reviews=[_review(r, rules, reads=reads) for r in parts["occupancy_review"][mine]],
        papers=list(_papers(parts["occupancy_paper"][mine], rules, words)),
        alternatives=[
            AlternativeView.model_validate(a) for a in parts["occupancy_alternative"][mine]
        ],
    )


def _act(row: Row, *, reads: bool) -> ActView:
    return ActView(
        sequence=row.sequence,
        act=row.act,
        status=row.status,
        on=row.on_day,
        until_on=row.until_on,
        signed_on=row.signed_on,
        recorded=json.loads(row.recorded),
        said=keeping.read_words(row.said) if reads else {},
        by_organisation=row.by_organisation,
        by_actor=row.by_actor,
        recorded_at=row.recorded_at,
    )


def _review(row: Row, rules: StayRules, *, reads: bool) -> ReviewView:
    invited = json.loads(row.invited_on)
    n = rules.whole("review.invitations", row.held_on)
    return ReviewView(
        sequence=row.sequence,
        held_on=row.held_on,
        is_household_present=row.is_household_present,
        is_contradictory=row.is_household_present or len(set(invited)) >= n,
        invited_on=invited,
        objectives=json.loads(row.objectives),
        said=keeping.read_words(row.said) if reads else {},
        next_on=row.next_on,
        copy_delivered=row.copy_delivered,
        by_organisation=row.by_organisation,
    )


def _papers(rows: list[Row], rules: StayRules, words: Catalogue) -> Iterator[PaperView]:
    held = {row.paper: row.held_on for row in rows}
    for item in rules.file:
        label = getattr(item.label, words.language)
        yield PaperView(paper=item.code, label=label, held_on=held.get(item.code))


def reminders_of(connection: sa.Connection, actor: Actor, *, today: date) -> list[ReminderView]:
    """What to be reminded of, of every running stay the actor is a party of."""
    rows = queries.stays(connection, actor, is_running=True)
    parts = queries.parts_of(connection, actor, [row.occupancy_id for row in rows])
    rules = load_stay_rules()
    found = []
    for row in rows:
        if not may_act(actor, row, "three_parties"):
            continue
        for due in reminders(keeping.stay_of(row, parts), rules, on=today):
            found.append(
                ReminderView(
                    due_on=due.due_on,
                    kind=due.kind,
                    occupancy_id=row.occupancy_id,
                    application_id=row.application_id,
                    status=row.status,
                )
            )
    return sorted(found, key=lambda r: (r.due_on, r.occupancy_id, r.kind))


def exit_points_of(connection: sa.Connection, actor: Actor, *, today: date) -> list[ExitPointsView]:
    """Households whose file could hold the end of their transit or insertion stay."""
    rulebook = load_rulebook(keeping.RULEBOOK)
    found = []
    for status in ("transit", "insertion"):
        rows = queries.stays(connection, actor, status=status)
        parts = queries.parts_of(connection, actor, [row.occupancy_id for row in rows])
        for row in rows:
            episode = keeping.stay_of(row, parts).episode
            application = application_from(rows_of_file(connection, row.application_id))
            worth = episode and exit_points(application, episode, rulebook, on=today)
            if not worth or episode is None or episode.until_on is None:
                continue
            found.append(
                ExitPointsView(
                    occupancy_id=row.occupancy_id,
                    application_id=row.application_id,
                    until_on=episode.until_on,
                    facts={f.fact: f.value or "" for f in worth.facts},
                    proof=worth.facts[0].proof or "",
                    lines=list(worth.lines),
                    points_now=worth.points_now,
                    points_then=worth.points_then,
                )
            )
    return sorted(found, key=lambda e: (e.until_on, e.occupancy_id))
