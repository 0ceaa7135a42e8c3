"""The languages people may ask for, and the one asked for on the command line."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from itertools import pairwise

LANGUAGES = ("fr", "nl", "de", "en")
DEFAULT_LANGUAGE = "fr"
LANGUAGE_VARIABLE = "PASSERELLE_LANG"
LANGUAGE_OPTION = "--lang"


def command_language(arguments: Sequence[str] | None = None) -> str:
    """
    Language of the command line: ``--lang``, else ``PASSERELLE_LANG``, else French.

    Usable while commands are being declared, before any option is read, so that help itself is
    translated. A language we do not have counts as not given here; the option says so later.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    asked = [b for a, b in pairwise(words) if a == LANGUAGE_OPTION]
    asked += [w.partition("=")[2] for w in words if w.startswith(f"{LANGUAGE_OPTION}=")]
    for language in (*asked, os.environ.get(LANGUAGE_VARIABLE, "")):
        if language in LANGUAGES:
            return language
    return DEFAULT_LANGUAGE
