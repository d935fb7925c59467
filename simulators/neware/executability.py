"""Whether a channel can execute a program: every reason to refuse it before anything starts."""

from __future__ import annotations

from simulators.neware.channel_errors import NotExecutable
from simulators.neware.channel_hardware import ChannelHardware
from simulators.neware.step_program import EXECUTABLE, Condition, Step, StepKind, StepProgram

__all__ = ["check_executable", "set_current_A"]

MAX_STEPS = 254
_HELD: frozenset[StepKind] = frozenset({"cv_charge", "cv_discharge", "cccv_charge", "cccv_discharge"})
_CONSTANT: frozenset[StepKind] = frozenset({"cc_charge", "cc_discharge"})


def check_executable(program: StepProgram, hardware: ChannelHardware) -> None:
    """Raise NotExecutable with the step and the reason."""
    count = len(program.steps)
    if not 1 <= count <= MAX_STEPS:
        raise NotExecutable(f"a step file holds 1 to {MAX_STEPS} steps, this one {count}")
    if not any(step.kind == "end" for step in program.steps):
        raise NotExecutable("the file has no end step")
    if not 1 <= program.start_step <= count:
        raise NotExecutable(f"start step {program.start_step} is not in the file")
    for step in program.steps:
        reason = _reason(step, program, hardware)
        if reason:
            raise NotExecutable(f"step {step.number} ({step.kind}): {reason}")
    if program.steps[-1].kind != "end":
        raise NotExecutable("the last step is no end step")


def set_current_A(step: Step, program: StepProgram, hardware: ChannelHardware) -> float:
    """Unsigned current of a step. A held voltage without one takes that of the constant current before it.

    # unconfirmed on hardware: writers of step files rely on this, unicycler's at least
    """
    if step.kind == "rest":
        return 0.0
    before = [s.current_A for s in program.steps[: step.number] if s.current_A is not None and s.kind in _CONSTANT]
    if step.current_A is not None:
        return step.current_A
    return before[-1] if before else hardware.current_max_A


def _reason(step: Step, program: StepProgram, hardware: ChannelHardware) -> str | None:
    if step.kind not in EXECUTABLE:
        return "this kind of step is not implemented in this channel"
    if step.kind == "cycle":
        return _cycle_reason(step)
    if step.kind in {"end", "pause"}:
        return None
    return _missing(step) or _beyond_range(step, program, hardware) or _bad_jump(step, len(program.steps))


def _cycle_reason(step: Step) -> str | None:
    if step.start_step is None or not 1 <= step.start_step < step.number:
        return f"start step {step.start_step} does not lie before it"
    if step.cycle_count is None or step.cycle_count < 1:
        return f"cycle count {step.cycle_count} is not positive"
    return None


def _missing(step: Step) -> str | None:
    if step.kind == "rest" and step.duration_s is None and not step.conditions:
        return "a rest without time never ends"
    if step.kind in _CONSTANT | {"cccv_charge", "cccv_discharge"} and not step.current_A:
        return "no current"
    if step.kind in _HELD and step.voltage_V is None:
        return "no voltage"
    ends = (step.stop_current_A, step.duration_s, step.capacity_Ah)
    if step.kind in _HELD and all(end is None for end in ends) and not step.conditions:
        return "a held voltage without stop current, time or capacity never ends"
    return None


def _beyond_range(step: Step, program: StepProgram, hardware: ChannelHardware) -> str | None:
    current_A = set_current_A(step, program, hardware)
    if current_A > hardware.current_max_A:
        return f"{current_A} A is beyond the channel's {hardware.current_max_A} A"
    for voltage_V in (step.voltage_V, step.stop_voltage_V):
        if voltage_V is not None and not hardware.voltage_min_V <= voltage_V <= hardware.voltage_max_V:
            return f"{voltage_V} V is outside the channel's {hardware.voltage_min_V} to {hardware.voltage_max_V} V"
    return None


def _bad_jump(step: Step, count: int) -> str | None:
    def lost(condition: Condition) -> bool:
        return isinstance(condition.jump, int) and not 1 <= condition.jump <= count

    return "a condition jumps outside the file" if any(map(lost, step.conditions)) else None
