"""
Access tokens of partners: JSON Web Tokens (RFC 9068) signed with ES256, good for a while.

Signer and verifier are the same service, so a token is read in one form only: the header must
be, byte for byte, the one we write. Keys renew themselves: a new one signs after ``SIGNS_FOR``,
the former verifies until its last token is over. Private keys are kept encrypted under the
installation's secret.
"""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)

from api.auth.actor import Actor
from api.auth.credentials import actor_of_row, standing_credential
from api.db.tables.partners import signing_key
from api.wrapping import unwrap, wrap

ISSUER, AUDIENCE = "passerelle", "passerelle-api"
LASTS = timedelta(minutes=15)
SIGNS_FOR = timedelta(days=30)
LEEWAY = timedelta(seconds=60)  # clocks of several processes are not quite the same
_N_SIDE = 32  # bytes of each half of an ES256 signature
_ES256 = ec.ECDSA(hashes.SHA256())


def issue(
    connection: sa.Connection,
    client_id: str,
    scopes: Sequence[str],
    *,
    secret: bytes,
    now: datetime,
) -> str:
    """A token for a client, with those scopes."""
    kid, key = _current_key(connection, secret=secret, now=now)
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": client_id,
        "client_id": client_id,
        "scope": " ".join(scopes),
        "iat": int(now.timestamp()),
        "exp": int((now + LASTS).timestamp()),
        "jti": secrets.token_hex(8),
    }
    signed = f"{_header(kid)}.{_encoded(json.dumps(claims).encode())}"
    left, right = decode_dss_signature(key.sign(signed.encode(), _ES256))
    signature = left.to_bytes(_N_SIDE, "big") + right.to_bytes(_N_SIDE, "big")
    return f"{signed}.{_encoded(signature)}"


def actor_of(
    connection: sa.Connection, token: str, *, secret: bytes, now: datetime
) -> Actor | None:
    """Whose token it is; a credential revoked since, or a scope taken from it, no longer counts."""
    claims = claims_of(connection, token, secret=secret, now=now)
    row = None if claims is None else standing_credential(connection, claims["client_id"])
    if row is None or claims is None:
        return None
    return actor_of_row(row, sorted({*claims["scope"].split()} & {*row.scopes.split()}))


def claims_of(
    connection: sa.Connection, token: str, *, secret: bytes, now: datetime
) -> dict[str, Any] | None:
    """What a token says; ``None`` when it is not ours, was changed, is over or not yet begun."""
    try:
        header, body, signature = token.split(".")
        kid = str(json.loads(_decoded(header))["kid"])
        if not kid.isalnum():
            return None  # not one we drew; a NUL in it is more than PostgreSQL takes
        sides = _decoded(signature)
        if header != _header(kid) or len(sides) != 2 * _N_SIDE:
            return None
        key = _known_key(connection, kid, secret=secret, now=now)
        if key is None:
            return None
        signed = f"{header}.{body}".encode()
        key.public_key().verify(_both(sides), signed, _ES256)
    except (ValueError, KeyError, TypeError, RecursionError, InvalidSignature):
        return None
    claims: dict[str, Any] = json.loads(_decoded(body))
    instant, leeway = now.timestamp(), LEEWAY.total_seconds()
    is_now = claims["iat"] - leeway <= instant < claims["exp"] + leeway
    return claims if is_now and claims["aud"] == AUDIENCE else None


def _current_key(
    connection: sa.Connection, *, secret: bytes, now: datetime
) -> tuple[str, ec.EllipticCurvePrivateKey]:
    """The key that signs now; a new one when there is none or it has signed for long enough."""
    over = now - SIGNS_FOR - LASTS - LEEWAY
    connection.execute(signing_key.delete().where(signing_key.c.made_at <= over))
    row = connection.execute(
        sa.select(signing_key)
        .where(signing_key.c.made_at > now - SIGNS_FOR)
        .order_by(signing_key.c.made_at.desc(), signing_key.c.kid)
        .limit(1)
    ).one_or_none()
    if row is not None:
        return row.kid, _opened(row.wrapped_key, row.kid, secret=secret)
    kid, key = secrets.token_hex(8), ec.generate_private_key(ec.SECP256R1())
    plain = key.private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    wrapped = wrap(secret, plain, bound_to=kid)
    connection.execute(signing_key.insert(), {"kid": kid, "wrapped_key": wrapped, "made_at": now})
    return kid, key


def _known_key(
    connection: sa.Connection, kid: str, *, secret: bytes, now: datetime
) -> ec.EllipticCurvePrivateKey | None:
    wrapped = connection.scalar(
        sa.select(signing_key.c.wrapped_key).where(
            signing_key.c.kid == kid, signing_key.c.made_at > now - SIGNS_FOR - LASTS - LEEWAY
        )
    )
    return None if wrapped is None else _opened(wrapped, kid, secret=secret)


def _opened(wrapped: bytes, kid: str, *, secret: bytes) -> ec.EllipticCurvePrivateKey:
    key = serialization.load_der_private_key(unwrap(secret, wrapped, bound_to=kid), None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise TypeError("a signing key of another kind")
    return key


def _header(kid: str) -> str:
    header = {"alg": "ES256", "kid": kid, "typ": "at+jwt"}
    return _encoded(json.dumps(header, separators=(",", ":")).encode())


def _both(sides: bytes) -> bytes:
    left, right = sides[:_N_SIDE], sides[_N_SIDE:]
    return encode_dss_signature(int.from_bytes(left, "big"), int.from_bytes(right, "big"))


def _encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def _decoded(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
