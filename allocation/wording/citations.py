"""
How an act and its article are written in the reader's language.

Rule files name acts in one compact form (``AGW 2007-09-06 as amended by AGW 2012-07-19``,
``Decree of 15 March 2018``); readers get the form their own texts use.
"""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

from allocation.wording.catalogue import Catalogue

_ORDER = re.compile(r"AGW (\d{4}-\d{2}-\d{2})")
_DATED_ACT = re.compile(r"(decree|federal lease law) of (\d{1,2} [A-Z][a-z]+ \d{4})", re.IGNORECASE)
# The months as the rule files write them, in English whatever the machine's settings.
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_PHRASES = (
    ("Code wallon de l'habitation durable", "reasons.act.code"),
    ("as amended by", "reasons.act.amended_by"),
    (" and ", "reasons.act.and"),
    (" to ", "reasons.act.to"),
    ("line ", "reasons.act.line"),
    ("annex ", "reasons.act.annex"),
)


@lru_cache(maxsize=4096)  # a file cites fifteen of the few hundred there are
def citation(act: str, article: str, words: Catalogue) -> str:
    """One legal source on one line: `AGW du 06/09/2007, art. 17 §2`."""
    said = _ORDER.sub(lambda m: _order(m, words), act)
    said = _DATED_ACT.sub(lambda m: _dated_act(m, words), said)
    said = _translated(said, words)
    if not article:
        return said
    return words.text("reasons.points.source", act=said, article=_translated(article, words))


def _order(found: re.Match[str], words: Catalogue) -> str:
    on = date.fromisoformat(found[1])
    return words.text("reasons.act.order", on=words.date(on, style="short"))


def _dated_act(found: re.Match[str], words: Catalogue) -> str:
    day, month, year = found[2].split()
    on = date(int(year), _MONTHS.index(month) + 1, int(day))
    key = found[1].lower().replace(" ", "_")
    return words.text(f"reasons.act.{key}", on=words.date(on, style="short"))


def _translated(said: str, words: Catalogue) -> str:
    for phrase, key in _PHRASES:
        if phrase in said:
            around = phrase[: len(phrase) - len(phrase.lstrip())]
            after = phrase[len(phrase.rstrip()) :]
            said = said.replace(phrase, f"{around}{words.text(key)}{after}")
    return said
