"""How many failed logins are taken."""

from __future__ import annotations

from orchestrator.people.login_attempts import LoginAttempts, WINDOW_s


def test_five_failures_of_a_name_from_an_address_are_taken_and_then_it_waits() -> None:
    attempts = LoginAttempts()
    for second in range(5):
        assert attempts.wait_s("anna", "192.0.2.1", second) == 0
        attempts.failed("anna", "192.0.2.1", second)

    assert attempts.wait_s("anna", "192.0.2.1", 4) == WINDOW_s - 4
    assert attempts.wait_s("anna", "192.0.2.1", WINDOW_s) == 0


def test_somebody_else_can_not_lock_a_person_out_from_another_place() -> None:
    attempts = LoginAttempts()
    for _ in range(19):
        attempts.failed("anna", "192.0.2.66", 0)

    assert attempts.wait_s("anna", "192.0.2.1", 1) == 0
    assert attempts.wait_s("li", "192.0.2.66", 1) == 0


def test_one_address_cannot_try_many_names() -> None:
    attempts = LoginAttempts()
    for number in range(20):
        attempts.failed(f"name{number}", "192.0.2.66", 0)

    assert attempts.wait_s("another", "192.0.2.66", 1) > 0


def test_many_addresses_cannot_try_one_name_for_ever() -> None:
    attempts = LoginAttempts()
    for number in range(50):
        attempts.failed("anna", f"192.0.2.{number}", 0)

    assert attempts.wait_s("anna", "198.51.100.1", 1) > 0


def test_a_success_forgives_what_was_mistyped() -> None:
    attempts = LoginAttempts()
    for _ in range(4):
        attempts.failed("anna", "192.0.2.1", 0)
    attempts.succeeded("anna", "192.0.2.1")
    attempts.failed("anna", "192.0.2.1", 1)

    assert attempts.wait_s("anna", "192.0.2.1", 1) == 0


def test_memory_is_bounded() -> None:
    attempts = LoginAttempts()
    for number in range(20_000):
        attempts.failed(f"name{number}", f"address{number}", number)

    assert len(attempts._failures) <= 10_000
