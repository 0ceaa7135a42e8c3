"""Pages to sign in and out: with a local account, or at the provider of identities."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import RedirectResponse, Response

from allocation.errors import HousingError
from api.auth import accounts, sessions
from api.auth.actor import Actor
from api.auth.oidc import attempts
from api.auth.oidc.access_rules import AccessRule, read_access_rules
from api.auth.oidc.faults import NotSetUpError, RefusedByProviderError, StateError
from api.auth.oidc.identities import account_of, is_linked
from api.auth.oidc.provider import Provider
from api.errors import sentence_of, status_of
from api.operation.limits import SignInCounted
from api.requests import Serving, words_of
from api.service import Service
from api.web.refusals import SIGN_IN, PageRoute
from api.web.rendering import page
from api.web.visitor import (
    HOME,
    SameSite,
    cookie_name,
    drop_cookie,
    keep_cookie,
    known_visitor,
    own_page,
    token_in_cookie,
)

router = APIRouter(route_class=PageRoute, include_in_schema=False)
FORM = "application/x-www-form-urlencoded"
BROWSER = "browser"  # the cookie that says in which browser a sign-in was begun
LONGEST = 1_000
NextPage = Annotated[str, Query(alias="next", max_length=2_000)]
Answered = Annotated[str, Query(max_length=2_000)]
Visitor = Annotated[Actor | None, Depends(known_visitor)]


def provider_of(request: Request) -> Provider:
    """The provider of this installation; ``oidc.not_set_up`` when there is none."""
    found: Provider | None = request.app.state.oidc
    if found is None:
        raise NotSetUpError("No provider.")
    return found


Oidc = Annotated[Provider, Depends(provider_of)]


async def _form(request: Request) -> dict[str, str]:
    """The fields of a form; nothing of another kind of body."""
    if not request.headers.get("content-type", "").startswith(FORM):
        return {}
    content = (await request.body()).decode(errors="replace")
    return {name: value[:LONGEST] for name, value in parse_qsl(content, max_num_fields=20)}


Form = Annotated[dict[str, str], Depends(_form)]


@router.get("/session")
def ask_to_sign_in(request: Request, visitor: Visitor, next_page: NextPage = HOME) -> Response:
    """The form of a local account, and the way to the provider."""
    if visitor is not None:
        return _to(own_page(next_page))
    return _sign_in_page(request, next_page=own_page(next_page))


@router.post("/session")
def sign_in(
    request: Request, _here: SameSite, _counted: SignInCounted, form: Form, service: Serving
) -> Response:
    """Open a session with a local account; what is refused is said above the form."""
    next_page = own_page(form.get("next", HOME))
    try:
        account_id = accounts.sign_in(
            service.database,
            form.get("login", ""),
            form.get("password", ""),
            code=form.get("code", ""),
            secret=service.secret,
            now=service.now(),
        )
    except (accounts.SignInError, accounts.SecondFactorNeededError) as refusal:
        return _sign_in_page(
            request, next_page=next_page, login=form.get("login", ""), refusal=refusal
        )
    return _opened(service, account_id, next_page)


@router.post("/session/end")
def sign_out(request: Request, _here: SameSite, service: Serving) -> Response:
    """Close the session here and, for an account of the provider, the one there."""
    token, is_at_provider = token_in_cookie(request), False
    with service.database.writing() as connection:
        actor = sessions.actor_of(connection, token, now=service.now())
        is_at_provider = actor is not None and is_linked(connection, actor.actor_id)
        sessions.close_session(connection, token)
    provider: Provider | None = request.app.state.oidc
    back = f"{service.settings.base_url}{SIGN_IN}"
    end = provider.address_of_end(back) if provider and is_at_provider else ""
    response = _to(end or SIGN_IN)
    drop_cookie(response, service.settings, "session")
    return response


@router.get("/session/oidc")
def begin_at_provider(
    request: Request,
    _counted: SignInCounted,
    provider: Oidc,
    service: Serving,
    next_page: NextPage = HOME,
) -> Response:
    """Send the browser to the provider."""
    settings = service.settings
    browser = request.cookies.get(cookie_name(settings, BROWSER), "")
    provider.document()  # the provider is asked before anything is written
    with service.database.writing() as connection:
        attempt = attempts.begin(
            connection,
            own_page(next_page),
            browser=browser,
            secret=service.secret,
            now=service.now(),
        )
    response = _to(provider.address_for(attempt))
    minutes = int(attempts.LASTS.total_seconds() // 60)
    keep_cookie(response, settings, BROWSER, attempt.browser, minutes=minutes)
    return response


@router.get("/session/oidc/callback")
def come_back_from_provider(
    request: Request,
    provider: Oidc,
    service: Serving,
    state: Answered = "",
    code: Answered = "",
    error: Answered = "",
) -> Response:
    """Take up the sign-in that was begun, once, and open a session for whom the provider names."""
    browser = request.cookies.get(cookie_name(service.settings, BROWSER), "")
    with service.database.writing() as connection:
        kept = attempts.take(connection, state, browser, secret=service.secret, now=service.now())
    if kept is None:  # said once the sign-in is gone for good
        raise StateError("No such sign-in.")
    if error or not code:
        raise RefusedByProviderError("Refused.", reason=error[:80] or "-")
    told = provider.who_is(code, kept)
    with service.database.writing() as connection:
        account_id = account_of(
            connection,
            told,
            rules=_rules(service),
            may_create=service.settings.oidc_new_accounts == "create",
            now=service.now(),
        )
    response = _opened(service, account_id, kept.next_page)
    drop_cookie(response, service.settings, BROWSER)
    return response


def _rules(service: Service) -> tuple[AccessRule, ...] | None:
    file = service.settings.oidc_access_file
    return read_access_rules(file) if file else None


def _opened(service: Service, account_id: str, next_page: str) -> Response:
    minutes = service.settings.session_minutes
    with service.database.writing() as connection:
        token = sessions.open_session(connection, account_id, now=service.now(), minutes=minutes)
    response = _to(next_page)
    keep_cookie(response, service.settings, "session", token, minutes=minutes)
    return response


def _sign_in_page(
    request: Request, *, next_page: str, login: str = "", refusal: HousingError | None = None
) -> Response:
    return page(
        request,
        "sign_in.html.j2",
        status=status_of(refusal) if refusal else 200,
        is_signed_in=False,
        next_page=next_page,
        login=login,
        refusal=sentence_of(refusal, words_of(request)) if refusal else "",
        has_provider=request.app.state.oidc is not None,
    )


def _to(address: str) -> RedirectResponse:
    return RedirectResponse(address, HTTPStatus.SEE_OTHER)
