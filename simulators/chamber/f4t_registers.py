"""The holding registers of an F4T, data map 1, as far as a virtual chamber has them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from simulators.chamber.chamber import ALARMS, ChamberRefusal
from simulators.chamber.f4t import EVENTS, F4t
from simulators.chamber.f4t_codes import CODES, WORDS

__all__ = ["REGISTERS", "Register"]

_PART_NUMBER = "F4T1L1EAA1B1AAA"
_EVENTS = (16594, 16596, 16598, 16600, 16822, 16824, 16826, 16828)
_LATCH_WORDS = {False: "non-latching", True: "latching"}


@dataclass(frozen=True, slots=True)
class Register:
    """One value at an address: a word, or a float over two words."""

    floating: bool
    read: Callable[[F4t], float]
    write: Callable[[F4t, float], None] | None = None

    @property
    def words(self) -> int:
        """How many registers it takes."""
        return 2 if self.floating else 1


def _number(attribute: str, *, writable: bool = True) -> Register:
    def write(f4t: F4t, value: float) -> None:
        setattr(f4t, attribute, value)

    return Register(True, lambda f4t: float(getattr(f4t, attribute)), write if writable else None)


def _word(attribute: str, *allowed: str) -> Register:
    """Return a register that holds a code of these words; without any it is read-only."""

    def write(f4t: F4t, code: float) -> None:
        setattr(f4t, attribute, _meant(code, *allowed))

    return Register(False, lambda f4t: CODES[getattr(f4t, attribute)], write if allowed else None)


def _meant(code: float, *allowed: str) -> str:
    word = WORDS.get(int(code))
    if word not in allowed:
        raise ChamberRefusal(f"{code:g} is none of {', '.join(allowed)}")
    return word


def _set_power(f4t: F4t, percent: float) -> None:
    if not -100 <= percent <= 100:
        raise ChamberRefusal(f"{percent:g} % is outside -100 to 100 %")
    f4t.chamber.change(manual_percent=percent)


def _set_scale(f4t: F4t, code: float) -> None:
    f4t.per_minute = _meant(code, "minutes", "hours") == "minutes"


def _set_event(number: int, f4t: F4t, code: float) -> None:
    f4t.set_event(number, on=_meant(code, "on", "off") == "on")


def _loop() -> Iterator[tuple[int, Register]]:
    yield 2730, _word("mode", "off", "auto", "manual")
    yield 2774, _number("low")
    yield 2776, _number("high")
    yield 2782, _number("set_point")
    yield 2784, Register(True, lambda f4t: f4t.chamber.drive.manual_percent, _set_power)
    yield 2794, _word("ramp_action", "off", "startup", "set point", "both")
    yield 2796, Register(False, lambda f4t: CODES["minutes" if f4t.per_minute else "hours"], _set_scale)
    yield 2798, _number("ramp_rate")
    yield 2808, Register(True, lambda f4t: f4t.chamber.state.output_percent)
    yield 2810, _number("active_set_point", writable=False)
    yield 2814, _word("active_mode")
    yield 2820, _number("process_value", writable=False)
    yield 6730, _word("unit", "C", "F")
    yield 16602, _number("set_point", writable=False)
    yield 27586, _number("process_value", writable=False)


def _alarm_limit(index: int, attribute: str) -> Register:
    def write(f4t: F4t, value: float) -> None:
        f4t.chamber.advance()
        setattr(f4t.chamber.alarms[index], attribute, f4t.meant_degC(value))

    return Register(True, lambda f4t: f4t.shown(getattr(f4t.chamber.alarms[index], attribute)), write)


def _alarm_state(index: int, f4t: F4t) -> float:
    f4t.chamber.advance()
    alarm = f4t.chamber.alarms[index]
    return CODES["high" if alarm.forced and alarm.state == "none" else alarm.state]


def _set_latching(index: int, f4t: F4t, code: float) -> None:
    f4t.chamber.advance()
    f4t.chamber.alarms[index].latching = _meant(code, *_LATCH_WORDS.values()) == "latching"


def _alarm(index: int) -> Iterator[tuple[int, Register]]:
    at = 1330 + 100 * index
    yield at, Register(False, lambda _: CODES["process alarm"])
    yield at + 2, Register(False, lambda _: CODES["both"])
    yield at + 4, _alarm_limit(index, "high_degC")
    yield at + 6, _alarm_limit(index, "low_degC")
    yield (
        at + 12,
        Register(
            False,
            lambda f4t: CODES[_LATCH_WORDS[f4t.chamber.alarms[index].latching]],
            partial(_set_latching, index),
        ),
    )
    yield at + 26, Register(False, partial(_alarm_state, index))


def _limit() -> Iterator[tuple[int, Register]]:
    # unconfirmed on hardware: the three words of a limit controller that has not tripped
    yield 11250, Register(False, lambda f4t: CODES["error" if f4t.chamber.tripped else "none"])
    yield 11264, Register(False, lambda f4t: CODES["fail" if f4t.chamber.tripped else "ok"])
    yield 11288, Register(False, lambda _: CODES["none"])


def _events() -> Iterator[tuple[int, Register]]:
    for number in range(1, EVENTS + 1):
        read = partial(_event_code, number)
        yield _EVENTS[number - 1], Register(False, read, partial(_set_event, number))


def _event_code(number: int, f4t: F4t) -> float:
    return CODES["on" if f4t.events[number - 1] else "off"]


def _start_profile(f4t: F4t, code: float) -> None:
    _meant(code, "start")
    f4t.start_profile(f4t.profile_number)


def _resume_profile(f4t: F4t, code: float) -> None:
    _meant(code, "resume")
    f4t.chamber.resume_profile()


def _interrupt_profile(f4t: F4t, code: float) -> None:
    match _meant(code, "pause", "terminate", "none"):
        case "pause":
            f4t.chamber.pause_profile()
        case "terminate":
            f4t.chamber.terminate_profile()


def _set_profile_number(f4t: F4t, number: float) -> None:
    if not 1 <= number <= 40:
        raise ChamberRefusal(f"there is no profile {number:g}")
    f4t.profile_number = int(number)


def _profile_state(f4t: F4t) -> float:
    f4t.chamber.advance()
    state = f4t.chamber.profile.state
    return CODES["pause" if state == "paused" else state]


def _none(_: F4t) -> float:
    return CODES["none"]


def _profile() -> Iterator[tuple[int, Register]]:
    yield 16558, Register(False, lambda f4t: f4t.profile_number, _set_profile_number)
    yield 16562, Register(False, _none, _start_profile)
    yield 16564, Register(False, _none, _resume_profile)
    yield 16566, Register(False, _none, _interrupt_profile)
    yield 16568, Register(False, _profile_state)
    yield 16588, Register(False, lambda f4t: f4t.chamber.profile.number)
    yield 16590, Register(False, lambda f4t: f4t.chamber.profile.step)


def _part_number() -> Iterator[tuple[int, Register]]:
    for index, character in enumerate(_PART_NUMBER):
        yield 16 + index, Register(False, partial(_character, ord(character)))


def _character(code: int, _: F4t) -> float:
    return code


REGISTERS: Mapping[int, Register] = {
    address: register
    for part in (
        _part_number(), _loop(), *(_alarm(index) for index in range(ALARMS)), _limit(), _events(), _profile()
    )
    for address, register in part
}  # fmt: skip
