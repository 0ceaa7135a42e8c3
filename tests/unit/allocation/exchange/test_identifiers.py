"""A column of identifiers is judged at once when all are sound: as if cell by cell."""

from __future__ import annotations

import re

import pytest

from allocation.exchange.cells import parse
from allocation.model import Column

ODD = ["", " ", "a", "a b", " a", "a ", "\ta", "é", "\u00a0", "a\n", "\x7f", "x" * 64, "x" * 65]
EVERY_SIGN = [f"a{chr(code)}b" for code in range(0x300)]


@pytest.mark.parametrize("is_required", [False, True])
def test_one_cell_is_told_or_kept_whatever_stands_beside_it(*, is_required: bool) -> None:
    column = Column("name", "id", "an identifier", is_required=is_required)
    for text in ODD + EVERY_SIGN:
        kept = text.strip()
        is_sound = bool(re.fullmatch(r"[!-~]{1,64}", kept)) or not (kept or is_required)
        for cells in ([text], ["sound", text, "s-2"], ["not sound", text]):
            parsed = parse(column, cells)
            at = cells.index(text)
            assert (at in {idx for idx, _ in parsed.faults}) == (not is_sound), text
            assert parsed.values[at] == (kept if is_sound else ""), text
