"""
Sentences by key, from gettext files: ``locale/<domain>.<language>.po``.

The msgid is a stable key (``register.unknown_commune``), the msgstr a sentence with named
placeholders; a message with plural forms chooses by the fact ``n``. Every key belongs to one
domain. A key that is missing, or a placeholder without its fact, is an error of ours and
raises: nobody is shown half a sentence.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import ClassVar

from allocation.errors import HousingError
from allocation.wording.language import LANGUAGES

LOCALE_FOLDER = Path(__file__).parent / "locale"
_TERRITORIES = {"fr": "fr_BE", "nl": "nl_BE", "de": "de_BE", "en": "en_GB"}

Message = str | tuple[str, ...]


class WordingError(HousingError):
    """A sentence cannot be made: the key, the language or a fact is missing."""

    code: ClassVar[str] = "wording.incomplete"


@cache
def domains() -> tuple[str, ...]:
    """Names of the domains that have a file, sorted."""
    return tuple(sorted({path.name.split(".")[0] for path in LOCALE_FOLDER.glob("*.po")}))


@cache
def read_domain(domain: str, language: str) -> Mapping[str, Message]:
    """
    Messages of one file, by key; a message with plural forms is a tuple.

    Raises
    ------
    WordingError
        ``wording.incomplete``: the file is absent, or holds a key twice or without text.
    """
    from babel.messages.pofile import read_po

    path = LOCALE_FOLDER / f"{domain}.{language}.po"
    if not path.is_file():
        raise WordingError(f"no file {path.name}", domain=domain, language=language)
    with path.open("rb") as file:
        parsed = read_po(file, locale=_TERRITORIES[language], abort_invalid=True)
    messages: dict[str, Message] = {}
    for message in parsed:
        key = message.id if isinstance(message.id, str) else message.id[0]
        if not key:
            continue  # the header of the file
        text = message.string
        messages[key] = text if isinstance(text, str) else tuple(text or [""])
        if not all(messages[key]):
            raise WordingError(f"{path.name}: {key!r} has no text", key=key)
    return messages


class Catalogue:
    """
    Every sentence of one language, and figures written its way.

    Files are read when first needed: the domain named by the key's first word, then the others,
    so that a command's help reads one file.
    """

    def __init__(self, language: str) -> None:
        if language not in LANGUAGES:
            raise WordingError(f"language must be one of {', '.join(LANGUAGES)}", language=language)
        self.language = language
        self.locale = _TERRITORIES[language]

    def __contains__(self, key: str) -> bool:
        return self._find(key) is not None

    def text(self, key: str, /, **facts: object) -> str:
        """
        The sentence of ``key`` with its facts.

        Whole numbers and dates are written the language's way (a year is passed as a str);
        other facts as ``str``. Facts the sentence does not use are ignored.

        Raises
        ------
        WordingError
            ``wording.incomplete``: no such key, or a placeholder without its fact.
        """
        message = self._find(key)
        if message is None:
            raise WordingError(f"no sentence {key!r} in {self.language}", key=key)
        if isinstance(message, tuple):
            message = message[self._plural(key, facts)]
        try:
            return message.format_map({k: self._written(v) for k, v in facts.items()})
        except KeyError as absent:
            raise WordingError(
                f"sentence {key!r} needs the fact {absent.args[0]!r}", key=key
            ) from None

    def number(self, value: int | Decimal) -> str:
        """A number with the language's separators."""
        from babel.numbers import format_decimal

        return str(format_decimal(value, locale=self.locale))

    def percent(self, share: Fraction | Decimal) -> str:
        """A share as a percentage, at most two decimals."""
        from babel.numbers import format_percent

        exact = Fraction(share)
        value = Decimal(exact.numerator) / Decimal(exact.denominator)
        return str(format_percent(value, format="#,##0.##\u00a0%", locale=self.locale))

    def date(self, day: date, *, style: str = "long") -> str:
        """A calendar day; ``style`` is ``long`` (22 novembre 2026) or ``short`` (22/11/2026)."""
        from babel.dates import format_date

        pattern = style if style == "long" else _SHORT_DATES[self.language]
        said = str(format_date(day, format=pattern, locale=self.locale))
        # French alone says the first of a month as an ordinal.
        is_first = self.language == "fr" and style == "long" and day.day == 1
        return said.replace("1 ", "1er ", 1) if is_first else said

    def money(self, cents: int) -> str:
        """Whole euro cents as an amount in euros."""
        from babel.numbers import format_currency

        return str(format_currency(Decimal(cents) / 100, "EUR", locale=self.locale))

    def join(self, parts: Iterable[str]) -> str:
        """A list in words: `a, b et c`."""
        from babel.lists import format_list

        return str(format_list(list(parts), locale=self.locale))

    def _find(self, key: str) -> Message | None:
        first = key.partition(".")[0]
        order = sorted(domains(), key=lambda d: (d != first, d))
        for domain in order:
            message = read_domain(domain, self.language).get(key)
            if message is not None:
                return message
        return None

    def _plural(self, key: str, facts: Mapping[str, object]) -> int:
        n = facts.get("n")
        if not isinstance(n, int):
            raise WordingError(f"sentence {key!r} needs the whole number 'n'", key=key)
        # French counts zero with one; the three other languages do not.
        return int(n > 1) if self.language == "fr" else int(n != 1)

    def _written(self, value: object) -> str:
        if isinstance(value, int) and not isinstance(value, bool):
            return self.number(value)
        if isinstance(value, date):
            return self.date(value)
        return str(value)


_SHORT_DATES = {
    "fr": "dd/MM/yyyy",
    "nl": "dd/MM/yyyy",
    "de": "dd.MM.yyyy",
    "en": "dd/MM/yyyy",
}


@cache
def catalogue(language: str) -> Catalogue:
    """
    The catalogue of a language: ``fr``, ``nl``, ``de`` or ``en``.

    Raises
    ------
    WordingError
        ``wording.incomplete``: another language.
    """
    return Catalogue(language)
