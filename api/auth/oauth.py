"""
``POST /oauth/token``: client credentials (RFC 6749, section 4.4).

Refusals are in the form that OAuth asks for (``error``), with the sentence of our own catalogue.
"""

from __future__ import annotations

import base64
import binascii
from http import HTTPStatus
from typing import Annotated, Any
from urllib.parse import parse_qsl, unquote_plus

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse

from api.auth import tokens
from api.auth.credentials import client_of
from api.operation.limits import SignInCounted
from api.requests import Serving, Words
from api.routing import Route
from api.schemas import View

router = APIRouter(tags=["session"], route_class=Route)
GRANT = "client_credentials"
BASIC = "basic "
FORM = "application/x-www-form-urlencoded"


class Token(View):
    """The token to send as `Authorization: Bearer ACCESS_TOKEN`."""

    access_token: str
    token_type: str = "Bearer"
    expires_in: int
    scope: str


class TokenRefusal(View):
    """Why there is no token."""

    error: str
    error_description: str


_FIELD = {"type": "string"}
_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            FORM: {
                "schema": {
                    "type": "object",
                    "required": ["grant_type"],
                    "properties": {
                        "grant_type": {"type": "string", "enum": [GRANT]},
                        "client_id": _FIELD,
                        "client_secret": _FIELD,
                        "scope": _FIELD | {"description": "Fewer scopes than the client has."},
                    },
                },
                "example": {"grant_type": GRANT, "scope": "presentations:read"},
            }
        },
    }
}


async def _form(request: Request) -> dict[str, str] | None:
    """The fields of the form; ``None`` when it is another kind of body or a field comes twice."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
        return None
    try:
        pairs = parse_qsl((await request.body()).decode(), keep_blank_values=True)
    except ValueError:
        return None
    is_clear = len({name for name, _ in pairs}) == len(pairs)
    return dict(pairs) if is_clear and not any("\0" in value for _, value in pairs) else None


@router.post(
    "/oauth/token",
    openapi_extra=_BODY,
    response_model=Token,
    responses={400: {"model": TokenRefusal}, 401: {"model": TokenRefusal}},
)
def give_token(
    request: Request,
    _counted: SignInCounted,
    form: Annotated[dict[str, str] | None, Depends(_form)],
    service: Serving,
    words: Words,
) -> Token | JSONResponse:
    """
    A token for a partner's program, good for a quarter of an hour.

    The client says who it is by HTTP Basic, or by `client_id` and `client_secret` in the form.
    """

    def refused(error: str) -> JSONResponse:
        is_who = error == "invalid_client"
        status = HTTPStatus.UNAUTHORIZED if is_who else HTTPStatus.BAD_REQUEST
        told = TokenRefusal(error=error, error_description=words.text(f"oauth.{error}"))
        headers = {"www-authenticate": 'Basic realm="passerelle"'} if is_who else None
        return JSONResponse(told.model_dump(), status, headers=headers)

    if form is None or "grant_type" not in form:
        return refused("invalid_request")
    if form["grant_type"] != GRANT:
        return refused("unsupported_grant_type")
    client_id, secret = _who(request, form)
    now = service.now()
    with service.database.writing() as connection:
        row = client_of(connection, client_id, secret, now=now)
        if row is None:
            return refused("invalid_client")
        scopes = form.get("scope", row.scopes).split()
        if not {*scopes} <= {*row.scopes.split()}:
            return refused("invalid_scope")
        token = tokens.issue(connection, client_id, scopes, secret=service.secret, now=now)
    lasts = int(tokens.LASTS.total_seconds())
    return Token(access_token=token, expires_in=lasts, scope=" ".join(scopes))


def _who(request: Request, form: dict[str, str]) -> tuple[str, str]:
    """The client's identifier and secret; empty where they are not said."""
    header = request.headers.get("authorization", "")
    if not header.lower().startswith(BASIC):
        return form.get("client_id", ""), form.get("client_secret", "")
    try:
        said = base64.b64decode(header[len(BASIC) :], validate=True).decode()
    except (binascii.Error, ValueError):
        return "", ""
    client_id, _, secret = said.partition(":")
    client_id, secret = unquote_plus(client_id), unquote_plus(secret)
    return ("", "") if "\0" in client_id else (client_id, secret)
