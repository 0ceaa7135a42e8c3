"""Pictures drawn on the server: a Vega-Lite description in, a plain SVG out."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any, Literal

FONT = "DejaVu Sans, Verdana, Arial, sans-serif"
INK = "#1b1b1f"
_LOCALES: dict[str, Literal["fr-FR", "nl-NL", "de-DE", "en-GB"]] = {
    "fr": "fr-FR",
    "nl": "nl-NL",
    "de": "de-DE",
    "en": "en-GB",
}


def clean_svg(description: Mapping[str, Any], language: str) -> str:
    """
    Draw a Vega-Lite description as SVG to be put inside a page, its numbers in the language's way.

    The picture is hidden from screen readers: the element around it names it, and a table
    beside it says the same.
    """
    import vl_convert

    svg = str(vl_convert.vegalite_to_svg(dict(description), format_locale=_LOCALES[language]))
    start = svg.index("<svg")
    named = svg[start:].replace("<svg ", '<svg aria-hidden="true" focusable="false" ', 1)
    return _with_own_names(named, json.dumps(description, sort_keys=True, default=str))


def _with_own_names(svg: str, description: str) -> str:
    """The drawing counts its clips from one picture to the next; here each picture has its own."""
    picture = hashlib.sha256(description.encode()).hexdigest()[:8]
    names = dict.fromkeys(re.findall(r'id="(clip\d+)"', svg))
    numbers = {name: f"clip-{picture}-{i}" for i, name in enumerate(names)}
    return re.sub(r"\bclip\d+\b", lambda found: numbers.get(found[0], found[0]), svg)
