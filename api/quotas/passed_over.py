"""Whom the quotas passed over in a year, and what that costs the general list in time."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import date

import sqlalchemy as sa

from allocation.documents import read_proposal
from allocation.quotas import extra_wait
from api.auth.actor import Actor
from api.quotas import queries
from api.quotas.schemas import ExtraWaitView, PassedOverView


def passed_over_in(
    connection: sa.Connection, actor: Actor, register_id: str, *, year: int
) -> Mapping[str, list[PassedOverView]]:
    """Quota -> whom it passed over in a year, by meeting; nobody of a quota no proposal names."""
    told: dict[str, list[PassedOverView]] = defaultdict(list)
    for row in queries.decided_proposals(connection, actor, register_id, year=year):
        proposal = read_proposal(bytes(row.content))
        bedrooms = {h.application_id: h.bedrooms for h in proposal.households}
        for line in proposal.quotas:
            told[line.quota_id] += [
                PassedOverView(
                    meeting_id=row.meeting_id,
                    meeting_on=row.meeting_on,
                    application_id=application_id,
                    bedrooms=bedrooms[application_id],
                )
                for application_id in line.passed_over
            ]
    return told


def extra_waits(
    connection: sa.Connection,
    actor: Actor,
    register_id: str,
    found: Sequence[PassedOverView],
) -> tuple[ExtraWaitView, ...]:
    """What those a quota passed over in a year cost the general list in time, by size."""
    if not found:
        return ()
    year = found[0].meeting_on.year
    lettings: dict[int, list[date]] = defaultdict(list)
    for row in queries.lettings_by_size(connection, actor, register_id, year=year):
        lettings[row.bedrooms].append(row.decided_on)
    taken: dict[int, Counter[date]] = defaultdict(Counter)
    for one in found:
        taken[one.bedrooms][one.meeting_on] += 1
    told = []
    for size in sorted(taken):
        wait = extra_wait(lettings[size], taken[size])
        told.append(
            ExtraWaitView(
                bedrooms=size,
                lost=wait.lost,
                candidates=wait.candidates,
                median_days=wait.median,
                low_days=wait.low,
                high_days=wait.high,
            )
        )
    return tuple(told)
