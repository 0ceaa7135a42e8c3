"""
The frozen, pseudonymised registers of a study, and its other files: kept wrapped, never handed out.

The names of a study come from the installation's secret and its identifier, so nothing else keeps
them: what is deleted is not linked to anybody again.
"""

from __future__ import annotations

import hashlib
import hmac

import sqlalchemy as sa

from allocation.model import Meeting, Register
from api.auth.actor import Actor
from api.db.register import read_register
from api.db.tables.studies import study, study_file
from api.jobs.running import Run
from api.journal.writing import Act, append_all
from api.meetings.record import next_meeting
from api.meetings.snapshot import packed, unpacked
from api.service import Service
from api.studies.queries import is_kept
from api.studies.retention import SNAPSHOT, kept_until
from api.wrapping import unwrap, wrap
from scenarios.pseudonymous import pseudonymous


def names_of(service_secret: bytes, study_id: str) -> bytes:
    """The secret behind the names of one study."""
    return hmac.digest(service_secret, f"study\n{study_id}".encode(), "sha256")


def keep_file(
    connection: sa.Connection, study_id: str, name: str, content: bytes, *, part: str, secret: bytes
) -> str:
    """Keep a file of a study, in the place of one of the same name; gives its SHA-256."""
    sha256 = hashlib.sha256(content).hexdigest()
    mine = (study_file.c.study_id == study_id) & (study_file.c.name == name)
    connection.execute(study_file.delete().where(mine))
    connection.execute(
        study_file.insert(),
        {
            "study_id": study_id,
            "name": name,
            "part": part,
            "sha256": sha256,
            "n_bytes": len(content),
            "wrapped_content": wrap(secret, content, bound_to=f"{study_id}/{name}"),
        },
    )
    return sha256


def file_of(connection: sa.Connection, study_id: str, name: str, *, secret: bytes) -> bytes | None:
    """A file of a study, opened."""
    wrapped = connection.scalar(
        sa.select(study_file.c.wrapped_content).where(
            study_file.c.study_id == study_id, study_file.c.name == name
        )
    )
    if wrapped is None:
        return None
    return unwrap(secret, bytes(wrapped), bound_to=f"{study_id}/{name}")


def meeting_for(connection: sa.Connection, register_id: str, service: Service) -> Meeting:
    """The next meeting of a register; without one, today's with a draw of the register's own."""
    planned = next_meeting(connection, register_id, today=service.today())
    return planned or Meeting(register_id, service.today(), register_id, pseudonym_secret="00")


def frozen(service: Service, run: Run, study_id: str, registers: list[str]) -> dict[str, Register]:
    """
    The snapshots of a study: those kept already, or taken now, one company after the other.

    A run that is taken up again works on what it had frozen, whatever the registers have become.
    """
    found = {}
    secret = names_of(service.secret, study_id)
    for i, register_id in enumerate(registers):
        run.report(i / len(registers) / 2, "studies.step.freezing", register=register_id)
        name = f"snapshot-{register_id}.zip"
        with service.database.reading() as connection:
            kept = file_of(connection, study_id, name, secret=service.secret)
            if kept is None:
                planned = meeting_for(connection, register_id, service)
                real = read_register(connection, register_id, meeting=planned)
        if kept is None:
            kept = packed(pseudonymous(real.register, secret))
            facts = {"register_version": real.version, "content_hash": real.register.content_hash}
            _keep(service, run, study_id, register_id, kept, facts)
        found[register_id] = unpacked(kept)
    return found


def _keep(
    service: Service,
    run: Run,
    study_id: str,
    register_id: str,
    content: bytes,
    facts: dict[str, object],
) -> None:
    """Keep a snapshot; the company reads in its journal that it was taken, and for whom."""
    name = f"snapshot-{register_id}.zip"
    now = service.now()
    with service.database.writing() as connection:
        mine = is_kept(study_id)
        if connection.scalar(sa.select(study.c.study_id).where(mine)) is None:
            return  # deleted meanwhile
        sha256 = keep_file(
            connection, study_id, name, content, part=SNAPSHOT, secret=service.secret
        )
        until = kept_until(SNAPSHOT, service.today())
        connection.execute(study.update().where(mine).values(frozen_at=now, snapshot_until=until))
        told = facts | {"register_id": register_id, "asked_by": run.organisation_id}
        told |= {"snapshot_sha256": sha256, "kept_until": until.isoformat()}
        actor = Actor(run.actor_id, register_id, "slsp", role="")
        append_all(connection, [Act("study.frozen", study_id, told)], actor=actor, now=now)
