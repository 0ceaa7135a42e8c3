"""What signing in sends and answers."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field, SecretStr

from api.schemas import Entry, View


class SignIn(Entry):
    """A login and its password."""

    login: str = Field(min_length=1, max_length=200, examples=["clerk@la-sambrienne"])
    password: SecretStr = Field(min_length=1, max_length=1_000, examples=["a long pass phrase"])

    code: str = Field(
        default="",
        max_length=40,
        description="Of the second factor, when the account has one; or a recovery code.",
        examples=[""],
    )


class OpenSession(View):
    """The token to send as `Authorization: Bearer TOKEN`."""

    token: str
    minutes: int


class Me(View):
    """Who is calling."""

    actor_id: str
    organisation_id: str
    organisation_kind: str
    role: str
    acts: list[str] = Field(description="What this role may do.")


class FactorBegun(View):
    """A second factor to be put into an authenticator application, then confirmed by a code."""

    secret: str = Field(description="Base 32, to be typed.")
    address: str = Field(description="The same as an `otpauth:` address, to be shown as a code.")


class FactorCode(Entry):
    """The code the application shows."""

    code: str = Field(min_length=6, max_length=6, examples=["123456"])


class RecoveryCodes(View):
    """Each lets in once without the application; they are shown this once."""

    codes: list[str]


class SessionView(View):
    """A session that is open."""

    session_id: str
    opened_at: datetime
    expires_at: datetime
    is_this: bool


class SessionList(View):
    """The sessions of the caller's account that are open, the latest first."""

    items: list[SessionView]


class AccountView(View):
    """An account of the caller's organisation."""

    account_id: str
    login: str
    name: str
    role: str
    is_active: bool
    has_second_factor: bool
    n_sessions: int


class AccountList(View):
    """The accounts of the caller's organisation."""

    items: list[AccountView]
