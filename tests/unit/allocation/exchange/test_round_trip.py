"""What is written is read back unchanged, and the same register gives the same bytes."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from allocation.exchange import OutputInTheWayError, examine, read_register, write_folder
from allocation.model import Register, Setting
from tests.builders import a_meeting, a_register


def contents(folder: Path) -> dict[str, bytes]:
    """Bytes of every file of a folder."""
    return {file.name: file.read_bytes() for file in sorted(folder.iterdir())}


def test_a_register_is_read_back_unchanged(tmp_path: Path) -> None:
    register = a_register()
    write_folder(register, tmp_path / "register")
    again = read_register(tmp_path / "register")
    assert again.content_hash == register.content_hash
    assert (again.quotas, again.meeting) == (register.quotas, register.meeting)
    assert again.confirmations == register.confirmations


def test_the_sound_register_has_no_problem_and_no_warning(tmp_path: Path) -> None:
    write_folder(a_register(), tmp_path / "register")
    examination = examine(tmp_path / "register")
    assert examination.problems == ()
    assert examination.warnings == ()


def test_writing_what_was_read_gives_the_same_bytes(tmp_path: Path) -> None:
    write_folder(a_register(), tmp_path / "one")
    write_folder(read_register(tmp_path / "one"), tmp_path / "two")
    assert contents(tmp_path / "one") == contents(tmp_path / "two")


def test_an_empty_register_is_read_back_unchanged(tmp_path: Path) -> None:
    empty = Register.of("real", "la-sambrienne", {})
    write_folder(empty, tmp_path / "register")
    assert read_register(tmp_path / "register").content_hash == empty.content_hash
    assert "meeting.yaml" not in contents(tmp_path / "register")


def test_the_order_of_rows_in_a_file_changes_nothing(tmp_path: Path) -> None:
    write_folder(a_register(), tmp_path / "register")
    before = read_register(tmp_path / "register").content_hash
    for file in (tmp_path / "register").glob("*.csv"):
        header, *rows = file.read_text(encoding="utf-8").splitlines()
        file.write_text("\n".join([header, *reversed(rows)]) + "\n", encoding="utf-8")
    assert read_register(tmp_path / "register").content_hash == before


def test_what_a_belgian_spreadsheet_saves_is_read(tmp_path: Path) -> None:
    write_folder(a_register(), tmp_path / "register")
    before = read_register(tmp_path / "register").content_hash
    file = tmp_path / "register" / "choices.csv"
    text = file.read_text(encoding="utf-8").replace(",", ";").replace("\n", "\r\n")
    file.write_text(f"{text};;;\r\n\r\n", encoding="utf-8-sig", newline="")
    assert read_register(tmp_path / "register").content_hash == before


def test_spaces_around_a_cell_are_passed_over(tmp_path: Path) -> None:
    write_folder(a_register(), tmp_path / "register")
    before = read_register(tmp_path / "register").content_hash
    file = tmp_path / "register" / "sections.csv"
    file.write_text(file.read_text(encoding="utf-8").replace(",", " ,\u00a0"), encoding="utf-8")
    assert read_register(tmp_path / "register").content_hash == before


def test_an_optional_table_may_be_absent(tmp_path: Path) -> None:
    write_folder(a_register(), tmp_path / "register")
    (tmp_path / "register" / "offers.csv").unlink()
    assert len(read_register(tmp_path / "register")["offers"]) == 0


@pytest.mark.parametrize("value", ["true", True, 3, "3", "", "1/10", "2026-01-01"])
def test_a_setting_keeps_its_type(tmp_path: Path, value: str | int | bool) -> None:
    meeting = a_meeting(settings=(Setting("U05", value, "é: #1", date(2026, 1, 2)),))
    write_folder(a_register(meeting=meeting), tmp_path / "register")
    found = examine(tmp_path / "register").draft.meeting
    assert found == meeting


def test_a_folder_with_other_files_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.docx").write_text("years of work", encoding="utf-8")
    with pytest.raises(OutputInTheWayError):
        write_folder(a_register(), tmp_path)
    assert (tmp_path / "thesis.docx").exists()


def test_a_failed_writing_leaves_the_old_register_and_no_litter(tmp_path: Path) -> None:
    write_folder(a_register(), tmp_path / "register")
    before = contents(tmp_path / "register")
    unwritable = a_register(meeting=a_meeting(draw_seed=object()))
    with pytest.raises(Exception, match="cannot represent"):
        write_folder(unwritable, tmp_path / "register")
    assert contents(tmp_path / "register") == before
    assert [p.name for p in tmp_path.iterdir()] == ["register"]
