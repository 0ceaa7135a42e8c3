"""The proposal of a frozen meeting: the engine's own files, kept with their hashes."""

from __future__ import annotations

import tempfile
from pathlib import Path

import sqlalchemy as sa

from allocation.model import Register
from api.auth.actor import Actor
from api.db.tables.meetings import meeting, meeting_file
from api.db.tables.organisations import organisation
from api.jobs.running import Run
from api.jobs.worker import Finish, Result
from api.journal import append
from api.meetings.record import FROZEN, PROPOSED
from api.meetings.snapshot import SNAPSHOT, keep_file, unpacked
from api.service import Service

PROPOSE = "proposal"
LANGUAGE = "fr"  # of the minutes and the report: the language of the decision


def propose_meeting(service: Service, run: Run) -> Finish:
    """Propose on the snapshot that was frozen, whatever the register has become since."""
    meeting_id = str(run.subject)
    with service.database.reading() as connection:
        content = connection.scalar(
            sa.select(meeting_file.c.content).where(
                meeting_file.c.meeting_id == meeting_id, meeting_file.c.name == SNAPSHOT
            )
        )
        kind = connection.scalar(
            sa.select(organisation.c.kind).where(
                organisation.c.organisation_id == run.organisation_id
            )
        )
    files = proposal_files(unpacked(bytes(content or b"")))
    asker = Actor(run.actor_id, run.organisation_id, str(kind), role="")

    def finish(connection: sa.Connection) -> Result:
        mine = meeting.c.meeting_id == meeting_id
        state = connection.scalar(sa.select(meeting.c.state).where(mine).with_for_update())
        if state != FROZEN:
            return {"state": state}  # proposed already, by a run that was thought lost
        hashes = {n: keep_file(connection, meeting_id, n, files[n]) for n in sorted(files)}
        raised = {"state": PROPOSED, "row_version": meeting.c.row_version + 1}
        connection.execute(meeting.update().where(mine).values(raised))
        append(
            connection,
            "meeting.proposed",
            subject=meeting_id,
            actor=asker,
            now=service.now(),
            content={"sha256": hashes},
        )
        return {"state": PROPOSED, "files": hashes}

    return finish


def proposal_files(register: Register) -> dict[str, bytes]:
    """
    Every file of the proposal, as the command ``propose`` writes them.

    Raises
    ------
    HousingError
        What the engine refuses, with its code; nothing is given that its own checker refuses.
    """
    from allocation.documents import write_all
    from allocation.proof.certificate import build_certificate, canonical
    from allocation.proof.checker import check
    from allocation.proposal import MeetingError, propose
    from allocation.rules import evaluate_register, load_rulebook

    planned = register.meeting
    if planned is None:
        raise MeetingError("This register has no meeting.")
    rulebook = load_rulebook(planned.rulebook)
    assessments = evaluate_register(
        rulebook, register, planned.meeting_on, settings=planned.settings
    )
    proposal = propose(register, rulebook, assessments)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        names = write_all(
            proposal,
            register,
            assessments=assessments,
            rulebook=rulebook,
            out_dir=folder,
            lang=LANGUAGE,
        )
        files = {name: (folder / name).read_bytes() for name in names}
    certificate, annex = build_certificate(
        proposal, register, assessments, rulebook, proposal_bytes=files["proposal.json"]
    )
    check(certificate, annex)
    return files | {
        "certificate.json": canonical(certificate),
        "annex.json": canonical(annex),
    }
