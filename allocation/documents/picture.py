"""Pictures drawn on the server: a Vega-Lite description in, a plain SVG out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

FONT = "DejaVu Sans, Verdana, Arial, sans-serif"
INK = "#1b1b1f"


def clean_svg(description: Mapping[str, Any]) -> str:
    """
    Draw a Vega-Lite description as SVG to be put inside a page.

    The picture is hidden from screen readers: the element around it names it, and a table
    beside it says the same.
    """
    import vl_convert

    svg = str(vl_convert.vegalite_to_svg(dict(description)))
    start = svg.index("<svg")
    return svg[start:].replace("<svg ", '<svg aria-hidden="true" focusable="false" ', 1)
