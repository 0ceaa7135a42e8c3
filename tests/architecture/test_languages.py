"""The four languages say everything, with the same facts in every sentence."""

import re
from collections import defaultdict
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from tests.architecture.source_tree import ROOT

LANGUAGES = ("fr", "nl", "de", "en")
LOCALE = ROOT / "allocation" / "wording" / "locale"


def read(domain: str, language: str) -> Catalog:
    with (LOCALE / f"{domain}.{language}.po").open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


def languages_by_domain() -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for path in LOCALE.glob("*.po"):
        domain, language, _ = path.name.split(".")
        found[domain].add(language)
    return dict(found)


def texts(message: Message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string)


def key(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def sentences(domain: str, language: str) -> dict[str, Message]:
    return {key(message): message for message in read(domain, language) if message.id}


def placeholders(message: Message) -> set[str]:
    return {name for text in texts(message) for name in re.findall(r"\{(\w+)", text)}


domains = pytest.mark.parametrize("domain", sorted(languages_by_domain()))


def test_there_are_catalogues() -> None:
    assert languages_by_domain()


@domains
def test_every_domain_exists_in_the_four_languages(domain: str) -> None:
    assert languages_by_domain()[domain] == set(LANGUAGES)


@domains
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_is_translated(domain: str, language: str) -> None:
    catalogue = sentences(domain, language)
    assert set(catalogue) == set(sentences(domain, "fr"))
    assert not [name for name, m in catalogue.items() if not all(texts(m)) or m.fuzzy]


@domains
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_translation_uses_the_same_facts(domain: str, language: str) -> None:
    french = sentences(domain, "fr")
    different = {
        name: (placeholders(french[name]), placeholders(message))
        for name, message in sentences(domain, language).items()
        if name in french and placeholders(french[name]) != placeholders(message)
    }
    assert not different


def test_no_other_file_stands_among_the_catalogues() -> None:
    strays = [path.name for path in LOCALE.rglob("*") if is_stray(path)]
    assert not strays


def is_stray(path: Path) -> bool:
    return path.is_file() and not re.fullmatch(r"[a-z_]+\.(fr|nl|de|en)\.po", path.name)
