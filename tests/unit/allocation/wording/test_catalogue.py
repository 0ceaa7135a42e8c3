"""Sentences are whole or refused, and figures are written the language's way."""

from datetime import date
from fractions import Fraction

import pytest

from allocation.wording import LANGUAGES, WordingError, catalogue, command_language
from allocation.wording.catalogue import domains, read_domain

NARROW_SPACE = "\u202f"


def test_unknown_key_is_refused() -> None:
    with pytest.raises(WordingError, match=r"commands\.nothing"):
        catalogue("fr").text("commands.nothing")


def test_sentence_without_its_fact_is_refused() -> None:
    with pytest.raises(WordingError, match="option"):
        catalogue("fr").text("commands.usage.no_such_option")


def test_language_we_do_not_have_is_refused() -> None:
    with pytest.raises(WordingError, match="language"):
        catalogue("es")


def test_plural_follows_the_language() -> None:
    # Zero is singular in French, plural in the three other languages.
    assert catalogue("fr").text("commands.problems", n=0).startswith("0 défaut dans")
    assert catalogue("nl").text("commands.problems", n=0).startswith("0 gebreken")
    assert catalogue("de").text("commands.problems", n=1).startswith("1 Mangel")
    assert catalogue("en").text("commands.problems", n=2).startswith("2 faults")


def test_every_key_belongs_to_one_domain() -> None:
    owner: dict[str, str] = {}
    for domain in domains():
        for key in read_domain(domain, "fr"):
            assert owner.setdefault(key, domain) == domain
    assert owner


@pytest.mark.parametrize(
    ("language", "number", "share", "day", "amount"),
    [
        ("fr", "12 345", "33,33 %", "1er avril 2024", "1 234,50 €"),
        ("nl", "12.345", "33,33 %", "1 april 2024", "€ 1.234,50"),
        ("de", "12.345", "33,33 %", "1. April 2024", "1.234,50 €"),
        ("en", "12,345", "33.33 %", "1 April 2024", "€1,234.50"),
    ],
)
def test_figures_are_written_the_way_of_the_language(
    language: str, number: str, share: str, day: str, amount: str
) -> None:
    words = catalogue(language)
    plain = str.maketrans({NARROW_SPACE: " ", "\u00a0": " "})
    assert words.number(12345).translate(plain) == number
    assert words.percent(Fraction(1, 3)).translate(plain) == share
    assert words.date(date(2024, 4, 1)) == day
    assert words.money(123450).translate(plain) == amount


@pytest.mark.parametrize("language", LANGUAGES)
def test_language_of_the_command_line_is_the_one_asked(
    language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PASSERELLE_LANG", "en")
    assert command_language(["points", "x.json", "--lang", language]) == language
    assert command_language([f"--lang={language}", "points"]) == language
    assert command_language(["points"]) == "en"
    monkeypatch.delenv("PASSERELLE_LANG")
    assert command_language(["--lang", "es"]) == "fr"
