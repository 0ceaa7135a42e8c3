"""The frozen register of a meeting, as a file: the canonical folder, zipped, same bytes always."""

from __future__ import annotations

import hashlib
import io
import tempfile
import zipfile
from pathlib import Path

import sqlalchemy as sa

from allocation.exchange import read_register, write_folder
from allocation.model import Register
from api.db.tables.meetings import meeting_file

SNAPSHOT = "snapshot.zip"
_NO_TIME = (1980, 1, 1, 0, 0, 0)


def packed(register: Register) -> bytes:
    """The register folder in one file; anybody can unpack it and run ``propose`` again."""
    buffer = io.BytesIO()
    with tempfile.TemporaryDirectory() as place, zipfile.ZipFile(buffer, "w") as archive:
        folder = Path(place) / "register"
        write_folder(register, folder)
        for path in sorted(folder.iterdir()):
            entry = zipfile.ZipInfo(path.name, _NO_TIME)
            archive.writestr(entry, path.read_bytes(), zipfile.ZIP_DEFLATED, 6)
    return buffer.getvalue()


def unpacked(content: bytes) -> Register:
    """The register of a packed folder, checked like any other."""
    with tempfile.TemporaryDirectory() as place:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            archive.extractall(place)
        return read_register(Path(place))


def keep_file(connection: sa.Connection, meeting_id: str, name: str, content: bytes) -> str:
    """Keep a file of a meeting, in the place of one of the same name; gives its SHA-256."""
    sha256 = hashlib.sha256(content).hexdigest()
    mine = (meeting_file.c.meeting_id == meeting_id) & (meeting_file.c.name == name)
    connection.execute(meeting_file.delete().where(mine))
    values = {"meeting_id": meeting_id, "name": name, "sha256": sha256, "content": content}
    connection.execute(meeting_file.insert(), values)
    return sha256
