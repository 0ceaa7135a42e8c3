"""
The proposal as a file for machines: ``proposal.json``, schema ``proposal/1``.

Canonical (RFC 8785), language-free, sorted by identifier, fractions as ``"p/q"``, dates as
``yyyy-mm-dd``. It holds no other data of persons than application identifiers and what ranks
them. The secret behind the pseudonyms of the certificate is left out.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields
from fractions import Fraction
from typing import Any, ClassVar

import msgspec

from allocation.errors import HousingError
from allocation.model.proposal import Proposal

SCHEMA = "proposal/1"
SECRETS = ("pseudonym_secret",)


class ProposalFileError(HousingError):
    """A file is not a proposal of this version."""

    code: ClassVar[str] = "proposal.unreadable"


def proposal_json(proposal: Proposal) -> bytes:
    """The canonical bytes of ``proposal.json``; the same proposal always gives the same bytes."""
    meeting = {name: v for name, v in proposal.meeting.items() if name not in SECRETS}
    households = sorted(proposal.households, key=lambda household: household.application_id)
    return _ENCODER.encode(
        {**vars(proposal), "schema": SCHEMA, "meeting": meeting, "households": households}
    )


def read_proposal(content: bytes) -> Proposal:
    """
    The proposal of a ``proposal.json``.

    Raises
    ------
    ProposalFileError
        ``proposal.unreadable``: not JSON, another schema, or a value of the wrong kind.
    """
    from pydantic import TypeAdapter, ValidationError

    try:
        document = json.loads(content)
    except ValueError as fault:
        raise ProposalFileError("proposal.json is not JSON", detail=str(fault)) from fault
    if not isinstance(document, dict) or document.pop("schema", None) != SCHEMA:
        raise ProposalFileError(f"proposal.json must be of schema {SCHEMA}", detail="schema")
    unknown = sorted(document.keys() - {f.name for f in fields(Proposal)})
    if unknown:
        raise ProposalFileError("proposal.json has unknown keys", detail=", ".join(unknown))
    if isinstance(document.get("households"), list):
        document["households"].sort(key=_rank)
    try:
        return TypeAdapter(Proposal).validate_json(json.dumps(document), strict=True)
    except ValidationError as fault:
        first = fault.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise ProposalFileError(
            f"proposal.json: {place}: {first['msg']}", detail=f"{place}: {first['msg']}"
        ) from fault


def _rank(household: Any) -> int:
    rank = household.get("rank") if isinstance(household, dict) else None
    return rank if isinstance(rank, int) else 0


def _plain(value: Any) -> Any:
    """A fraction or a mapping as what JSON can hold."""
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Fraction):
        return f"{value.numerator}/{value.denominator}"
    raise TypeError(f"a proposal holds no {type(value).__name__}")


# Only text, whole numbers, booleans, dates and null under ASCII keys: sorting is all that RFC 8785
# asks beyond an ordinary encoder (held by a test).
_ENCODER = msgspec.json.Encoder(enc_hook=_plain, order="sorted")
