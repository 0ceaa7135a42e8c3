"""Pages: strict templates, sentences of the reader's language, no script."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from fastapi import Request
from fastapi.responses import HTMLResponse

from api.requests import words_of

if TYPE_CHECKING:
    from jinja2 import Environment

FOLDER = Path(__file__).parent
TEMPLATES, STATIC = FOLDER / "templates", FOLDER / "static"


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


def page(
    request: Request, template: str, *, status: int = 200, is_signed_in: bool, **values: object
) -> HTMLResponse:
    """A page; in templates ``t(key)`` is a sentence, ``number`` and ``date`` write figures."""
    words = words_of(request)
    html = (
        environment()
        .get_template(template)
        .render(
            t=words.text,
            number=words.number,
            date=words.date,
            lang=words.language,
            is_signed_in=is_signed_in,
            **values,
        )
    )
    answer = HTMLResponse(html, status)
    answer.headers["content-language"] = words.language
    answer.headers["vary"] = "accept-language, cookie"
    return answer
