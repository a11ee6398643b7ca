"""Passwords (argon2id) and secrets (random, kept as SHA-256)."""

import hashlib
import secrets

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

HASHER = PasswordHasher()
NOBODY = HASHER.hash(
    secrets.token_urlsafe(16)
)  # checked when the login is unknown, so that time tells nothing


def hashed(password: str) -> str:
    """An argon2id hash."""
    return HASHER.hash(password)


def fits(hash_: str | None, password: str) -> bool:
    """Whether the password belongs to the hash; takes as long without a hash as with one."""
    try:
        HASHER.verify(hash_ or NOBODY, password)
    except VerificationError:
        return False
    return hash_ is not None


def new_secret() -> str:
    """256 random bits, for a session or a token."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """What is stored of a secret: SHA-256, in hexadecimal."""
    return hashlib.sha256(secret.encode()).hexdigest()
