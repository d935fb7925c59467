"""Random secrets of sessions and API tokens. They are shown once; what is kept is their SHA-256.

256 random bits need no slow hash: nobody guesses them, and a stolen table gives none of them away.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

__all__ = ["TOKEN_PREFIX", "csrf_token", "fingerprint", "new_secret", "new_token"]

TOKEN_PREFIX = "cellbench_"  # noqa: S105 - the part that is no secret: scanners find a leaked token by it
_BYTES = 32


def new_secret() -> str:
    """43 characters of the URL-safe alphabet."""
    return secrets.token_urlsafe(_BYTES)


def new_token() -> str:
    """A secret that one sees to be cellbench's."""
    return TOKEN_PREFIX + new_secret()


def fingerprint(secret: str) -> str:
    """What is stored of a secret."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def csrf_token(session_secret: str) -> str:
    """What a page of this session sends with everything that it writes; another site's page cannot know it."""
    return hmac.new(session_secret.encode(), b"csrf", hashlib.sha256).hexdigest()
