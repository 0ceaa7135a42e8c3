"""
The provider of identities: what it says of itself, its keys, the exchange of a code.

What the provider publishes is kept for an hour; its keys are read again as soon as a token is
signed with one that is not known, so that it may change them at any time.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from api.auth.oidc.attempts import Attempt, Kept
from api.auth.oidc.faults import (
    ExpiredError,
    NotYetValidError,
    OidcError,
    ProviderAwayError,
    ProviderConfigurationError,
    RefusedByProviderError,
    TokenUnreadableError,
    WrongAudienceError,
    WrongIssuerError,
    WrongNonceError,
)
from api.settings import Settings

if TYPE_CHECKING:
    from authlib.integrations.httpx_client import OAuth2Client
    from joserfc.jwk import KeySet

DISCOVERY = "/.well-known/openid-configuration"
SCOPE = "openid profile email"
KEPT_FOR = timedelta(hours=1)
LEEWAY_SECONDS = 60  # two clocks are not quite the same
TIMEOUT_SECONDS = 5.0
N_SUBJECT = 255  # the longest subject the standard allows
# Signatures anybody can check and only the provider can make; none is taken from the token itself.
ALGORITHMS = ["ES256", "ES384", "ES512", "EdDSA", "PS256", "PS384", "PS512", "RS256", "RS512"]
_NEEDED = ("authorization_endpoint", "token_endpoint", "jwks_uri")
_OF_CLAIM: Mapping[str, type[OidcError]] = {
    "iss": WrongIssuerError,
    "aud": WrongAudienceError,
    "azp": WrongAudienceError,
    "nonce": WrongNonceError,
    "nbf": NotYetValidError,
    "iat": NotYetValidError,
}


@dataclass(frozen=True)
class Told:
    """Whom the provider says is there: the pair that names them, a name to show, every claim."""

    issuer: str
    subject: str
    name: str
    claims: Mapping[str, Any]


@dataclass
class Provider:
    """One provider, as set; several threads may use it."""

    issuer: str
    client_id: str
    client_secret: str
    redirect_uri: str
    now: Callable[[], datetime]
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _document: dict[str, Any] = field(default_factory=dict)
    _read_at: datetime | None = None
    _keys: KeySet | None = None

    @staticmethod
    def of(settings: Settings, now: Callable[[], datetime]) -> Provider | None:
        """The provider the settings name; ``None`` when they name none."""
        if not settings.oidc_issuer:
            return None
        return Provider(
            settings.oidc_issuer,
            settings.oidc_client_id,
            settings.oidc_client_secret(),
            f"{settings.base_url}/session/oidc/callback",
            now,
        )

    def address_for(self, attempt: Attempt) -> str:
        """Where the browser is sent to sign in."""
        with self._client() as client:
            address, _ = client.create_authorization_url(
                self.document()["authorization_endpoint"],
                state=attempt.state,
                code_verifier=attempt.verifier,
                nonce=attempt.nonce,
            )
        return str(address)

    def address_of_end(self, back_to: str) -> str:
        """Where the browser ends its session at the provider; empty when it has no such page."""
        end = str(self.document().get("end_session_endpoint", ""))
        asked = urlencode({"client_id": self.client_id, "post_logout_redirect_uri": back_to})
        return f"{end}?{asked}" if end else ""

    def who_is(self, code: str, kept: Kept) -> Told:
        """
        Exchange a code for an identity, and check it.

        Raises
        ------
        OidcError
            ``oidc.*``: the provider is away or refuses, or its token is not for this sign-in.
        """
        from authlib.integrations.httpx_client import OAuthError

        with self._client() as client:
            try:
                tokens = _asked(
                    lambda: client.fetch_token(
                        self.document()["token_endpoint"], code=code, code_verifier=kept.verifier
                    )
                )
            except OAuthError as refusal:
                raise RefusedByProviderError("Refused.", reason=refusal.error) from refusal
            claims = self.checked(str(tokens.get("id_token", "")), nonce=kept.nonce)
            more = self._userinfo(client, claims["sub"])
        every = {**more, **claims}
        name = str(every.get("name") or every.get("preferred_username") or claims["sub"])
        return Told(self.issuer, str(claims["sub"]), name, every)

    def checked(self, token: str, *, nonce: str) -> dict[str, Any]:
        """The claims of an identity token, signature, issuer, audience, days and nonce checked."""
        from authlib.oidc.core import CodeIDToken
        from joserfc.errors import ClaimError, ExpiredTokenError, JoseError

        header, said = self._opened(token)
        claims = CodeIDToken(
            said,
            header,
            options={"iss": {"value": self.issuer}, "aud": {"value": self.client_id}},
            params={"nonce": nonce, "client_id": self.client_id},
        )
        try:
            claims.validate(now=int(self.now().timestamp()), leeway=LEEWAY_SECONDS)
        except ExpiredTokenError as fault:
            raise ExpiredError("The token is over.") from fault
        except ClaimError as fault:
            kind = _OF_CLAIM.get(str(fault.claim), TokenUnreadableError)
            raise kind("A claim is refused.", claim=str(fault.claim)) from fault
        except JoseError as fault:
            raise TokenUnreadableError("The token is refused.") from fault
        if not 0 < len(claims["sub"]) <= N_SUBJECT:
            raise TokenUnreadableError("The token names nobody.")
        return dict(claims)

    def document(self) -> dict[str, Any]:
        """What the provider publishes of itself, read at most once an hour."""
        with self._lock:
            now = self.now()
            if self._read_at is None or now - self._read_at > KEPT_FOR:
                found = self._read(f"{self.issuer.rstrip('/')}{DISCOVERY}")
                if found.get("issuer") != self.issuer or not all(found.get(n) for n in _NEEDED):
                    raise ProviderConfigurationError("Another issuer.", issuer=self.issuer)
                self._document, self._read_at, self._keys = found, now, None
            return self._document

    def _opened(self, token: str) -> tuple[dict[str, Any], dict[str, Any]]:
        """Header and claims of a token that the provider signed, maybe with a new key."""
        from joserfc import jwt
        from joserfc.errors import InvalidKeyIdError, JoseError

        try:
            try:
                found = jwt.decode(token, self._known_keys(), algorithms=ALGORITHMS)
            except InvalidKeyIdError:
                found = jwt.decode(token, self._known_keys(anew=True), algorithms=ALGORITHMS)
        except (JoseError, ValueError) as fault:
            raise TokenUnreadableError("The token cannot be read.") from fault
        if not isinstance(found.claims, dict):
            raise TokenUnreadableError("The token holds no claims.")
        return dict(found.header), found.claims

    def _known_keys(self, *, anew: bool = False) -> KeySet:
        from joserfc.jwk import KeySet

        address = self.document()["jwks_uri"]
        with self._lock:
            if self._keys is None or anew:
                self._keys = KeySet.import_key_set(self._read(address))  # type: ignore[arg-type]
            return self._keys

    def _userinfo(self, client: OAuth2Client, subject: str) -> dict[str, Any]:
        """What the provider tells beside the token; of somebody else nothing is taken."""
        address = self.document().get("userinfo_endpoint")
        if not address:
            return {}
        told = _asked(lambda: client.get(address).raise_for_status().json())
        return told if isinstance(told, dict) and told.get("sub") == subject else {}

    def _read(self, address: str) -> dict[str, Any]:
        import httpx2

        found = _asked(
            lambda: httpx2.get(address, timeout=TIMEOUT_SECONDS).raise_for_status().json()
        )
        if not isinstance(found, dict):
            raise ProviderAwayError("The provider answers something else.", issuer=self.issuer)
        return found

    def _client(self) -> OAuth2Client:
        from authlib.integrations.httpx_client import OAuth2Client

        return OAuth2Client(
            self.client_id,
            self.client_secret,
            scope=SCOPE,
            redirect_uri=self.redirect_uri,
            code_challenge_method="S256",
            timeout=TIMEOUT_SECONDS,
        )


def _asked(question: Callable[[], Any]) -> Any:
    """The provider's answer; ``oidc.provider_away`` when there is none that can be read."""
    from httpx2 import HTTPError

    try:
        return question()
    except (HTTPError, ValueError) as fault:
        raise ProviderAwayError("The provider does not answer.") from fault
