"""A contradiction in words: the sentence, how certain it is, and both sources."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from allocation.contradictions.finding import Certainty, Contradiction, Fact, Side
from allocation.wording import Catalogue
from allocation.wording.citations import citation

CERTAINTIES: tuple[Certainty, ...] = ("certain", "register", "to_confirm")


def sentence(found: Contradiction, words: Catalogue) -> str:
    """What does not go together, in one sentence or two."""
    names = {"first": name_of(found.first, words), "second": name_of(found.second, words)}
    facts = {key: _written(value, words) for key, value in found.facts.items()}
    return words.text(f"contradictions.{found.code}", **facts, **names)


def name_of(side: Side, words: Catalogue) -> str:
    """What a side is called; in French, or by its key, where it has no name in the language."""
    if side.key.startswith("contradictions.side."):
        return words.text(side.key)
    return side.names.get(words.language) or side.names.get("fr") or side.key


def source_of(side: Side, words: Catalogue) -> str:
    """What a side rests on and how well that is known; empty for what is only in the register."""
    cited = citation(side.act, side.article, words) if side.act else side.article
    mark = words.text(f"contradictions.mark.{side.mark}") if side.mark else ""
    return " – ".join(part for part in (cited, mark) if part)


def certainty(found: Contradiction, words: Catalogue) -> str:
    """How certain it is, in words."""
    return words.text(f"contradictions.certainty.{found.certainty}")


def as_plain(value: Fact) -> str | int:
    """A fact as JSON holds it."""
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Fraction) else value


def _written(value: Fact, words: Catalogue) -> object:
    return words.percent(value) if isinstance(value, Fraction) else value
