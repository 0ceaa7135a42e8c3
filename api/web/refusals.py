"""A refusal of a page is a page: the same code and sentence as in the API, in the same status."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse

from allocation.errors import HousingError
from api.errors import sentence_of, status_of
from api.operation.limits import LimitReachedError
from api.requests import UnknownCallerError, words_of
from api.routing import Route
from api.web.rendering import page

Handler = Callable[[Request], Coroutine[Any, Any, Response]]
SIGN_IN = "/session"


class PageRoute(Route):
    """A route whose refusals are pages; who must sign in is sent there, and back afterwards."""

    def get_route_handler(self) -> Handler:
        """The handler, with refusals turned into pages."""
        handle = super().get_route_handler()

        async def handle_page(request: Request) -> Response:
            try:
                return await handle(request)
            except UnknownCallerError:
                here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
                address = f"{SIGN_IN}?next={quote(here, safe='/')}"
                return RedirectResponse(address, HTTPStatus.SEE_OTHER)
            except HousingError as refusal:
                return refused(request, refusal)
            except RequestValidationError:
                sentence = words_of(request).text("service.input_refused")
                return _refusal(request, 422, "input.refused", sentence)

        return handle_page


def refused(request: Request, refusal: HousingError) -> Response:
    """The page of a refusal."""
    sentence = sentence_of(refusal, words_of(request))
    told = _refusal(request, status_of(refusal), refusal.code, sentence)
    if isinstance(refusal, LimitReachedError):
        told.headers["retry-after"] = str(refusal.context["seconds"])
    return told


def _refusal(request: Request, status: int, code: str, sentence: str) -> Response:
    return page(
        request,
        "refusal.html.j2",
        status=status,
        is_signed_in=False,
        heading=words_of(request).text(f"service.status.{status}"),
        sentence=sentence,
        code=code,
    )
