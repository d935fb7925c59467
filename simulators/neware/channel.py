"""A channel that executes a step file by itself, up to whatever instant it is asked about."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from simulators.cell import VirtualCell, WarmthChange
from simulators.faults.misreading import Misreading
from simulators.neware.channel_errors import ChannelBusy, ChannelError, NotExecutable, NotRunning
from simulators.neware.channel_hardware import ChannelHardware
from simulators.neware.channel_readings import ChannelReadings, Read
from simulators.neware.executability import check_executable, set_current_A
from simulators.neware.execution import Execution, WorkHistory
from simulators.neware.ledger import TestLedger
from simulators.neware.open_clips import TestObject
from simulators.neware.program_position import ProgramPosition
from simulators.neware.running_snapshot import running_snapshot
from simulators.neware.snapshot import Snapshot, StepType, WorkStatus
from simulators.neware.step_end import Passed
from simulators.neware.step_program import Jump, Protection, StepKind, StepProgram
from simulators.neware.step_run import StepRecords, StepRun, begin_step
from simulators.neware.thermometer import Thermometer

__all__ = ["Channel", "ChannelBusy", "ChannelError", "ChannelHardware", "NotExecutable", "NotRunning"]

_STEP_TYPES: dict[StepKind, StepType] = {
    "cc_charge": "cc", "cc_discharge": "dc", "cv_charge": "cv", "cv_discharge": "dv", "cccv_charge": "cccv",
    "cccv_discharge": "cccd", "rest": "rest", "pause": "pause", "end": "end",
}  # fmt: skip
# log codes as read off one real recording; their table is not public
_LOG_FIRST, _LOG_LAST = 100000, 100001
_LOG_INTERRUPTED, _LOG_RESUMED = 100215, (100213, 100007)
_LOG_PROTECTED = 100003  # unconfirmed on hardware: invented, no recording holds a tripped protection
_SLACK_s = 5e-4
_SHORTEST_s = 1.0  # of what is left of a step for it to be computed anew


class Channel:
    """One channel, with a cell between its clips or without.

    Instants are unix seconds of lab time, and commands come in their order. Between commands nothing happens that
    depends on when, or how often, the channel is looked at. ``snapshot`` and the ledgers also answer for the past.
    """

    def __init__(
        self,
        address: str,
        cell: VirtualCell | None = None,
        limits: ChannelHardware | None = None,
        first_testid: int = 0,
    ) -> None:
        self.address = address
        self.limits = limits or ChannelHardware()
        self.tests: list[TestLedger] = []
        """Oldest first."""
        self._first_testid = first_testid
        self._cell = cell
        self.readings = ChannelReadings(self.limits)
        self._history = WorkHistory()
        self._execution: Execution | None = None
        self._idle_since: float | None = None
        """Since when the cell is at open circuit; its state is as of then."""
        self._seen_unix_s = float("-inf")

    @property
    def workstatus(self) -> WorkStatus:
        """As of the last ``advance`` or command."""
        return self._history.present

    @property
    def pause_reserved(self) -> bool:
        """Whether a pause is still to come."""
        return bool(self._execution and self._execution.reserved)

    def workstatus_at(self, unix_s: float) -> WorkStatus:
        """State at an instant up to the last ``advance``; costs next to nothing, unlike a whole snapshot."""
        return self._history.at(unix_s)

    @property
    def next_event_unix_s(self) -> float | None:
        """When the running step ends by itself; None while nothing runs."""
        run = self._execution.run if self._execution else None
        return run.end_unix_s if run else None

    @property
    def cell(self) -> VirtualCell | None:
        """What is between the clips. Its state is that at the start of the running step, or of the present rest.

        Setting it raises ChannelBusy while a test runs or is paused.
        """
        return self._cell

    @cell.setter
    def cell(self, cell: VirtualCell | None) -> None:
        if self._execution:
            raise ChannelBusy(f"{self.address}: a test runs here")
        self._cell = cell
        self._idle_since = None

    # ---- what may befall it

    def exchange_cell(self, cell: VirtualCell | None, now_unix_s: float) -> None:
        """Put another cell between the clips, or none, also while a test runs: the test goes on with it."""

        def exchange() -> None:
            if not (self._execution and self._execution.cut):
                self._relax(now_unix_s)
                self._idle_since = now_unix_s
            self._cell = cell

        self._change_under_way(now_unix_s, exchange)

    def misread(self, quantity: Read, wrong: Misreading, now_unix_s: float) -> None:
        """Let voltage or current be read wrongly from now on, in records, in what is shown and by its own limits."""
        shown = self.snapshot(now_unix_s)
        self._change_under_way(now_unix_s, lambda: self.readings.misread(quantity, wrong, shown))

    def _change_under_way(self, now_unix_s: float, change: Callable[[], None]) -> None:
        """Let a running step be computed anew from here on; its records go on."""
        self.advance(now_unix_s)
        execution = self._execution
        if execution is None or execution.run is None:
            change()
            return
        execution.earlier = execution.run
        cut_unix_s = self._cut(execution, now_unix_s, recorded=False)
        change()
        self._begin(execution, cut_unix_s, again=True)

    def forget(self, now_unix_s: float) -> None:
        """End what runs, at open circuit, and lose all tests, as after a reboot."""
        self.advance(now_unix_s)
        if self._execution:
            self.stop(now_unix_s)
        self._relax(now_unix_s)
        self._idle_since = now_unix_s
        self.tests.clear()
        self._history = WorkHistory()

    # ---- commands

    def start(self, program: StepProgram, barcode: str, now_unix_s: float, testid: int) -> None:
        """Start a program; raises ChannelBusy or NotExecutable, and then nothing has changed."""
        self.advance(now_unix_s)
        if self._execution:
            raise ChannelBusy(f"{self.address} is {self.workstatus}")
        check_executable(program, self.limits)
        now_unix_s = round(now_unix_s, 3)  # from here on every instant is a whole millisecond
        self._relax(now_unix_s)
        ledger = TestLedger(testid, barcode, now_unix_s, self.thermometer)
        ledger.write_log(_LOG_FIRST, now_unix_s)
        self.tests.append(ledger)
        noise = np.random.default_rng([self.limits.seed, testid])
        self._execution = Execution(ledger, ProgramPosition(program), noise)
        self._history.enter("working", now_unix_s)
        self._enter(self._execution, now_unix_s)

    def stop(self, now_unix_s: float) -> None:
        """End the test here, open circuit; raises NotRunning."""
        execution = self._active(now_unix_s)
        self._cut(execution, now_unix_s)
        self._end(execution, "stop", now_unix_s)

    def pause(self, now_unix_s: float) -> None:
        """Pause here, open circuit; raises NotRunning."""
        execution = self._active(now_unix_s)
        if self.workstatus == "pause":
            raise NotRunning(f"{self.address} is paused already")
        self._cut(execution, now_unix_s)
        self._pause(execution, now_unix_s)

    def resume(self, now_unix_s: float) -> None:
        """Go on where it was paused, in the middle of a step if it was there; raises NotRunning."""
        execution = self._active(now_unix_s)
        if execution.paused_at is None:
            raise NotRunning(f"{self.address} is not paused")
        now_unix_s = round(now_unix_s, 3)
        self._relax(now_unix_s)
        execution.paused_s += now_unix_s - execution.paused_at
        execution.paused_at = None
        for code in _LOG_RESUMED:
            execution.ledger.write_log(code, now_unix_s, ahead=1)
        self._history.enter("working", now_unix_s)
        if execution.cut:
            self._begin(execution, now_unix_s)
        else:
            self._enter(execution, now_unix_s, resumed=True)

    def reserve_pause(self, cycleid: int, stepid: int) -> None:
        """Pause before that step in that cycle, counted from 1 as ``inquire`` does; raises NotRunning.

        # unconfirmed on hardware: from which number ``setpause`` counts cycles
        """
        if not self._execution:
            raise NotRunning(f"{self.address}: nothing runs here")
        self._execution.reserved = (cycleid, stepid)

    def cancel_pause(self) -> None:
        """Forget a reserved pause; raises NotRunning when there is none."""
        if not self._execution or not self._execution.reserved:
            raise NotRunning(f"{self.address}: no pause is reserved")
        self._execution.reserved = None

    def clear_flag(self) -> bool:
        """Clear a protect flag; False when there was none, as recorded from a real BTS."""
        if self.workstatus != "protect":
            return False
        self._history.enter("stop", self._seen_unix_s)
        return True

    # ---- time

    def advance(self, now_unix_s: float) -> None:
        """Execute everything up to this instant."""
        self._seen_unix_s = max(self._seen_unix_s, now_unix_s)
        while self._execution and (run := self._execution.run):
            if (change := self._change_of_warmth(run, now_unix_s)) is not None:
                self._go_on_warmer(self._execution, change)
            elif run.end_unix_s <= now_unix_s + _SLACK_s:
                self._item.state = run.course.state_at(run.end.after_ms / 1000)
                self._execution.run = None
                self._go_to(self._execution, run.end.jump, run.end_unix_s)
            else:
                return

    def _change_of_warmth(self, run: StepRun, now_unix_s: float) -> WarmthChange | None:
        """When the cell, in a chamber, has become so much warmer or colder that the running step is to feel it."""
        if self._cell is None or self._cell.warmth is None:
            return None
        until_unix_s = min(now_unix_s, run.end_unix_s - _SHORTEST_s)
        return self._cell.warmth.next_change(self._cell.temperature_degC, run.begin_unix_s, until_unix_s)

    def _go_on_warmer(self, execution: Execution, change: WarmthChange) -> None:
        """Compute the rest of the running step anew; its records go on as if nothing had happened."""
        execution.earlier = execution.run
        cut_unix_s = self._cut(execution, change.unix_s, recorded=False)
        self._begin(execution, cut_unix_s, again=True, warmer_degC=change.temperature_degC)

    def snapshot(self, now_unix_s: float) -> Snapshot:
        """Show the channel at this instant, which may lie in the past; later than the last advance, it advances."""
        return self.readings.shown(self._snapshot(now_unix_s))

    def _snapshot(self, now_unix_s: float) -> Snapshot:
        if now_unix_s > self._seen_unix_s:
            self.advance(now_unix_s)
        status = self._history.at(now_unix_s)
        ledger = next((t for t in reversed(self.tests) if t.start_unix_s <= now_unix_s + _SLACK_s), None)
        testid, barcode = (ledger.testid, ledger.barcode) if ledger else (self._first_testid, "")
        if ledger is None or status not in {"working", "pause"}:
            voltage_V = self._idle_voltage_V(ledger, now_unix_s)
            records = ledger.count(now_unix_s) if ledger else 0
            return Snapshot(
                status, testid, barcode, 0, None, "--", 0.0, voltage_V, 0.0, 0.0, 0.0, 0.0, records, 0, False
            )
        execution = self._execution if ledger is self.tests[-1] else None
        return running_snapshot(ledger, execution, status, now_unix_s, lambda: self._idle_voltage_V(None, now_unix_s))

    # ---- execution

    @property
    def _item(self) -> TestObject:
        return self.readings.of(self._cell)

    def _active(self, now_unix_s: float) -> Execution:
        self.advance(now_unix_s)
        if not self._execution:
            raise NotRunning(f"{self.address}: nothing runs here")
        return self._execution

    def _relax(self, now_unix_s: float) -> None:
        """Bring the cell's state from the beginning of its present rest to now."""
        if self._idle_since is not None:
            idle_s = max(0.0, now_unix_s - self._idle_since)
            self._item.state = self._item.advance(self._item.state, 0.0, idle_s)
        self._idle_since = None

    def _go_to(self, execution: Execution, jump: Jump, at_unix_s: float) -> None:
        if jump == "next":
            execution.position.number += 1
        elif isinstance(jump, int):
            execution.position.number = jump
        else:
            self._end(execution, jump, at_unix_s)
            return
        self._enter(execution, at_unix_s)

    def _enter(self, execution: Execution, at_unix_s: float, *, resumed: bool = False) -> None:
        """Go through steps that take no time, up to the next one that does."""
        position = execution.position
        while True:
            step = position.step
            if execution.reserved == (position.cycleid + 1, step.number) and not resumed:
                execution.reserved = None
                self._pause(execution, at_unix_s)
                return
            resumed = False
            if step.kind == "cycle":
                position.execute_cycle_step(execution.ledger.written)
            elif step.kind == "pause":
                position.number += 1
                self._pause(execution, at_unix_s)
                return
            elif step.kind == "end":
                self._end(execution, "finish", at_unix_s)
                return
            else:
                self._begin(execution, at_unix_s)
                return

    def _begin(
        self, execution: Execution, at_unix_s: float, *, again: bool = False, warmer_degC: float | None = None
    ) -> None:
        """Compute the present step and enter its records; in the middle when it was cut there.

        Where it is only computed again, for a cell that has changed, there is no record at the very instant.
        """
        if self._cell is not None and self._cell.warmth is not None:
            now_degC = self._cell.warmth.at_degC(at_unix_s) if warmer_degC is None else warmer_degC
            self._cell.temperature_degC = now_degC
        position, program = execution.position, execution.position.program
        step = position.step
        if not again:
            execution.earlier = None
        passed, references = execution.cut or (None, None)
        execution.cut = None
        protections: tuple[Protection, ...] = (program.protection,)
        if step.protection:
            protections += (step.protection,)
        run = begin_step(
            step,
            set_current_A(step, program, self.limits),
            self._item,
            rule=step.record or program.record,
            protections=protections,
            hardware=self.limits,
            begin_unix_s=at_unix_s,
            passed=passed,
            references=references,
        )
        execution.run = run
        if passed is None:
            execution.ledger.open_step(step.number, position.cycleid, _STEP_TYPES[step.kind])
        self._record(execution, run, run.records.but_first() if again else run.records)

    def _record(self, execution: Execution, run: StepRun, records: StepRecords) -> None:
        noise = execution.noise.standard_normal((2, len(records.testtime_ms)))
        execution.ledger.append(
            testtime_ms=records.testtime_ms,
            unix_time_s=run.unix_s(records.testtime_ms),
            volt_V=self.readings.recorded_V(records, noise[0]),
            curr_A=self.readings.recorded_A(records, noise[1], driven=run.step.kind != "rest"),
            cap_Ah=records.capacity_Ah,
            eng_Wh=records.energy_Wh,
        )

    def _cut(self, execution: Execution, now_unix_s: float, *, recorded: bool = True) -> float:
        """End the running step at this instant, with a record there; returns the instant, down to the tick."""
        run = execution.run
        if run is None:
            return now_unix_s
        elapsed_ms = run.elapsed_ms(now_unix_s)
        cut_unix_s = (round(run.begin_unix_s * 1000) + elapsed_ms) / 1000
        execution.ledger.truncate(cut_unix_s)
        testtime_ms = np.array([run.passed.time_ms + elapsed_ms], np.int64)
        last = run.values(testtime_ms)
        if recorded and testtime_ms[0] not in run.records.testtime_ms:
            self._record(execution, run, last)
        self._item.state = run.course.state_at(elapsed_ms / 1000)
        passed = Passed(int(testtime_ms[0]), float(last.capacity_Ah[0]), float(last.energy_Wh[0]))
        execution.cut = (passed, run.references_at(elapsed_ms))
        execution.run = None
        return cut_unix_s

    def _pause(self, execution: Execution, at_unix_s: float) -> None:
        execution.paused_at = self._idle_since = at_unix_s
        execution.ledger.write_log(_LOG_INTERRUPTED, at_unix_s)
        self._history.enter("pause", at_unix_s)

    def _end(self, execution: Execution, status: WorkStatus, at_unix_s: float) -> None:
        if status == "protect":
            execution.ledger.write_log(_LOG_PROTECTED, at_unix_s)
        execution.ledger.write_log(_LOG_LAST, at_unix_s)
        self._execution = None
        self._idle_since = at_unix_s
        self._history.enter(status, at_unix_s)

    # ---- looking

    @property
    def thermometer(self) -> Thermometer:
        """The sensor on the cell that is there now."""
        return Thermometer(self._cell, self.readings.temperature)

    def _idle_voltage_V(self, ledger: TestLedger | None, now_unix_s: float) -> float:
        if ledger and (self._execution or (self._idle_since is not None and now_unix_s < self._idle_since)):
            count = ledger.count(now_unix_s)  # in the past: the test that ended then, not today's cell
            return float(ledger.rows(count, 1, now_unix_s).volt_V[0]) if count else 0.0
        rested_s = 0.0 if self._idle_since is None else max(0.0, now_unix_s - self._idle_since)
        return float(self._item.under_current(self._item.state, 0.0, np.array([rested_s])).voltage_V[0])
