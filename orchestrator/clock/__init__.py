"""Time, injected: the system's on real instruments, the lab's on a virtual one.

Nothing in the service asks the operating system what time it is except through these clocks. Socket time-outs are the
exception: they are wall seconds everywhere.
"""

from orchestrator.clock.contract import Clock, Sleeper
from orchestrator.clock.opening import open_clock
from orchestrator.clock.system import SystemClock
from orchestrator.clock.virtual import VirtualClock

__all__ = ["Clock", "Sleeper", "SystemClock", "VirtualClock", "open_clock"]
