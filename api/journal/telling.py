"""What a verification found, as a sentence: the same for the command, the API and the page."""

from __future__ import annotations

from allocation.wording import Catalogue
from api.journal.reading import Verification


def said_of(found: Verification, words: Catalogue) -> str:
    """What holds, or the first thing that does not."""
    if found.broken is not None:
        key = f"service.journal.broken.{found.broken.fault}"
        return words.text(key, sequence=found.broken.sequence)
    if found.altered:
        first = found.altered[0]
        key = f"service.journal.altered.{first.fault}"
        return words.text(
            key,
            table=first.table,
            row=first.row_id,
            sequence=first.sequence,
            n=len(found.altered),
        )
    told = words.text("service.journal.sound", n=found.entries, end=found.end, rows=found.rows)
    before = words.text("service.journal.before", n=found.before) if found.before else ""
    return " ".join(filter(None, (told, before)))


def heading_of(found: Verification) -> str:
    """Key of the few words above it: a row altered elsewhere does not break the journal."""
    if found.broken is not None:
        return "journal_page.unsound"
    return "journal_page.rows_altered" if found.altered else "journal_page.sound"
