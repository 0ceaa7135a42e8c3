"""
The names of an erased person taken out of the files of past meetings.

The frozen snapshot keeps what the decision rests on (dates of birth among it) under the
identifier, without name or number. The documents are made again from it: the proposal and its
certificate must come out the same, byte for byte, or the documents go, since what the program of
that day wrote cannot be written again without the name. The annex loses the opening of the
person's commitment. Certificates are not touched.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from allocation.model import TABLE_BY_NAME, Register, Table
from allocation.proof.certificate import canonical
from api.auth.actor import Actor
from api.db.tables.meetings import meeting, meeting_file
from api.db.tables.organisations import organisation
from api.jobs.running import Run
from api.jobs.worker import Finish, Result
from api.journal import append
from api.meetings.snapshot import SNAPSHOT, keep_file, packed, unpacked
from api.meetings.work import proposal_files
from api.service import Service

FORGET = "forget"
NAMES = ("family_name", "given_name", "national_number")
PROPOSAL, CERTIFICATE, ANNEX = "proposal.json", "certificate.json", "annex.json"
Files = Mapping[str, bytes]
Changes = dict[str, bytes | None]


def forget_in_files(service: Service, run: Run) -> Finish:
    """Work out the files without the person; they are replaced together, and written down."""
    application_id = str(run.subject)
    with service.database.reading() as connection:
        kind = connection.scalar(
            sa.select(organisation.c.kind).where(
                organisation.c.organisation_id == run.organisation_id
            )
        )
        frozen = connection.execute(
            sa.select(meeting.c.meeting_id, meeting.c.content_hash)
            .join(meeting_file, meeting_file.c.meeting_id == meeting.c.meeting_id)
            .where(meeting_file.c.name == SNAPSHOT)
            .order_by(meeting.c.meeting_id)
        ).all()
    changes: dict[str, Changes] = {}
    for row in frozen:
        with service.database.reading() as connection:
            files = _files_of(connection, row.meeting_id)
        changed = without_person(files, application_id, content_hash=row.content_hash)
        if changed:
            changes[row.meeting_id] = changed
    actor = Actor(run.actor_id, run.organisation_id, str(kind), role="")

    def finish(connection: sa.Connection) -> Result:
        written = {m: _replace(connection, m, changes[m]) for m in sorted(changes)}
        append(
            connection,
            "person.forgotten_in_files",
            subject=application_id,
            actor=actor,
            now=service.now(),
            content={"sha256": written},
        )
        return {"meetings": len(written)}

    return finish


def without_person(files: Files, application_id: str, *, content_hash: str) -> Changes:
    """Files to replace, and those to remove (``None``); nothing when the person is in none."""
    register = unpacked(files[SNAPSHOT])
    if application_id not in register["applications"].index:
        return {}
    nameless = _without_names(register, application_id)
    changes: Changes = {SNAPSHOT: packed(nameless)}
    if PROPOSAL in files:
        # What was decided on was the register with the names: its hash is what is proved.
        nameless.__dict__["content_hash"] = content_hash
        fresh = proposal_files(nameless)
        is_same = all(fresh[name] == files[name] for name in (PROPOSAL, CERTIFICATE))
        documents = sorted(set(fresh) & set(files) - {PROPOSAL, CERTIFICATE, ANNEX})
        changes |= {name: fresh[name] if is_same else None for name in documents}
    if ANNEX in files:
        changes[ANNEX] = _unopened(files[ANNEX], application_id)
    return changes


def _without_names(register: Register, application_id: str) -> Register:
    blank = dict.fromkeys(NAMES)
    rows = [
        row | blank if row["application_id"] == application_id else row
        for row in register["household_members"].rows()
    ]
    members = Table.of(TABLE_BY_NAME["household_members"], rows)
    return Register.of(
        register.kind,
        register.slsp_id,
        {**register.tables, "household_members": members},
        quotas=register.quotas,
        meeting=register.meeting,
        confirmations=register.confirmations,
    )


def _unopened(annex: bytes, application_id: str) -> bytes:
    """The annex without the opening of one household: its salt and its codes are destroyed."""
    content: dict[str, Any] = json.loads(annex)
    content["openings"] = {
        pseudonym: opening
        for pseudonym, opening in content["openings"].items()
        if opening["opened"]["application_id"] != application_id
    }
    return canonical(content)


def _files_of(connection: sa.Connection, meeting_id: str) -> Files:
    rows = connection.execute(
        sa.select(meeting_file.c.name, meeting_file.c.content).where(
            meeting_file.c.meeting_id == meeting_id
        )
    )
    return {row.name: bytes(row.content) for row in rows}


def _replace(connection: sa.Connection, meeting_id: str, changes: Changes) -> dict[str, str]:
    """Put the new files in the place of the old; their hashes, empty for those removed."""
    written = {}
    for name, content in sorted(changes.items()):
        if content is None:
            mine = (meeting_file.c.meeting_id == meeting_id) & (meeting_file.c.name == name)
            connection.execute(meeting_file.delete().where(mine))
            written[name] = ""
        else:
            written[name] = keep_file(connection, meeting_id, name, content)
    return written
