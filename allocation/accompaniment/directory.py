"""The directory: what each service really offers, where, when, and who keeps it up to date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import ClassVar

from ruamel.yaml import YAML

from allocation.accompaniment.scale import Strict
from allocation.errors import HousingError
from allocation.rules.schema import Label
from allocation.territory import communes

FILE = Path(__file__).with_name("directory.yaml")
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


class DirectoryError(HousingError):
    """
    An entry that says something nobody can find.

    ``directory.unknown_code``: a kind, a mode or a day of the week; ``directory.unknown_commune``;
    ``directory.hours``: it closes before it opens.
    """

    code: ClassVar[str] = "directory.unknown_code"

    def __init__(self, code: str, message: str, **context: object) -> None:
        super().__init__(message, **context)
        self.code = code  # type: ignore[misc]  # one class, several stable codes


@dataclass(frozen=True)
class Opening:
    """Days of the week and hours, ``HH:MM``."""

    days: tuple[str, ...]
    opens_at: str
    closes_at: str

    def __post_init__(self) -> None:
        for day in self.days:
            if day not in WEEKDAYS:
                known = ", ".join(WEEKDAYS)
                raise DirectoryError("directory.unknown_code", "No day.", value=day, valid=known)
        if self.closes_at <= self.opens_at:
            raise DirectoryError("directory.hours", "It closes before it opens.")


@dataclass(frozen=True)
class ServiceEntry:
    """
    One service as its own organisation describes it; contacts are by function, not by name.

    ``modes``: ways it accompanies (of ``scale.yaml``), none when it does not. ``intensities``: the
    most it can do. ``available_from``: first day it can take somebody on; ``None``: now.
    ``wait_days``: how long one waits there today, ``None`` when unknown. ``checked_on``: the day
    its owner last looked at it.
    """

    service_id: str
    provider_id: str
    provider_name: str
    provider_description: str
    name: str
    description: str
    kinds: tuple[str, ...]
    communes: tuple[str, ...]
    status: str = "active"
    modes: tuple[str, ...] = ()
    intensities: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    public: str = ""
    how_to_apply: str = ""
    fees: str = ""
    email: str = ""
    phone: str = ""
    url: str = ""
    contact_function: str = ""
    openings: tuple[Opening, ...] = ()
    available_from: date | None = None
    wait_days: int | None = None
    checked_on: date | None = None


class _File(Strict):
    kinds: dict[str, Label]
    needs: dict[str, Label]


@cache
def _file() -> _File:
    with FILE.open(encoding="utf-8") as file:
        return _File.model_validate(YAML(typ="safe", pure=True).load(file))


def kinds() -> dict[str, Label]:
    """Kinds of services, by code."""
    return _file().kinds


def needs() -> dict[str, Label]:
    """Needs a person may name, by code, without a story."""
    return _file().needs


def check_entry(entry: ServiceEntry, *, modes: tuple[str, ...]) -> ServiceEntry:
    """
    The entry, once its codes and communes are known ones.

    Raises
    ------
    DirectoryError
        ``directory.unknown_code``, ``directory.unknown_commune``.
    """
    for given, valid in ((entry.kinds, tuple(kinds())), (entry.modes, modes)):
        for code in given:
            if code not in valid:
                raise DirectoryError(
                    "directory.unknown_code", "Unknown.", value=code, valid=", ".join(valid)
                )
    for nis5 in entry.communes:
        if nis5 not in communes():
            raise DirectoryError("directory.unknown_commune", "No commune.", value=nis5)
    return entry


def answers(
    entry: ServiceEntry,
    *,
    kind: str = "",
    nis5: str = "",
    mode: str = "",
    intensity: str = "",
    language: str = "",
    by: date | None = None,
) -> bool:
    """
    Whether a service answers a question: who can do daily support in this commune from then on?

    A service without communes serves all. One that does not say from when serves now.
    """
    return (
        entry.status == "active"
        and (not kind or kind in entry.kinds)
        and (not nis5 or not entry.communes or nis5 in entry.communes)
        and (not mode or mode in entry.modes)
        and (not intensity or intensity in entry.intensities)
        and (not language or language in entry.languages)
        and (by is None or entry.available_from is None or entry.available_from <= by)
    )
