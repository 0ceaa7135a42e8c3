"""Templates: strict, escaped, with the sentences of one language."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from allocation.wording import catalogue

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATES = Path(__file__).parent / "templates"


@cache
def environment(folder: Path = TEMPLATES) -> Environment:
    """Jinja2 that refuses an unknown name and escapes every value; looks in ``folder`` first."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader([folder, TEMPLATES]),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def render(
    template: str, *, lang: str, stylesheet: str, folder: Path = TEMPLATES, **values: object
) -> str:
    """
    A whole page: its style sheet inside it, sentences by ``t(key)``, counts by ``number(n)``.

    ``folder``: where the templates of another room are; the style sheets are one for all.
    """
    from markupsafe import Markup

    css = (TEMPLATES / stylesheet).read_text(encoding="utf-8")
    page, words = environment(folder).get_template(template), catalogue(lang)
    html = page.render(t=words.text, number=words.number, css=Markup(css), **values)
    return _with_french_spaces(html) if lang == "fr" else html


def _with_french_spaces(html: str) -> str:
    """French keeps its high punctuation and quotation marks on the line of their word."""
    head, end, body = html.rpartition("</style>")
    for before, after in (
        ("« ", "«\u00a0"),
        (" »", "\u00a0»"),
        (" :", "\u00a0:"),
        (" ;", "\u00a0;"),
    ):
        body = body.replace(before, after)
    return f"{head}{end}{body}"
