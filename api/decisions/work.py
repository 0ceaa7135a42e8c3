"""Who is next: the proposal goes on from the answers, worked out by the engine."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa

from allocation.model.continuation import WITHDRAWN_DWELLING, Answer
from allocation.model.proposal import Proposal
from api.auth.actor import Actor
from api.db import Row
from api.db.tables.meetings import meeting
from api.db.tables.offers import entitlement, meeting_answer
from api.db.tables.organisations import organisation
from api.decisions import queries
from api.decisions.entitlements import change, go_on, of_rights, rights
from api.jobs.running import Run
from api.jobs.worker import Finish, Result
from api.journal import append
from api.meetings.snapshot import keep_file
from api.meetings.work import LANGUAGE
from api.service import Service

PAGE = "continuation.html"
# Grounds that no continuation changes.
SETTLED = frozenset({"not_let", "new_ranking", "not_set", "derogation_ended"})


def continue_proposal(service: Service, run: Run) -> Finish:
    """
    Go on from the answers that came since, everything offered locked.

    What was written down by somebody else meanwhile stands: the run is then asked for again.
    """
    from allocation.documents import proposal_json, read_proposal
    from allocation.documents.continuation_page import continuation_html

    meeting_id = str(run.subject)
    with service.database.reading() as connection:
        base = queries.standing_proposal(connection, meeting_id)
        pending = queries.answers_to_take_in(connection, meeting_id)
        asker = _asker(connection, run)
    if base is None or not pending:
        return lambda _connection: {"answers": 0}
    after = continued(read_proposal(bytes(base.content)), pending, of=base.sha256)
    content = proposal_json(after)
    if after.continuation is None:
        raise RuntimeError("a continuation without its steps")
    page = continuation_html(after, after.continuation, LANGUAGE).encode()

    def finish(connection: sa.Connection) -> Result:
        mine = meeting.c.meeting_id == meeting_id
        connection.execute(sa.select(meeting.c.state).where(mine).with_for_update())
        now = queries.standing_proposal(connection, meeting_id)
        if now is None or now.sha256 != base.sha256:
            go_on(connection, asker, meeting_id, service=service)
            return {"answers": 0}
        sha256 = keep_file(connection, meeting_id, queries.CONTINUATION, content)
        keep_file(connection, meeting_id, PAGE, page)
        changed = _take_in(connection, meeting_id, after, upto=pending[-1].sequence)
        told = {"answers": len(pending), "of": base.sha256, "sha256": sha256}
        append(
            connection,
            "meeting.continued",
            subject=meeting_id,
            actor=asker,
            now=service.now(),
            content=told | of_rights(connection, meeting_id, *changed),
        )
        return dict(told)

    return finish


def _asker(connection: sa.Connection, run: Run) -> Actor:
    """In whose name the work is done."""
    kind = connection.scalar(
        sa.select(organisation.c.kind).where(organisation.c.organisation_id == run.organisation_id)
    )
    return Actor(run.actor_id, run.organisation_id, str(kind), role="")


def continued(proposal: Proposal, answers: Sequence[Row], *, of: str) -> Proposal:
    """The proposal after answers in the order they came; those that touch each other in turn."""
    from allocation.proposal import continue_meeting

    waiting = list(answers)
    while waiting:
        batch = _first_batch(proposal, waiting)
        proposal = continue_meeting(proposal, batch, of=of)
        waiting = waiting[len(batch) :]
    return proposal


def _first_batch(proposal: Proposal, waiting: Sequence[Row]) -> list[Answer]:
    """Answers taken together: up to the second one about a dwelling or a household."""
    meeting_on = date.fromisoformat(str(proposal.meeting["meeting_on"]))
    dwelling_of = {d.application_id: d.dwelling_id for d in proposal.dwellings if d.application_id}
    batch: list[Answer] = []
    touched: set[str] = set()
    for row in waiting:
        about = {row.dwelling_id or dwelling_of.get(row.application_id, ""), row.application_id}
        about.discard("")
        if about & touched:
            break
        touched |= about
        household = "" if row.kind == WITHDRAWN_DWELLING else row.application_id
        on = max(row.answered_on, meeting_on)
        batch.append(Answer(on, row.kind, row.dwelling_id, household))
    return batch


def _take_in(
    connection: sa.Connection, meeting_id: str, after: Proposal, *, upto: int
) -> list[str]:
    """Write down who is entitled now, but where something happened meanwhile; what changed."""
    connection.execute(
        meeting_answer.update()
        .where(meeting_answer.c.meeting_id == meeting_id, meeting_answer.c.sequence <= upto)
        .values(is_taken_in=True)
    )
    moving = {row.dwelling_id for row in queries.answers_to_take_in(connection, meeting_id)}
    before = {
        row.dwelling_id: row
        for row in connection.execute(
            sa.select(entitlement).where(entitlement.c.meeting_id == meeting_id)
        )
    }
    changed = []
    for values in rights(after):
        right = before[values["dwelling_id"]]
        if right.derogation_id or right.ground in SETTLED or right.dwelling_id in moving:
            continue
        is_same = (
            right.application_id is not None and right.application_id == (values["application_id"])
        )
        after_all = {"next_in_line": values["next_in_line"]} if is_same else values
        if any(right._mapping[name] != value for name, value in after_all.items()):
            change(connection, meeting_id, right.dwelling_id, after_all)
            changed.append(right.dwelling_id)
    return changed
