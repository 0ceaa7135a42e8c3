"""Empty registers to fill in: a workbook with notes, or a folder with its explanation."""

from __future__ import annotations

from pathlib import Path

from allocation.exchange.csv_file import write_csv
from allocation.exchange.folder import NAMES, NOTES, OUTLINES, refuse_foreign
from allocation.exchange.landing import whole_folder
from allocation.exchange.reference import reference_page
from allocation.exchange.workbook_write import template_layouts, write_layouts
from allocation.model import TABLES

TEMPLATES = Path(__file__).parent / "templates"


def write_template_folder(path: Path) -> None:
    """
    Write headers, commented settings and the explanation of every column.

    Raises
    ------
    OutputInTheWayError
        ``exchange.output_in_the_way``: the folder holds a file that is not of a register.
    """
    refuse_foreign(path)
    with whole_folder(path) as fresh:
        for schema in TABLES:
            write_csv(fresh / NAMES[schema.name], [c.name for c in schema.columns], [])
        for name in OUTLINES:
            (fresh / NAMES[name]).write_bytes((TEMPLATES / NAMES[name]).read_bytes())
        (fresh / NOTES).write_text(reference_page(), encoding="utf-8", newline="\n")


def write_template_workbook(path: Path) -> None:
    """Write empty sheets, each column with its note and, where it has choices, its list."""
    write_layouts(list(template_layouts()), path)
