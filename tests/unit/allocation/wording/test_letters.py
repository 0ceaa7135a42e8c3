"""Letters are short sentences of short words, in the four languages, and say what is free."""

from __future__ import annotations

import re

import pytest

from allocation.wording import LANGUAGES, catalogue
from api.practice.letters import PARTS

MOST_WORDS_A_SENTENCE = 15
MOST_WORDS_ON_AVERAGE = 10
FACTS = {"service": "CPAS", "day": "1"}
LETTERS = [(name, language) for name in PARTS for language in LANGUAGES]


def sentences(name: str, language: str) -> list[str]:
    words = catalogue(language)
    text = " ".join(words.text(f"letters.{name}.{part}", **FACTS) for part in PARTS[name])
    return [one for one in re.split(r"[.!?:]\s*", text) if one]


@pytest.mark.parametrize(("name", "language"), LETTERS)
def test_a_letter_is_read_at_once(name: str, language: str) -> None:
    lengths = [len(one.split()) for one in sentences(name, language)]
    assert max(lengths) <= MOST_WORDS_A_SENTENCE
    assert sum(lengths) / len(lengths) <= MOST_WORDS_ON_AVERAGE


@pytest.mark.parametrize(("name", "language"), LETTERS)
def test_a_letter_has_no_long_word_but_a_few(name: str, language: str) -> None:
    """Words of more than fourteen letters (German: eighteen, it joins its words)."""
    most = 18 if language == "de" else 14
    found = re.findall(r"[^\W\d_]+", " ".join(sentences(name, language)))
    assert [word for word in found if len(word) > most] == []
