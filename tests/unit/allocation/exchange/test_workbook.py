"""A workbook holds what the folder holds, and is refused for the same reasons."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook

from allocation.exchange import (
    TooManyRowsError,
    examine,
    read_register,
    workbook_write,
    write_folder,
    write_workbook,
)
from allocation.model import Confirmation, Register, Setting
from tests.builders import a_meeting, a_register, some_rows
from tests.unit.allocation.exchange.test_round_trip import contents

Grid = dict[str, list[list[Any]]]


def sheets_of(path: Path) -> Grid:
    """Every cell of a workbook."""
    book = CalamineWorkbook.from_path(path)
    return {
        name: book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        for name in book.sheet_names
    }


def write_sheets(path: Path, grid: Grid) -> None:
    """Write cells as they are, as a clerk's spreadsheet would."""
    with xlsxwriter.Workbook(str(path), {"default_date_format": "yyyy-mm-dd"}) as book:
        for name, rows in grid.items():
            sheet = book.add_worksheet(name)
            for row, cells in enumerate(rows):
                for idx, value in enumerate(cells):
                    if value != "":
                        sheet.write(row, idx, value)


def examined(tmp_path: Path, spoil: Callable[[Grid], object]) -> list[tuple[str, int, str, str]]:
    """Problems of a sound workbook once spoiled."""
    write_workbook(a_register(), tmp_path / "sound.xlsx")
    grid = sheets_of(tmp_path / "sound.xlsx")
    spoil(grid)
    write_sheets(tmp_path / "spoiled.xlsx", grid)
    found = examine(tmp_path / "spoiled.xlsx")
    return [(p.where, p.row, p.column, p.code) for p in found.problems + found.warnings]


def row_of(grid: Grid, sheet: str, first: str) -> list[Any]:
    """The row that begins so."""
    return next(row for row in grid[sheet] if row[0] == first)


def test_folder_to_workbook_to_folder_gives_the_same_bytes(tmp_path: Path) -> None:
    register = a_register()
    write_folder(register, tmp_path / "one")
    write_workbook(read_register(tmp_path / "one"), tmp_path / "book.xlsx")
    again = read_register(tmp_path / "book.xlsx")
    write_folder(again, tmp_path / "two")
    assert contents(tmp_path / "one") == contents(tmp_path / "two")
    assert again.content_hash == register.content_hash


def test_the_same_register_gives_the_same_workbook(tmp_path: Path) -> None:
    write_workbook(a_register(), tmp_path / "one.xlsx")
    write_workbook(a_register(), tmp_path / "two.xlsx")
    assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "two.xlsx").read_bytes()


def test_an_empty_register_survives_a_workbook(tmp_path: Path) -> None:
    empty = Register.of("real", "la-sambrienne", {})
    write_workbook(empty, tmp_path / "book.xlsx")
    assert read_register(tmp_path / "book.xlsx").content_hash == empty.content_hash


@pytest.mark.parametrize("value", ["true", True, 3, "3", "", "1/10", "2026-01-01"])
def test_a_setting_keeps_its_type_in_a_workbook(tmp_path: Path, value: str | int | bool) -> None:
    meeting = a_meeting(settings=(Setting("U05", value),), forecast=None, draw_seed="2026-06-30")
    write_workbook(a_register(meeting=meeting), tmp_path / "book.xlsx")
    assert examine(tmp_path / "book.xlsx").draft.meeting == meeting


def test_texts_that_look_like_something_else_stay_texts(tmp_path: Path) -> None:
    rows = some_rows()
    rows["partners"][0]["name"] = "=1+1"
    rows["dwellings"][0]["address"] = "0012"
    rows["household_members"][0]["born_on"] = date(1885, 7, 30)
    rows["household_members"][0]["given_name"] = "1/2"
    register = a_register(tables=rows)
    write_workbook(register, tmp_path / "book.xlsx")
    assert examine(tmp_path / "book.xlsx").draft.accepted().content_hash == register.content_hash


def test_three_persons_may_confirm(tmp_path: Path) -> None:
    confirmation = Confirmation("U15", 2026, ("A", "B", "C"), "circular", date(2026, 2, 1))
    register = a_register(confirmations=(confirmation,))
    write_workbook(register, tmp_path / "book.xlsx")
    assert read_register(tmp_path / "book.xlsx").confirmations == (confirmation,)


def test_numbers_and_truths_typed_by_a_clerk_are_understood(tmp_path: Path) -> None:
    def spoil(grid: Grid) -> None:
        grid["choices"][1][2] = 52011
        grid["dwellings"][1][grid["dwellings"][0].index("has_lift")] = True
        row_of(grid, "quotas", "partner-1")[13] = "yes"

    assert examined(tmp_path, spoil) == []


@pytest.mark.parametrize(
    ("sheet", "row", "idx", "value", "expected"),
    [
        ("choices", 2, 2, "52O11", ("choices", 3, "nis5", "register.unknown_commune")),
        ("offers", 1, 3, 44000.5, ("offers", 2, "made_on", "register.not_a_date")),
        ("quotas", 1, 5, date(2026, 2, 1), ("quotas", 2, "share", "register.share_invalid")),
        ("quotas", 1, 1, "flor", ("quotas", 2, "kind", "register.unknown_value")),
        ("quotas", 1, 14, "heavy", ("quotas", 2, "weight", "register.expected_whole_number")),
        ("quotas", 1, 13, "perhaps", ("quotas", 2, "hard", "register.expected_true_or_false")),
        ("quotas", 0, 5, "part", ("quotas", 1, "part", "register.unknown_column")),
        ("settings", 1, 3, "soon", ("settings", 2, "decided_on", "register.expected_day")),
        ("confirmations", 1, 3, "", ("confirmations", 2, "", "register.confirmation_incomplete")),
        ("meeting", 3, 1, "later", ("meeting", 4, "meeting_on", "register.expected_day")),
        ("meeting", 7, 0, "modus", ("meeting", 8, "modus", "register.unknown_field")),
        ("meeting", 7, 0, "slsp_id", ("meeting", 8, "slsp_id", "register.field_twice")),
        ("register", 2, 1, "", ("register", 3, "kind", "register.field_missing")),
    ],
)  # fmt: skip
def test_a_fault_of_a_sheet_is_found_where_it_is(
    tmp_path: Path, sheet: str, row: int, idx: int, value: object, expected: tuple[object, ...]
) -> None:
    def spoil(grid: Grid) -> None:
        grid[sheet][row][idx] = value

    assert expected in examined(tmp_path, spoil)


def test_a_sheet_that_does_not_belong_is_told(tmp_path: Path) -> None:
    found = examined(tmp_path, lambda grid: grid.setdefault("Feuil1", [["x"]]))
    assert found == [("Feuil1", 0, "", "register.unknown_file")]


def test_a_sheet_that_is_needed_and_absent_is_told(tmp_path: Path) -> None:
    found = examined(tmp_path, lambda grid: grid.pop("choices"))
    assert ("choices", 0, "", "register.file_missing") in found


def test_a_table_longer_than_a_sheet_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook_write, "LAST_ROW", 3)
    with pytest.raises(TooManyRowsError):
        write_workbook(a_register(), tmp_path / "book.xlsx")
    assert list(tmp_path.iterdir()) == []
