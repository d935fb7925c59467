"""Passwords, tokens, names, roles."""

from __future__ import annotations

import pytest

from orchestrator.people.login_name import fits_as_name
from orchestrator.people.password import hash_password, password_problem, verify_nobody, verify_password
from orchestrator.people.role import Role
from orchestrator.people.secret import csrf_token, fingerprint, new_secret, new_token


def test_a_password_is_kept_as_argon2id_and_found_again() -> None:
    encoded = hash_password("copper foil at noon")

    assert encoded.startswith("$argon2id$")
    assert "copper" not in encoded
    assert hash_password("copper foil at noon") != encoded
    assert verify_password(encoded, "copper foil at noon")
    assert not verify_password(encoded, "copper foil at Noon")


@pytest.mark.parametrize(
    "encoded", ["", "x", "$argon2id$v=19$m=1,t=1,p=1$AAAA$BBBB", "5f4dcc3b5aa765d61d8327deb882cf99"]
)
def test_a_hash_that_makes_no_sense_fits_no_password(encoded: str) -> None:
    assert not verify_password(encoded, "")
    assert not verify_password(encoded, "copper foil at noon")


def test_nobody_has_no_password() -> None:
    assert not verify_nobody("nobody has this password")


@pytest.mark.parametrize(
    ("password", "says"),
    [("short", "has 5 characters; take at least 10"), ("a" * 201, "more than 200"), ("ababababab", "too easy to guess"),
     ("Anna.Meier@lab", "too easy to guess")],
)  # fmt: skip
def test_a_bad_password_is_told_in_one_line(password: str, says: str) -> None:
    assert says in (password_problem(password, "anna.meier@lab") or "")


def test_a_long_sentence_in_any_writing_is_good() -> None:
    assert password_problem("电池在三十度下循环了五百次", "anna") is None
    assert verify_password(hash_password("电池在三十度下循环了五百次"), "电池在三十度下循环了五百次")


@pytest.mark.parametrize("name", ["", "Anna", "a b", "-x", "a" * 65, "anna\n", "ännä", "a/b", "<b>"])
def test_names_that_do_not_fit(name: str) -> None:
    assert not fits_as_name(name)


def test_names_that_fit() -> None:
    assert all(fits_as_name(name) for name in ("anna", "li.wei", "a-1_2", "anna@lab.example", "a" * 64))


def test_each_role_may_what_those_below_may() -> None:
    assert [[a.covers(b) for b in Role] for a in Role] == [
        [True, False, False],
        [True, True, False],
        [True, True, True],
    ]


def test_secrets_are_long_different_and_not_in_what_is_kept() -> None:
    secrets = {new_secret() for _ in range(100)}

    assert len(secrets) == 100
    assert all(len(secret) == 43 for secret in secrets)
    assert new_token().startswith("cellbench_")
    for secret in secrets:
        assert secret not in fingerprint(secret)
        assert csrf_token(secret) not in (secret, fingerprint(secret))
