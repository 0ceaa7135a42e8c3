"""Supports a household asks for, what is prepared before it enters, and offers of contact."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal, get_args

from ruamel.yaml import YAML

from allocation.accompaniment.scale import Strict
from allocation.procedure.machine import Machine, Step
from allocation.rules.schema import Label

FILE = Path(__file__).with_name("supports.yaml")

SUPPORT = Machine(
    "support",
    "asked",
    (
        Step("arrange", ("asked",), "arranged", "service"),
        Step("note_none_available", ("asked",), "none_available", "service"),
        Step("note_done", ("arranged",), "done", "service"),
        Step("drop", ("asked", "arranged"), "dropped", "household"),
    ),
)

# An event of the tenancy leads to an offer of contact and nowhere else: no act of this table, and
# no other room, goes on from it to a reminder, a notice or a procedure.
CONTACT_OFFER = Machine(
    "contact_offer",
    "to_make",
    (
        Step("make", ("to_make",), "made", "service"),
        Step("note_taken_up", ("made",), "taken_up", "household"),
        Step("note_not_taken_up", ("made",), "not_taken_up", "household"),
        Step("drop", ("to_make", "made"), "dropped", "service"),
    ),
)
Event = Literal["first_missed_rent", "repair_not_reported", "neighbour_complaint"]
EVENTS: tuple[Event, ...] = get_args(Event)


class _File(Strict):
    supports: dict[str, Label]
    preparation: dict[str, Label]
    obstacles: dict[str, Label]


@cache
def _file() -> _File:
    with FILE.open(encoding="utf-8") as file:
        return _File.model_validate(YAML(typ="safe", pure=True).load(file))


def supports() -> dict[str, Label]:
    """Supports one can ask for, by code."""
    return _file().supports


def preparation() -> dict[str, Label]:
    """The checklist before entering a home, by code, in its order."""
    return _file().preparation


def obstacles() -> dict[str, Label]:
    """What may stand in the way outside the household's control, by code."""
    return _file().obstacles
