"""How each technique is executed, and its default time base."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from simulators.biologic.piece import Bench, Technique
from simulators.biologic.technique_id import TechniqueId
from simulators.biologic.technique_impedance import spectrum
from simulators.biologic.technique_rest import open_circuit, trigger_in, trigger_out, trigger_set
from simulators.biologic.technique_scan import cyclic_voltammetry, potential_scans
from simulators.biologic.technique_steps import constant_steps

__all__ = ["EXECUTIONS", "Execution"]


@dataclass(frozen=True, slots=True)
class Execution:
    """One technique."""

    begin: Callable[[Bench], Technique]
    time_base_s: float


EXECUTIONS: Mapping[TechniqueId, Execution] = {
    TechniqueId.OCV: Execution(open_circuit, 20e-6),
    TechniqueId.CA: Execution(constant_steps, 21e-6),
    TechniqueId.CP: Execution(constant_steps, 21e-6),
    TechniqueId.CALIMIT: Execution(constant_steps, 34e-6),
    TechniqueId.CPLIMIT: Execution(constant_steps, 50e-6),
    TechniqueId.MP: Execution(constant_steps, 100e-6),
    TechniqueId.CV: Execution(cyclic_voltammetry, 45e-6),
    TechniqueId.VSCAN: Execution(potential_scans, 60e-6),  # unconfirmed on hardware: as vscanlimit's
    TechniqueId.VSCANLIMIT: Execution(potential_scans, 60e-6),
    TechniqueId.PEIS: Execution(spectrum, 24e-6),
    TechniqueId.GEIS: Execution(spectrum, 24e-6),
    TechniqueId.TO: Execution(trigger_out, 20e-6),
    TechniqueId.TI: Execution(trigger_in, 20e-6),
    TechniqueId.TOS: Execution(trigger_set, 20e-6),
}
"""All but LOOP, which moves the position only."""
