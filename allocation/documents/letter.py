"""
A letter in plain language, to print: large type, one sentence a line, nothing to look up.

Source
------
Rules of easy-to-read texts as the project applies them (FALC): one idea a sentence, one sentence
a line, type of fourteen points, no hyphenation. Choices of the project, checked by no body.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from allocation.documents.page import render
from allocation.documents.pdf import as_pdf

_END_OF_SENTENCE = re.compile(r"(?<=[.!?…])\s+(?=\S)")
_POINT = "– "


@dataclass(frozen=True)
class Letter:
    """``paragraphs``: in order; one that begins with a dash is in the household's own words."""

    sender: str
    title: str
    paragraphs: tuple[str, ...]


def letter_html(letter: Letter, lang: str) -> str:
    """The letter as the page the PDF is made from."""
    return render(
        "letter.html.j2",
        lang=lang,
        stylesheet="letter.css",
        letter=letter,
        blocks=[_lines(text) for text in letter.paragraphs],
        language=lang,
    )


def letter_pdf(letter: Letter, lang: str) -> bytes:
    """The letter as a tagged PDF (PDF/UA-1) that holds no time of making."""
    return as_pdf(letter_html(letter, lang))


def _lines(text: str) -> tuple[bool, list[str]]:
    """Whether it is in the household's words, which are left whole; else sentence by sentence."""
    if text.startswith(_POINT):
        return True, [text.removeprefix(_POINT)]
    return False, _END_OF_SENTENCE.split(text)
