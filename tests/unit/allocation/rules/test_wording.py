"""Every code the rules can say has its sentence, and every sentence its facts."""

import re
from pathlib import Path

import pytest

import allocation.rules
from allocation.rules.loader import SHELF
from allocation.wording import LANGUAGES, catalogue

ROOM = Path(allocation.rules.__file__).parent
CODE = re.compile(r"(?:[\"`]|warning: )(rule\.[a-z_]+)")


def codes() -> set[str]:
    """Codes in the program and warnings in the data."""
    files = [*ROOM.glob("*.py"), *(SHELF / "wallonia").rglob("*.yaml")]
    return {code for path in files for code in CODE.findall(path.read_text(encoding="utf-8"))}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_has_its_sentence(language: str) -> None:
    words = catalogue(language)
    assert [code for code in sorted(codes()) if code not in words] == []


def test_no_sentence_is_kept_for_a_code_that_is_gone() -> None:
    from allocation.wording.catalogue import read_domain

    kept = {key for key in read_domain("rules", "fr") if key.startswith("rule.")}
    # `rule.bad_value.day` is one of the sentences of the code `rule.bad_value`.
    gone = {key for key in kept if not {key, key.rpartition(".")[0]} & codes()}
    assert gone == set()
