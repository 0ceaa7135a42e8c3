"""Registers in and out: a folder of CSV files or a workbook, every fault located."""

from __future__ import annotations

from pathlib import Path

from allocation.exchange.examination import Count, Examination, examine, is_workbook_name
from allocation.exchange.folder import OutputInTheWayError, write_folder
from allocation.exchange.landing import whole_file, whole_folder
from allocation.exchange.severity import severity
from allocation.exchange.template import write_template_folder, write_template_workbook
from allocation.exchange.workbook_write import TooManyRowsError, write_workbook
from allocation.model import Register


def read_register(path: Path) -> Register:
    """
    Read a register, from a folder or a workbook.

    Raises
    ------
    ProblemsError
        ``input.refused``, with every error located (warnings do not stop anything).
    """
    return examine(path).register()


read_folder = read_register
read_workbook = read_register

__all__ = [
    "Count",
    "Examination",
    "OutputInTheWayError",
    "TooManyRowsError",
    "examine",
    "is_workbook_name",
    "read_folder",
    "read_register",
    "read_workbook",
    "severity",
    "whole_file",
    "whole_folder",
    "write_folder",
    "write_template_folder",
    "write_template_workbook",
    "write_workbook",
]
