"""Bytes encrypted under a key, bound to what they belong to: AES-GCM with a fresh nonce."""

from __future__ import annotations

import os

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

N_KEY, N_NONCE = 32, 12


def wrap(key: bytes, plain: bytes, *, bound_to: str) -> bytes:
    """Encrypt; only the same key and the same ``bound_to`` open it again."""
    nonce = os.urandom(N_NONCE)
    return nonce + AESGCM(key[:N_KEY]).encrypt(nonce, plain, bound_to.encode())


def unwrap(key: bytes, wrapped: bytes, *, bound_to: str) -> bytes:
    """Decrypt what ``wrap`` made."""
    return AESGCM(key[:N_KEY]).decrypt(wrapped[:N_NONCE], wrapped[N_NONCE:], bound_to.encode())
