"""
A register without names: the snapshot an advisor's study works on.

Households, persons, dwellings, offers and allocations get names of one study, from its secret:
another study gives others, and without the secret nobody goes from a name to an application.
Names, national numbers, addresses and free texts are left out. Dates of birth, incomes and facts
stay, because the rules read them: a snapshot is personal data still, and kept like it. The draw
among equals rests on identifiers, so it is another one than the committee's.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from allocation.model import TABLE_BY_NAME, Register, Table

# Columns that name a household, a person, a home or an act, by what they name.
_NAMED = {
    "application_id": "household",
    "member_id": "person",
    "dwelling_id": "dwelling",
    "current_dwelling_id": "dwelling",
    "offer_id": "offer",
    "allocation_id": "allocation",
}
# Free texts: none of them decides anything.
_LEFT_OUT = frozenset(
    {
        "family_name", "given_name", "national_number", "bedrooms_exception_reason", "issuer",
        "address",
    }
)  # fmt: skip
_LENGTH = 20


def pseudonym(secret: bytes, what: str, name: str) -> str:
    """The name, in one study, of an identifier: HMAC-SHA256; empty when there is none."""
    if not name:
        return ""
    found = hmac.digest(secret, f"{what}|{name}".encode(), "sha256").hex()
    return f"{what[0]}-{found[:_LENGTH]}"


def nameless(register: Register) -> Register:
    """The same register and identifiers without names, numbers, addresses and free texts."""
    tables = {
        name: Table.from_columns(
            schema, {c.name: register[name][c.name] for c in schema.columns if _is_kept(c.name)}
        )
        for name, schema in TABLE_BY_NAME.items()
    }
    return replace(register, tables=tables)


def _is_kept(column: str) -> bool:
    return column not in _LEFT_OUT


def pseudonymous(register: Register, secret: bytes) -> Register:
    """The same register under the names of one study, with nothing that tells who anybody is."""
    known: dict[tuple[str, str], str] = {}

    def named(what: str, column: np.ndarray) -> np.ndarray:
        found = np.empty(len(column), dtype=object)
        for i, name in enumerate(column.tolist()):
            key = what, name
            if key not in known:
                known[key] = pseudonym(secret, what, name)
            found[i] = known[key]
        return found

    tables = {}
    for name, schema in TABLE_BY_NAME.items():
        columns = {
            c.name: named(_NAMED[c.name], register[name][c.name])
            if c.name in _NAMED
            else register[name][c.name]
            for c in schema.columns
            if _is_kept(c.name)
        }
        tables[name] = Table.from_columns(schema, columns)
    meeting = register.meeting
    if meeting is not None:
        meeting = replace(meeting, pseudonym_secret=secret.hex())
    return replace(register, tables=tables, meeting=meeting)


def known_again(secret: bytes, register: Register) -> dict[str, str]:
    """From the names of a study back to the households and dwellings of its register."""
    names: Iterable[tuple[str, str]] = (
        *(("household", str(a)) for a in register["applications"]["application_id"]),
        *(("dwelling", str(d)) for d in register["dwellings"]["dwelling_id"]),
    )
    return {pseudonym(secret, what, name): name for what, name in names}
