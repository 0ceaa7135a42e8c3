"""
From text to typed columns: every distinct text is read once, every fault keeps its line.

A column of 100,000 cells holds few distinct dates, codes and flags; reading each distinct text
once and looking the others up is what keeps large registers quick.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from typing import Any

import numpy as np
import numpy.typing as npt

from allocation.model import MISSING_CHOICE, MISSING_INTEGER, Column

LONGEST_TEXT = 32_000  # a spreadsheet cell holds 32,767 characters
LONGEST_IDENTIFIER = 64
LARGEST_NUMBER = 10**15 - 1  # a spreadsheet keeps 15 digits

_EPOCH = date(1970, 1, 1).toordinal()
_IDENTIFIER = re.compile(rf"[!-~]{{1,{LONGEST_IDENTIFIER}}}")
_INTEGER = re.compile(r"[+-]?[0-9]+")
_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_LOCAL_DATE = re.compile(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})")
_LOCAL_AMOUNT = re.compile(r"([+-]?[0-9]{1,3}(?:[ .\u00a0\u202f]?[0-9]{3})*)(?:,([0-9]{1,2}))? ?€?")
_INVISIBLE = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]")


@dataclass(frozen=True)
class Fault:
    """Why a text cannot be read: a code and its facts; where it stands is not known here."""

    code: str
    facts: tuple[tuple[str, object], ...] = ()


@dataclass(frozen=True, eq=False)
class Parsed:
    """
    One column read.

    ``values``: array as ``allocation.model.table.encode`` makes it, missing where a cell is
    empty or faulty. ``faults``: (position, fault), in file order.
    """

    values: npt.NDArray[Any]
    faults: tuple[tuple[int, Fault], ...]


def parse(column: Column, cells: Sequence[str]) -> Parsed:
    """Read the cells of one column; required cells that are empty are faults too."""
    distinct = set(cells)
    if distinct <= {""} and not column.is_required:
        return Parsed(missing_column(column, len(cells)), ())
    if column.kind == "id" and _are_identifiers(column, distinct):
        return Parsed(_array(column, cells), ())
    read = _READERS[column.kind]
    known: dict[str, Any] = {}
    wrong: dict[str, Fault] = {}
    for text in distinct:
        outcome = read(column, text.strip())
        if isinstance(outcome, Fault):
            wrong[text] = outcome
            known[text] = _MISSING[column.kind]
        else:
            known[text] = outcome
    if column.is_required:
        wrong |= {t: Fault("register.required_empty") for t in known if not t.strip()}
    faults = tuple((i, wrong[t]) for i, t in enumerate(cells) if t in wrong) if wrong else ()
    return Parsed(_array(column, list(map(known.__getitem__, cells))), faults)


def missing_column(column: Column, n: int) -> npt.NDArray[Any]:
    """A column of ``n`` missing values (the file does not have it)."""
    return _array(column, [_MISSING[column.kind]] * n)


def suggestion(value: str, valid: Iterable[str]) -> str:
    """The valid value closest to ``value``, or all of them when none is close."""
    choices = list(valid)
    lowered = {c.lower().replace("_", " "): c for c in choices}
    close = get_close_matches(value.lower().replace("_", " "), lowered, n=1, cutoff=0.6)
    return lowered[close[0]] if close else ", ".join(choices)


def _array(column: Column, values: Sequence[Any]) -> npt.NDArray[Any]:
    if column.kind in ("id", "text"):
        out = np.empty(len(values), dtype=object)
        out[:] = values
        return out
    array = np.fromiter(values, np.int64, len(values))
    if column.kind == "date":
        return array.view("datetime64[D]")
    return array.astype(np.int16) if column.kind in ("choice", "flag") else array


def _shown(column: Column, text: str) -> str:
    """What a problem may repeat of a cell: nothing of a personal one (reports get e-mailed)."""
    return "…" if column.is_personal else text[:60]


def _are_identifiers(column: Column, texts: Collection[str]) -> bool:
    """As `_IDENTIFIER`, all at once: the signs of ASCII that one can see, empty where it may be."""
    signs = "".join(texts)
    return (
        signs.isascii()
        and signs.isprintable()
        and " " not in signs
        and max(map(len, texts), default=0) <= LONGEST_IDENTIFIER
        and not (column.is_required and "" in texts)
    )


def _identifier(column: Column, text: str) -> str | Fault:
    if not text or _IDENTIFIER.fullmatch(text):
        return text
    return Fault("register.invalid_identifier", (("value", _shown(column, text)),))


def _text(column: Column, text: str) -> str | Fault:
    if len(text) > LONGEST_TEXT:
        return Fault("register.too_long", (("length", len(text)), ("longest", LONGEST_TEXT)))
    if _INVISIBLE.search(text):
        visible = _INVISIBLE.sub(" ", text)
        return Fault("register.invisible_character", (("value", _shown(column, visible)),))
    return text


def _date(column: Column, text: str) -> int | Fault:
    """Days since 1970; a missing date is the smallest integer, which NumPy reads as NaT."""
    if not text:
        return MISSING_INTEGER
    try:
        if _ISO_DATE.fullmatch(text):
            return date.fromisoformat(text).toordinal() - _EPOCH
    except ValueError:
        return Fault("register.no_such_day", (("value", _shown(column, text)),))
    meant = _LOCAL_DATE.fullmatch(text)
    example = "{2}-{1:0>2}-{0:0>2}".format(*meant.groups()) if meant else "2026-06-30"
    if column.is_personal:
        example = "1980-06-30"
    facts = (("value", _shown(column, text)), ("suggestion", example))
    return Fault("register.not_a_date", facts)


def _integer(column: Column, text: str) -> int | Fault:
    if not text:
        return MISSING_INTEGER
    if not _INTEGER.fullmatch(text):
        return Fault("register.not_an_integer", (("value", _shown(column, text)),))
    return _within(column, text)


def _cents(column: Column, text: str) -> int | Fault:
    if not text:
        return MISSING_INTEGER
    if _INTEGER.fullmatch(text):
        return _within(column, text)
    euros = _LOCAL_AMOUNT.fullmatch(text)
    example = "123456"
    if euros:
        example = re.sub(r"[^0-9-]", "", euros[1]) + (euros[2] or "").ljust(2, "0")
    facts = (("value", _shown(column, text)), ("suggestion", example))
    return Fault("register.not_cents", facts)


def _within(column: Column, text: str) -> int | Fault:
    if len(text) > 16 or abs(int(text)) > LARGEST_NUMBER:
        return Fault("register.number_too_large", (("value", _shown(column, text)),))
    return int(text)


def _choice(column: Column, text: str) -> int | Fault:
    if not text:
        return MISSING_CHOICE
    if text in column.choices:
        return column.choices.index(text)
    facts = (("value", text[:60]), ("suggestion", suggestion(text, column.choices)))
    return Fault("register.unknown_value", facts)


_READERS: dict[str, Callable[[Column, str], Any]] = {
    "id": _identifier,
    "text": _text,
    "date": _date,
    "integer": _integer,
    "cents": _cents,
    "choice": _choice,
    "flag": _choice,
}
_MISSING: dict[str, Any] = {
    "id": "",
    "text": "",
    "date": MISSING_INTEGER,
    "integer": MISSING_INTEGER,
    "cents": MISSING_INTEGER,
    "choice": MISSING_CHOICE,
    "flag": MISSING_CHOICE,
}
