"""One column and one table of a register, described."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["id", "text", "date", "integer", "cents", "choice", "flag"]

FLAG_CHOICES = ("no", "yes")


@dataclass(frozen=True)
class Column:
    """
    One column: its kind, whether it must be filled, what it may hold.

    ``flag`` is three-valued: ``yes``, ``no``, or empty for unknown. ``cents`` are whole euro
    cents. ``references`` names the table whose key the value must exist in. ``is_personal``
    columns never leave the SLSP and never enter a certificate.
    """

    name: str
    kind: Kind
    doc: str
    is_required: bool = False
    choices: tuple[str, ...] = ()
    references: str = ""
    is_personal: bool = False


@dataclass(frozen=True)
class TableSchema:
    """A table: file stem, key columns (rows are kept sorted by them), columns, meaning."""

    name: str
    key: tuple[str, ...]
    doc: str
    columns: tuple[Column, ...]

    def column(self, name: str) -> Column:
        """The column of that name; ``KeyError`` when there is none."""
        return next(c for c in self.columns if c.name == name)


def identifier(name: str, doc: str, *, required: bool = True, references: str = "") -> Column:
    """An identifier."""
    return Column(name, "id", doc, is_required=required, references=references)


def day(name: str, doc: str, *, required: bool = False, personal: bool = False) -> Column:
    """A calendar date."""
    return Column(name, "date", doc, is_required=required, is_personal=personal)


def choice(name: str, doc: str, *choices: str, required: bool = False) -> Column:
    """One of a few words."""
    return Column(name, "choice", doc, is_required=required, choices=choices)


def flag(name: str, doc: str) -> Column:
    """Yes, no, or empty for unknown."""
    return Column(name, "flag", doc, choices=FLAG_CHOICES)


def count(name: str, doc: str, *, required: bool = False) -> Column:
    """A whole number."""
    return Column(name, "integer", doc, is_required=required)


def cents(name: str, doc: str) -> Column:
    """An amount in whole euro cents."""
    return Column(name, "cents", doc)


def text(name: str, doc: str, *, required: bool = False, personal: bool = False) -> Column:
    """Words."""
    return Column(name, "text", doc, is_required=required, is_personal=personal)
