"""The secret of an installation: signs cursors, and seals what the journal holds of persons."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import ClassVar

from allocation.errors import HousingError

N_BYTES = 32


class SecretAbsentError(HousingError):
    """The file of the secret is missing or too short: ``passerelle migrate`` makes it."""

    code: ClassVar[str] = "service.no_secret"


def make_secret(path: Path) -> bool:
    """Make the file unless it is there, for its owner alone; whether it was made now."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return False
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(N_BYTES))
    return True


def read_secret(path: Path) -> bytes:
    """
    The secret.

    Raises
    ------
    SecretAbsentError
        ``service.no_secret``.
    """
    try:
        secret = bytes.fromhex(path.read_text(encoding="ascii"))
    except (OSError, ValueError) as fault:
        raise SecretAbsentError(f"{path} cannot be read.", path=path) from fault
    if len(secret) < N_BYTES:
        raise SecretAbsentError(f"{path} is too short.", path=path)
    return secret
