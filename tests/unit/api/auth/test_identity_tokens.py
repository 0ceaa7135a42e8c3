"""What a provider could get wrong in an identity token, or an attacker try: each is refused."""

from __future__ import annotations

import base64
import hmac
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

from api.auth.oidc.faults import OidcError
from api.auth.oidc.provider import LEEWAY_SECONDS, Provider

NOW = datetime(2026, 6, 15, 9, 0, tzinfo=UTC)
INSTANT = int(NOW.timestamp())
ISSUER = "https://login.example"
KEY = RSAKey.generate_key(2048, {"kid": "k1", "use": "sig"})
GOOD: dict[str, Any] = {
    "iss": ISSUER,
    "sub": "zoe",
    "aud": "passerelle",
    "exp": INSTANT + 300,
    "iat": INSTANT,
    "nonce": "the nonce",
}


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Provider:
    """A provider whose published pages are given, not asked for."""
    document = {
        "issuer": ISSUER,
        "authorization_endpoint": f"{ISSUER}/a",
        "token_endpoint": f"{ISSUER}/t",
        "jwks_uri": f"{ISSUER}/k",
    }

    def read(_: Provider, address: str) -> dict[str, Any]:
        return KeySet([KEY]).as_dict() if address.endswith("/k") else document

    monkeypatch.setattr(Provider, "_read", read)
    return Provider(ISSUER, "passerelle", "", "https://here.example/back", lambda: NOW)


def signed(claims: dict[str, Any], key: Any = KEY, **header: str) -> str:
    return jwt.encode({"alg": "RS256", "kid": "k1"} | header, claims, key)


def with_public_key_as_secret(body: str) -> str:
    """The oldest trick: what everybody knows used as a shared secret."""
    head = encoded(json.dumps({"alg": "HS256", "kid": "k1"}).encode())
    secret = KEY.as_pem(private=False)
    return f"{head}.{body}.{encoded(hmac.digest(secret, f'{head}.{body}'.encode(), 'sha256'))}"


def encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def test_a_good_token_is_read(provider: Provider) -> None:
    assert provider.checked(signed(GOOD), nonce="the nonce")["sub"] == "zoe"


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"nonce": "another"}, "oidc.wrong_nonce"),
        ({"nonce": None}, "oidc.wrong_nonce"),
        ({"aud": "another"}, "oidc.wrong_audience"),
        ({"aud": ["passerelle", "another"]}, "oidc.wrong_audience"),
        ({"aud": ["passerelle"], "azp": "another"}, "oidc.wrong_audience"),
        ({"iss": "https://evil.example"}, "oidc.wrong_issuer"),
        ({"exp": INSTANT - LEEWAY_SECONDS - 1}, "oidc.token_expired"),
        ({"iat": INSTANT + LEEWAY_SECONDS + 1}, "oidc.token_not_yet_valid"),
        ({"nbf": INSTANT + LEEWAY_SECONDS + 1}, "oidc.token_not_yet_valid"),
        ({"exp": None}, "oidc.token_unreadable"),
        ({"exp": "soon"}, "oidc.token_unreadable"),
        ({"sub": None}, "oidc.token_unreadable"),
        ({"sub": ""}, "oidc.token_unreadable"),
        ({"sub": 7}, "oidc.token_unreadable"),
    ],
)
def test_a_token_for_something_else_is_refused(
    provider: Provider, changed: dict[str, Any], code: str
) -> None:
    claims = {k: v for k, v in (GOOD | changed).items() if v is not None}
    with pytest.raises(OidcError) as refusal:
        provider.checked(signed(claims), nonce="the nonce")
    assert refusal.value.code == code


@pytest.mark.parametrize("seconds", [-LEEWAY_SECONDS + 1, LEEWAY_SECONDS - 1])
def test_clocks_may_differ_by_a_minute(provider: Provider, seconds: int) -> None:
    claims = GOOD | {"exp": INSTANT + min(seconds, 0) + 1, "iat": INSTANT + max(seconds, 0)}
    assert provider.checked(signed(claims), nonce="the nonce")


def test_a_token_signed_by_anybody_else_is_refused(provider: Provider) -> None:
    other = RSAKey.generate_key(2048, {"kid": "k1"})
    head, body, _ = signed(GOOD).split(".")
    forged = [
        signed(GOOD, other),
        signed(GOOD, kid="k2"),
        with_public_key_as_secret(body),
        f"{head}.{body}.",
        "eyJhbGciOiJub25lIn0." + body + ".",
        "",
        "x",
    ]
    for token in forged:
        with pytest.raises(OidcError) as refusal:
            provider.checked(token, nonce="the nonce")
        assert refusal.value.code == "oidc.token_unreadable", token


def test_a_provider_that_answers_under_another_name_is_not_used(provider: Provider) -> None:
    provider.issuer = "https://other.example"
    with pytest.raises(OidcError) as refusal:
        provider.document()
    assert refusal.value.code == "oidc.provider_is_another"
