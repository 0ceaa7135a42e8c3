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
def environment() -> Environment:
    """Jinja2 that refuses an unknown name and escapes every value."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def render(template: str, *, lang: str, stylesheet: str, **values: object) -> str:
    """A whole page: template, its style sheet inside it, sentences by ``t(key, ...)``."""
    from markupsafe import Markup

    css = (TEMPLATES / stylesheet).read_text(encoding="utf-8")
    page = environment().get_template(template)
    return page.render(t=catalogue(lang).text, css=Markup(css), **values)
