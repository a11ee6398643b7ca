"""Passwords cost an attacker as much as OWASP asks for argon2id; tests take cheaper ones."""

from argon2 import Type

from service.domain.people.passwords import fits, hashed
from tests.conftest import REAL_HASHER


def test_the_program_hashes_slowly() -> None:
    assert REAL_HASHER.type is Type.ID
    assert REAL_HASHER.time_cost >= 2
    assert REAL_HASHER.memory_cost >= 19 * 1024
    hash_ = REAL_HASHER.hash("correct horse")
    assert fits(hash_, "correct horse")
    assert not fits(hash_, "correct horses")


def test_nobody_fits_nothing() -> None:
    assert not fits(None, "nobody")
    assert hashed("a") != hashed("a"), "salted"
