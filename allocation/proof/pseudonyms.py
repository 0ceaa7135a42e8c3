"""Names that nobody traces back without the secret of the meeting, and their salts."""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from typing import ClassVar

from allocation.errors import HousingError
from allocation.model.meeting import Meeting
from allocation.model.register import Register


class CertificateError(HousingError):
    """A certificate cannot be made of this proposal."""

    code: ClassVar[str] = "certificate.impossible"


def meeting_of(register: Register) -> Meeting:
    """The meeting certified; without one, ``certificate.impossible``."""
    if register.meeting is None:
        raise CertificateError("A register without meeting has no certificate.")
    return register.meeting


class Pseudonyms:
    """
    Names and salts of one meeting, from its secret: another meeting gives others.

    HMAC-SHA256 over company, date, purpose and application; nobody without the secret can go
    from a name to an application, or tell that two meetings met the same household.
    """

    def __init__(self, register: Register) -> None:
        meeting = meeting_of(register)
        self._key = meeting.pseudonym_secret.encode()
        self._place = f"{meeting.slsp_id}|{meeting.meeting_on.isoformat()}"
        self._known: dict[str, str] = {}

    def _keyed(self, purpose: str, application_id: str) -> str:
        text = f"{self._place}|{purpose}|{application_id}".encode()
        return hmac.digest(self._key, text, "sha256").hex()

    def of(self, application_id: str) -> str:
        """Pseudonym of an application: 24 hexadecimal digits after ``h-``."""
        if application_id not in self._known:
            self._known[application_id] = f"h-{self._keyed('name', application_id)[:24]}"
        return self._known[application_id]

    def salt(self, application_id: str) -> str:
        """Salt of an application's commitment, 64 hexadecimal digits."""
        return self._keyed("salt", application_id)

    def pairs(self, items: Iterable[tuple[str, str]]) -> list[list[str]]:
        """(application, dwelling) as sorted [pseudonym, dwelling]."""
        return sorted([self.of(application_id), dwelling] for application_id, dwelling in items)
