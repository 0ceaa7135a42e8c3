"""What a person does about their own way in, and an administrator about that of others."""

from __future__ import annotations

import base64
from typing import Annotated

import sqlalchemy as sa
from fastapi import APIRouter, Depends, Path, Request, status

from api.access import AbsentError, DeniedError, visible_to
from api.auth import second_factor, sessions
from api.auth.actor import Actor
from api.auth.schemas import (
    AccountList,
    AccountView,
    FactorBegun,
    FactorCode,
    RecoveryCodes,
    SessionList,
    SessionView,
)
from api.auth.totp import provisioning_uri
from api.db.tables.organisations import account, staff_session
from api.db.tables.second_factors import second_factor as factors
from api.journal import append
from api.requests import Allowed, Reading, Serving, Writing, known_actor, token_of
from api.routing import Route

router = APIRouter(tags=["session"], route_class=Route)


def signed_in_person(request: Request, actor: Annotated[Actor, Depends(known_actor)]) -> Actor:
    """Who is calling, when it is a person with a session; a program has no telephone."""
    if not token_of(request).startswith(sessions.PREFIX):
        raise DeniedError("For persons only.")
    return actor


Person = Annotated[Actor, Depends(signed_in_person)]
Administrator = Annotated[Actor, Depends(Allowed("accounts.manage"))]
AccountId = Annotated[str, Path(max_length=100)]


@router.post("/session/second-factor", status_code=status.HTTP_201_CREATED)
def begin_factor(actor: Person, connection: Writing, service: Serving) -> FactorBegun:
    """Draw a secret for an authenticator application; it counts once confirmed."""
    shared = second_factor.begin(connection, actor.actor_id, secret=service.secret)
    login = connection.scalar(
        sa.select(account.c.login).where(account.c.account_id == actor.actor_id)
    )
    return FactorBegun(
        secret=base64.b32encode(shared).decode(), address=provisioning_uri(shared, str(login))
    )


@router.post("/session/second-factor/confirmation")
def confirm_factor(
    actor: Person, asked: FactorCode, connection: Writing, service: Serving
) -> RecoveryCodes:
    """Put the second factor to use, with a code it shows."""
    me, now = actor.actor_id, service.now()
    codes = second_factor.confirm(connection, me, asked.code, secret=service.secret, now=now)
    append(connection, "account.second_factor_set", subject=me, actor=actor, now=now)
    return RecoveryCodes(codes=codes)


@router.get("/sessions")
def list_sessions(
    request: Request, actor: Person, connection: Reading, service: Serving
) -> SessionList:
    """Where the caller's account is signed in."""
    this = sessions.session_id_of(token_of(request))
    found = sessions.sessions_of(connection, actor.actor_id, now=service.now())
    return SessionList(
        items=[SessionView(**row._mapping, is_this=row.session_id == this) for row in found]
    )


@router.delete("/sessions/{session_id}", status_code=status.HTTP_204_NO_CONTENT)
def close_session(
    actor: Person,
    session_id: Annotated[str, Path(pattern="^[0-9a-f]{16}$")],
    connection: Writing,
) -> None:
    """Close a session of the caller's account; one that is over already is no fault."""
    sessions.close_sessions(connection, actor.actor_id, session_id=session_id)


@router.get("/accounts")
def list_accounts(actor: Administrator, connection: Reading, service: Serving) -> AccountList:
    """The accounts of the caller's organisation."""
    is_open = sa.select(sa.func.count()).where(
        staff_session.c.account_id == account.c.account_id,
        staff_session.c.expires_at > service.now(),
    )
    query = (
        sa.select(
            account,
            factors.c.confirmed_at.is_not(None).label("has_second_factor"),
            is_open.scalar_subquery().label("n_sessions"),
        )
        .outerjoin(factors, factors.c.account_id == account.c.account_id)
        .where(visible_to(actor, account), account.c.organisation_id == actor.organisation_id)
        .order_by(account.c.login)
    )
    return AccountList(items=[AccountView.model_validate(r) for r in connection.execute(query)])


@router.delete("/accounts/{account_id}/second-factor", status_code=status.HTTP_204_NO_CONTENT)
def take_factor_away(
    actor: Administrator, account_id: AccountId, connection: Writing, service: Serving
) -> None:
    """Take the second factor of somebody who lost it away; their sessions are closed."""
    _own_account(connection, actor, account_id)
    second_factor.take_away(connection, account_id)
    sessions.close_sessions(connection, account_id)
    act = "account.second_factor_taken_away"
    append(connection, act, subject=account_id, actor=actor, now=service.now())


@router.delete("/accounts/{account_id}/sessions", status_code=status.HTTP_204_NO_CONTENT)
def close_sessions(
    actor: Administrator, account_id: AccountId, connection: Writing, service: Serving
) -> None:
    """Close every session of somebody's account."""
    _own_account(connection, actor, account_id)
    closed = sessions.close_sessions(connection, account_id)
    append(
        connection,
        "account.sessions_closed",
        subject=account_id,
        actor=actor,
        now=service.now(),
        content={"closed": closed},
    )


def _own_account(connection: sa.Connection, actor: Actor, account_id: str) -> None:
    found = sa.select(account.c.account_id).where(
        visible_to(actor, account),
        account.c.account_id == account_id,
        account.c.organisation_id == actor.organisation_id,
    )
    if connection.scalar(found) is None:
        raise AbsentError("No such account.")
