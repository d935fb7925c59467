"""People and their tokens. Logging in is for browsers: a program has a token."""

from __future__ import annotations

from orchestrator.client.connection import Connection, part
from orchestrator.web.models.people import (
    NewToken,
    NewUser,
    SessionAnswer,
    TokenAnswer,
    TokenMade,
    UserAnswer,
    UserChange,
)

__all__ = ["PeopleCalls"]


class PeopleCalls(Connection):
    """People and tokens."""

    def session(self) -> SessionAnswer:
        """Who is asking, and what they may."""
        return self.get(SessionAnswer, "session")

    def users(self) -> list[UserAnswer]:
        """People who may log in."""
        return self.get(list[UserAnswer], "users")

    def add_user(self, user: NewUser) -> UserAnswer:
        """Add a person."""
        return self.send("POST", UserAnswer, "users", user)

    def change_user(self, name: str, change: UserChange) -> UserAnswer:
        """Give a person another role or password, or shut them out; only what was set."""
        return self.send("PATCH", UserAnswer, f"users/{part(name)}", change)

    def tokens(self) -> list[TokenAnswer]:
        """One's own tokens; an admin sees everybody's."""
        return self.get(list[TokenAnswer], "tokens")

    def add_token(self, token: NewToken) -> TokenMade:
        """Make a token for oneself; its secret is in this answer alone."""
        return self.send("POST", TokenMade, "tokens", token)

    def revoke_token(self, token_id: int) -> TokenAnswer:
        """End a token, at once."""
        return self.send("DELETE", TokenAnswer, f"tokens/{token_id}")
