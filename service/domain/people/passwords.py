"""Passwords (argon2id)."""

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
