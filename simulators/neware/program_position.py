"""Where in a step file a channel is: the next step, its loops' counters, its cycle counter."""

from __future__ import annotations

from simulators.neware.step_program import Step, StepProgram

__all__ = ["ProgramPosition"]


class ProgramPosition:
    """Follows a program over cycle steps; loops may lie in each other to any depth."""

    def __init__(self, program: StepProgram) -> None:
        self.program = program
        self.number = program.start_step
        self.cycleid = 0
        self._passes: dict[int, int] = {}
        self._records_at_increment = 0

    @property
    def step(self) -> Step:
        """The step that comes next."""
        return self.program.step(self.number)

    def execute_cycle_step(self, records: int) -> None:
        """Count a pass of the loop that the present step closes, and go back to its start or on.

        ``records`` is how many the test has; the cycle counter stands still where none came since it last moved, so
        that loops which end together count one cycle.
        """
        step = self.step
        if step.start_step is None or step.cycle_count is None:
            raise ValueError(f"step {step.number} is no complete cycle step")
        if records > self._records_at_increment:
            self.cycleid += 1
            self._records_at_increment = records
        done = self._passes.get(step.number, 0) + 1
        if done >= step.cycle_count:
            self._passes.pop(step.number, None)
            self.number = step.number + 1
            return
        # a new pass begins: the loops inside start from nothing
        self._passes = {n: p for n, p in self._passes.items() if not step.start_step <= n < step.number}
        self._passes[step.number] = done
        self.number = step.start_step
