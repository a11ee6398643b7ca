"""Passwords (argon2id)."""

import secrets

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

HASHER = PasswordHasher()
NOBODY = HASHER.hash(secrets.token_urlsafe(16))
"""Checked if the login is unknown, so that the time of the answer does not tell."""


def hashed(password: str) -> str:
    """The argon2id hash of a password."""
    return HASHER.hash(password)


def fits(hash_: str | None, password: str) -> bool:
    """Whether the password belongs to the hash.

    :param hash_: None if the login is unknown; the check takes as long as with a hash.
    """
    try:
        HASHER.verify(hash_ or NOBODY, password)
    except VerificationError:
        return False
    return hash_ is not None
