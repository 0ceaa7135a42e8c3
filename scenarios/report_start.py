"""What the first day of a study is made of, told in its report."""

from __future__ import annotations

from allocation.wording import Catalogue
from scenarios.start import TAKEN, Start


def origin_of(words: Catalogue, began: Start | None) -> str:
    """What the first day is made of, in a few words."""
    key = "study.report.origin"
    return words.text(key if began is None else f"{key}.{began.register.kind}")


def start_told(words: Catalogue, began: Start | None) -> list[str]:
    """What of the first day is a register's, and everything taken for what it does not tell."""
    if began is None:
        return [words.text("study.method.invented")]
    found = {
        name: words.text("reform.hidden") if n is None else words.number(n)
        for name, n in began.counts().items()
    }
    facts = {"digest": began.register_hash[:16], "n": found["applications"]}
    facts |= {"homes": found["dwellings"], "to_let": found["to_let"]}
    return [
        words.text("study.start.known", **facts, allocated=found["allocations"]),
        words.text("study.start.left_out", n=found["left_out"]),
        *(words.text(f"study.start.{name}", drawn=found["dwellings_drawn"]) for name in TAKEN),
    ]
