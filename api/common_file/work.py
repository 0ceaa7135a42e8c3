"""
The comparison itself, and the folder looked into: runs, so that they survive a restart.

A comparison replaces what was open of the one before: values nobody decided on are not kept twice.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

import sqlalchemy as sa

from allocation.errors import Problem, ProblemsError
from allocation.exchange.common_file import (
    CommonFileMapping,
    Difference,
    Rows,
    read_common_file,
    reconcile,
    written,
)
from api.auth.actor import Actor
from api.common_file import queries
from api.common_file import service as common_file
from api.db.bulk import insert_rows
from api.db.tables.common_file import (
    common_file_difference,
    common_file_mapping,
    reconciliation,
)
from api.db.tables.organisations import organisation
from api.jobs.running import Run
from api.jobs.worker import Finish, Result
from api.journal import append
from api.reports.csv_stream import lines
from api.service import Service
from api.wrapping import unwrap

_TOTALS = (
    "n_ours", "n_theirs", "n_both", "n_same", "n_different", "n_only_ours", "n_only_theirs",
    "n_fields",
)  # fmt: skip


def compare(service: Service, run: Run) -> Finish:
    """Compare a file that was sent with the register; every fault, or every difference."""
    reconciliation_id = str(run.subject)
    mine = reconciliation.c.reconciliation_id == reconciliation_id
    with service.database.reading() as connection:
        row = connection.execute(sa.select(reconciliation).where(mine)).one()
        ours = queries.our_rows(connection, row.register_id)
        actor = _asker(connection, run)
    if row.state != common_file.WAITING:
        return lambda _connection: {"state": row.state}
    mapping = CommonFileMapping.model_validate_json(row.mapping)
    content = unwrap(service.secret, bytes(row.wrapped_file), bound_to=reconciliation_id)
    theirs, faults = _read(content, mapping)
    found = reconcile({} if faults else ours, theirs, of=[c.field for c in mapping.columns])

    def finish(connection: sa.Connection) -> Result:
        state = "refused" if faults else "done"
        totals = {} if faults else {name: getattr(found, name) for name in _TOTALS}
        if not faults:
            _forget_open(connection, row.register_id)
            rows = [_row(reconciliation_id, d, theirs) for d in found.differences]
            insert_rows(connection, common_file_difference, rows)
        values = {
            "state": state,
            "wrapped_file": None,
            "totals": json.dumps(totals),
            "faults": json.dumps([_fault(p) for p in faults]),
            "ended_at": service.now(),
        }
        connection.execute(reconciliation.update().where(mine).values(values))
        append(
            connection,
            "common_file.compared",
            subject=reconciliation_id,
            actor=actor,
            now=service.now(),
            content={"state": state, "totals": totals, "faults": len(faults)},
        )
        return {"state": state} | totals

    return finish


def _read(content: bytes, mapping: CommonFileMapping) -> tuple[Rows, Sequence[Problem]]:
    """The rows of a file, or its faults."""
    try:
        return read_common_file(content, mapping), ()
    except ProblemsError as refused:
        return {}, refused.problems


def look(service: Service, run: Run) -> Finish:
    """
    Look into the folder: our file is written, theirs compared when it is a new one.

    The next look is asked for in the same transaction, whatever was found: a folder that cannot be
    written today is in the result of the run, and is tried again.
    """
    register_id, folder = str(run.subject), service.settings.common_file_folder
    with service.database.reading() as connection:
        row = connection.execute(
            sa.select(common_file_mapping).where(common_file_mapping.c.register_id == register_id)
        ).one_or_none()
        ours = queries.our_rows(connection, register_id)
        known = set(
            connection.scalars(
                sa.select(reconciliation.c.file_sha256).where(
                    reconciliation.c.register_id == register_id
                )
            )
        )
        actor = _asker(connection, run)
    if row is None or row.every_days is None or folder is None:
        return lambda _connection: {"state": "not_set"}
    mapping = CommonFileMapping.model_validate_json(row.mapping)
    fault, content = "", b""
    try:
        path = folder / f"{register_id}.csv"
        content = path.read_bytes() if path.is_file() else b""
        write_export(folder / f"{register_id}.export.csv", ours, mapping)
    except UnicodeEncodeError:
        fault = "common_file.encoding"
    except OSError:
        fault = "common_file.folder"
    is_new = bool(content) and hashlib.sha256(content).hexdigest() not in known

    def finish(connection: sa.Connection) -> Result:
        sent = ""
        if is_new:
            sent = common_file.send(connection, actor, content, row.mapping, service=service)
        days = int(row.every_days)
        common_file.look_again(connection, actor, days=days, service=service)
        return {"sent": sent, "exported": 0 if fault else len(ours), "fault": fault}

    return finish


def exported(rows: Rows, mapping: CommonFileMapping) -> list[list[str]]:
    """Our applications in their columns and codes."""
    return [[key, *written(rows[key], mapping)] for key in sorted(rows)]


def header_of(mapping: CommonFileMapping) -> list[str]:
    """The first line of their file."""
    return [mapping.key, *(c.column for c in mapping.columns)]


def write_export(path: Path, rows: Rows, mapping: CommonFileMapping) -> None:
    """
    Written beside, then put in its place: nobody reads half a file.

    ``UnicodeEncodeError``: a value that the encoding of the mapping cannot say.
    """
    beside = path.with_suffix(".part")
    text = b"".join(
        lines(header_of(mapping), [exported(rows, mapping)], delimiter=mapping.delimiter)
    )
    beside.write_bytes(text.decode().encode(mapping.encoding, errors="strict"))
    beside.replace(path)


def _asker(connection: sa.Connection, run: Run) -> Actor:
    kind = connection.scalar(
        sa.select(organisation.c.kind).where(organisation.c.organisation_id == run.organisation_id)
    )
    return Actor(run.actor_id, run.organisation_id, str(kind), role="")


def _forget_open(connection: sa.Connection, register_id: str) -> None:
    former = sa.select(reconciliation.c.reconciliation_id).where(
        reconciliation.c.register_id == register_id
    )
    table = common_file_difference
    connection.execute(
        table.delete().where(
            table.c.reconciliation_id.in_(former), table.c.state == common_file.OPEN
        )
    )


def _row(reconciliation_id: str, found: Difference, theirs: Rows) -> dict[str, str]:
    whole = json.dumps(theirs[found.application_id]) if found.kind == "only_theirs" else ""
    return {
        "reconciliation_id": reconciliation_id,
        "application_id": found.application_id,
        "field": found.field,
        "kind": found.kind,
        "ours": found.ours,
        "theirs": whole or found.theirs,
        "state": common_file.OPEN,
        "decided_by": "",
        "reason": "",
    }


def _fault(problem: Problem) -> dict[str, object]:
    facts = dict(problem.facts)
    facts.pop("name", None)  # a value of the file may be of a person
    return {
        "row": problem.row,
        "column": problem.column,
        "code": problem.code,
        "facts": facts,
    }
