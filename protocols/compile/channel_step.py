"""One step that a channel executes, whatever its family."""

from __future__ import annotations

from protocols.compile.impedance import bind_impedance
from protocols.compile.job import Job
from protocols.compile.pulses import bind_gitt, bind_pulse
from protocols.compile.steps import bind_constant_current, bind_hold, bind_rest
from protocols.compile.voltage_scan import bind_cyclic_voltammetry, bind_sweep
from protocols.program import Step
from protocols.schema.steps import (
    ChargeStep,
    CyclicVoltammetryStep,
    DischargeStep,
    GittStep,
    HoldStep,
    ImpedanceStep,
    PulseStep,
    RestStep,
    SweepStep,
)

__all__ = ["ChannelStep", "bind_channel_step"]

ChannelStep = (
    RestStep
    | ChargeStep
    | DischargeStep
    | HoldStep
    | PulseStep
    | GittStep
    | SweepStep
    | CyclicVoltammetryStep
    | ImpedanceStep
)


def bind_channel_step(section: ChannelStep, job: Job) -> tuple[Step, ...]:
    """Bind a step; a few become several of the instrument. Raises Refusal."""
    match section:
        case RestStep(rest=rest):
            return (bind_rest(rest, job),)
        case ChargeStep(charge=charge):
            return (bind_constant_current(charge, "charge", job),)
        case DischargeStep(discharge=discharge):
            return (bind_constant_current(discharge, "discharge", job),)
        case HoldStep(hold=hold):
            return (bind_hold(hold, job),)
        case PulseStep(pulse=pulse):
            return bind_pulse(pulse, job)
        case GittStep(gitt=gitt):
            return (bind_gitt(gitt, job),)
        case SweepStep(sweep=sweep):
            return (bind_sweep(sweep, job),)
        case CyclicVoltammetryStep(cyclic_voltammetry=voltammetry):
            return (bind_cyclic_voltammetry(voltammetry, job),)
        case ImpedanceStep(impedance=impedance):
            return (bind_impedance(impedance, job),)
