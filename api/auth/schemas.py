"""What signing in sends and answers."""

from __future__ import annotations

from pydantic import Field, SecretStr

from api.schemas import Entry, View


class SignIn(Entry):
    """A login and its password."""

    login: str = Field(min_length=1, max_length=200, examples=["clerk@la-sambrienne"])
    password: SecretStr = Field(min_length=1, max_length=1_000, examples=["a long pass phrase"])


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
