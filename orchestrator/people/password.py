"""Passwords: argon2id, with the parameters that its library recommends; only the hash is ever kept."""

from __future__ import annotations

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

__all__ = ["LENGTH_MAX", "LENGTH_MIN", "hash_password", "password_problem", "verify_nobody", "verify_password"]

LENGTH_MIN = 10
LENGTH_MAX = 200
"""Longer ones would only keep the processor busy."""

_hasher = PasswordHasher()


def password_problem(password: str, name: str) -> str | None:
    """What is wrong with a new password, in one line; None: nothing.

    Length is what counts (NIST SP 800-63B); no rules about kinds of characters, they make people write them down.
    """
    if len(password) < LENGTH_MIN:
        return f"the password has {len(password)} characters; take at least {LENGTH_MIN}, for example four words"
    if len(password) > LENGTH_MAX:
        return f"the password has more than {LENGTH_MAX} characters"
    if len(set(password)) < 4 or name.casefold() == password.casefold():
        return "the password is too easy to guess; take, for example, four words"
    return None


def hash_password(password: str) -> str:
    """The encoded argon2id hash, with salt and parameters."""
    return _hasher.hash(password)


def verify_password(encoded: str, password: str) -> bool:
    """Whether it is this password; about 50 ms of one core. A hash that makes no sense fits none."""
    try:
        return _hasher.verify(encoded, password[: LENGTH_MAX + 1])
    except (VerificationError, InvalidHashError):
        return False


def verify_nobody(password: str) -> bool:
    """Take as long as :func:`verify_password` for a name that does not exist, so that its answer does not tell that."""
    verify_password(_nobodys_hash(), password)
    return False


@cache
def _nobodys_hash() -> str:
    return hash_password("nobody has this password")
