"""People, their sessions and their tokens."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from orchestrator.people.login_name import NAME_PATTERN
from orchestrator.people.password import LENGTH_MAX
from orchestrator.people.role import Role
from orchestrator.web.models.fields import Line

__all__ = ["Login", "NewToken", "NewUser", "PasswordChange", "SessionAnswer", "TokenAnswer", "TokenMade", "UserAnswer",
           "UserChange", "UserName"]  # fmt: skip

TOKEN_DAYS_MAX = 730

UserName = Annotated[str, StringConstraints(pattern=NAME_PATTERN), Field(examples=["anna"])]
Password = Annotated[
    str, StringConstraints(min_length=1, max_length=LENGTH_MAX), Field(examples=["four words at least"])
]


class Login(BaseModel):
    """Name and password."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, StringConstraints(min_length=1, max_length=64)] = Field(examples=["anna"])
    password: Password


class SessionAnswer(BaseModel):
    """Who is asking."""

    name: str | None = Field(description="null: the lab has no logins.", examples=["anna"])
    role: Role
    token: str | None = Field(None, description="What the token is for, where a program asks.")
    csrf_token: str | None = Field(None, description="A page sends it as `X-CSRF-Token` with everything it writes.")


class PasswordChange(BaseModel):
    """One's own password."""

    model_config = ConfigDict(extra="forbid")

    old_password: Password
    new_password: Password


class NewUser(BaseModel):
    """A person who may log in from now on."""

    model_config = ConfigDict(extra="forbid")

    name: UserName
    role: Role
    password: Password


class UserChange(BaseModel):
    """What is given changes; the rest stays."""

    model_config = ConfigDict(extra="forbid")

    role: Role | None = None
    password: Password | None = None
    disabled: bool | None = Field(None, description="true: may not log in, sessions end and tokens are revoked.")


class UserAnswer(BaseModel):
    """One person. Times are real time."""

    name: str = Field(examples=["anna"])
    role: Role
    created_unix_s: float
    disabled_unix_s: float | None


class NewToken(BaseModel):
    """For a program that asks in one's own name."""

    model_config = ConfigDict(extra="forbid")

    label: Line = Field(description="What it is for.", examples=["night script"])
    role: Role = Field(Role.VIEWER, description="The most that it may do; never more than its person.")
    days: Annotated[int, Field(ge=1, le=TOKEN_DAYS_MAX)] = Field(90, description="It ends after so many days.")


class TokenAnswer(BaseModel):
    """One token, without its secret. Times are real time."""

    id: int
    user_name: str
    label: str
    role: Role
    created_unix_s: float
    expires_unix_s: float
    used_unix_s: float | None
    revoked_unix_s: float | None


class TokenMade(TokenAnswer):
    """A new token with its secret, which is shown this once and kept nowhere."""

    secret: str
