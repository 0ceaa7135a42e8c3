"""Signing in, knowing who one is, signing out."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, status

from api.access import ACTS, may
from api.auth import accounts, sessions
from api.auth.actor import Actor
from api.auth.schemas import Me, OpenSession, SignIn
from api.operation.limits import SignInCounted
from api.requests import Serving, Writing, known_actor, token_of
from api.routing import Route

router = APIRouter(tags=["session"], route_class=Route)


@router.post("/session", status_code=status.HTTP_201_CREATED)
def sign_in(_counted: SignInCounted, asked: SignIn, service: Serving) -> OpenSession:
    """Open a session with a local account."""
    password = asked.password.get_secret_value()
    account_id = accounts.sign_in(
        service.database,
        asked.login,
        password,
        code=asked.code,
        secret=service.secret,
        now=service.now(),
    )
    minutes = service.settings.session_minutes
    with service.database.writing() as connection:
        token = sessions.open_session(connection, account_id, now=service.now(), minutes=minutes)
    return OpenSession(token=token, minutes=minutes)


@router.get("/session")
def who_am_i(actor: Annotated[Actor, Depends(known_actor)]) -> Me:
    """The caller, and what their role may do."""
    return Me(
        actor_id=actor.actor_id,
        organisation_id=actor.organisation_id,
        organisation_kind=actor.organisation_kind,
        role=actor.role,
        acts=sorted(act for act in ACTS if may(actor, act)),
    )


@router.delete("/session", status_code=status.HTTP_204_NO_CONTENT)
def sign_out(
    request: Request, _actor: Annotated[Actor, Depends(known_actor)], connection: Writing
) -> None:
    """Close this session."""
    sessions.close_session(connection, token_of(request))
