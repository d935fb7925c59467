"""A channel of the virtual VSP-300: what may be done to it in which order, and what it then does."""

from __future__ import annotations

import ctypes
from collections import deque
from collections.abc import Mapping
from dataclasses import replace
from typing import Literal

import numpy as np

from simulators.biologic.channel_hardware import ChannelHardware
from simulators.biologic.channel_memory import ChannelMemory, Taken
from simulators.biologic.clips import Clips, Course
from simulators.biologic.error_code import EclibError, ErrorCode
from simulators.biologic.firmware import Firmware, RunState
from simulators.biologic.list_run import ListRun, RunSettings
from simulators.biologic.parameter_check import check_parameters
from simulators.biologic.parameter_set import ParameterSet
from simulators.biologic.parameter_table import HARDWARE_LABELS
from simulators.biologic.piece import Columns, Ticks
from simulators.biologic.run_ledger import RunLedger
from simulators.biologic.segment import SegmentKey, words_of
from simulators.biologic.sequence import LinkedTechnique
from simulators.biologic.structs import PARAMETER_IMAGE_BYTES, ExperimentInfos
from simulators.biologic.technique_id import technique_of_file
from simulators.cell import CellState, Response, VirtualCell
from simulators.faults.misreading import Misreading

__all__ = ["Channel", "Read"]

_MOST_UPDATED = 10
_MOST_TECHNIQUES = 50
_MOST_MESSAGES = 100
Read = Literal["voltage", "current"]
_COLUMNS: Mapping[Read, str] = {"voltage": "ewe_V", "current": "i_A"}


class Channel:
    """Methods raise EclibError. ``advance`` comes first: everything else is as of the last one."""

    def __init__(self, number: int, hardware: ChannelHardware, cell: VirtualCell | None = None) -> None:
        self.number = number
        self.hardware = hardware
        self.firmware = Firmware.NONE
        self.memory = ChannelMemory(hardware.memory_bytes)
        self.techniques: list[LinkedTechnique] = []
        self.runs: list[RunLedger] = []
        """Oldest first."""
        self.messages: deque[str] = deque(maxlen=_MOST_MESSAGES)
        self.option_error = (0, 0)
        """Code and position."""
        self.connection = (0, 0)
        """Electrodes and ground, as in HardConf."""
        self.experiment = bytes(ctypes.sizeof(ExperimentInfos))
        """As SetExperimentInfos has left it."""
        self.saturated = False
        self.over_range_next = False
        """Whether the next row's current is to be beyond every range."""
        self._stuck: dict[Read, float] = {}
        self._clips = Clips(cell)
        self._sealed = False
        self._run: ListRun | None = None
        self._started_unix_s = 0.0
        self._now_unix_s = float("-inf")
        self._idle_since: float | None = None

    # ---- time

    def advance(self, now_unix_s: float) -> None:
        """Execute everything up to this instant."""
        self._now_unix_s = max(self._now_unix_s, now_unix_s)
        if self._idle_since is None:
            self._idle_since = self._now_unix_s
        if self._run is not None:
            self._run.advance(self._now_unix_s - self._started_unix_s)
            self._settle()

    @property
    def state(self) -> RunState:
        """STOP or RUN; after the last technique STOP, while rows may still be in memory."""
        return RunState.STOP if self._run is None else RunState.RUN

    @property
    def elapsed_s(self) -> float:
        """Seconds since the start; zero while nothing runs."""
        return self._now_unix_s - self._started_unix_s if self._run else 0.0

    @property
    def time_base_s(self) -> float:
        """Of the technique that runs, else of the list's last; zero where there is none."""
        if self._run is not None and self._run.technique is not None:
            return self._run.technique.bench.tick_s
        return self.techniques[-1].time_base_s if self.techniques and self.techniques[-1].parameters.has("tb") else 0.0

    @property
    def running(self) -> LinkedTechnique | None:
        """The technique that is executed."""
        run = self._run.technique if self._run else None
        return self.techniques[run.index] if run else None

    def shown(self) -> Response:
        """Potential and current now."""
        course, elapsed_s = self._course()
        shown = course.response(np.array([elapsed_s]))
        if self._stuck:
            voltage_V = np.array([self._stuck.get("voltage", shown.voltage_V[0])])
            shown = replace(
                shown, voltage_V=voltage_V, current_A=np.array([self._stuck.get("current", shown.current_A[0])])
            )
        return shown

    def cell_state(self) -> CellState:
        """Where the cell stands now."""
        course, elapsed_s = self._course()
        return course.state_at(elapsed_s)

    # ---- the cell

    @property
    def cell(self) -> VirtualCell | None:
        """What is between the leads; raises EclibError CHANNEL_RUNNING when set while something runs."""
        return self._clips.cell

    @cell.setter
    def cell(self, cell: VirtualCell | None) -> None:
        if self._run is not None:
            raise EclibError(ErrorCode.CHANNEL_RUNNING)
        self._clips.exchange(cell)
        self._idle_since = self._now_unix_s

    def exchange_cell(self, cell: VirtualCell | None) -> None:
        """Put another cell between the leads, or none, also while something runs: it goes on with it."""
        run = self._run
        if run is None:
            self._clips.leave(*self._course())
            self._clips.exchange(cell)
            self._idle_since = self._now_unix_s
        else:
            run.change_under_way(self.elapsed_s, lambda: self._clips.exchange(cell))
            self._settle()

    def misread(self, quantity: Read, wrong: Misreading) -> None:
        """Let potential or current be measured wrongly from now on; its own limits see that too, unless it is stuck."""
        shown = self.shown()
        present = float((shown.voltage_V if quantity == "voltage" else shown.current_A)[0])

        def misread() -> None:
            setattr(self._clips, f"wrong_{quantity}", wrong)
            self._stuck.pop(quantity, None)
            if (at := wrong.stuck_at(present)) is not None:
                self._stuck[quantity] = at

        if self._run is None:
            misread()
        else:
            self._run.change_measurement(self.elapsed_s, misread)
            self._settle()

    def misreading(self, quantity: Read) -> Misreading:
        """How it is measured wrongly now."""
        return self._clips.wrong_voltage if quantity == "voltage" else self._clips.wrong_current

    # ---- firmware and techniques

    def lose_firmware(self, firmware: Firmware) -> None:
        """End what runs and have another firmware, or none."""
        if self._run is not None:
            self._run.stop(self.elapsed_s)
            self._settle("stopped")
        self.firmware = firmware

    def load_firmware(self, *, force: bool) -> None:
        """Load the kernel; where it is loaded already nothing happens, unless forced."""
        if self._run is not None:
            raise EclibError(ErrorCode.CHANNEL_RUNNING)
        if self.firmware is Firmware.ECLAB and not force:
            raise EclibError(ErrorCode.ECLAB_LOADED)
        if self.firmware is not Firmware.KERNEL or force:
            self.firmware = Firmware.KERNEL
            self.techniques, self._sealed = [], False
            self.memory.clear()
            self.messages.append(f"channel {self.number + 1}: kernel loaded")

    def require_kernel(self) -> None:
        """Raise what every call gets that needs the kernel and does not find it."""
        if self.firmware is Firmware.ECLAB:
            raise EclibError(ErrorCode.ECLAB_LOADED)
        if self.firmware is not Firmware.KERNEL:
            raise EclibError(ErrorCode.FIRMWARENOTLOADED)

    def load_technique(self, path: str, images: bytes, *, first: bool, last: bool) -> None:
        """Add a technique to the list; ``first`` clears it, ``last`` closes it."""
        self.require_kernel()
        if self._run is not None:
            raise EclibError(ErrorCode.CHANNEL_RUNNING)
        technique = technique_of_file(path, self.hardware.board_type)
        # unconfirmed on hardware: what happens to a technique after the list was closed
        if not first and (self._sealed or not self.techniques):
            raise EclibError(ErrorCode.LOADTECHNIQUEFAILED, "the list is closed: begin with first")
        known = [] if first else self.techniques
        if len(known) >= _MOST_TECHNIQUES:
            raise EclibError(ErrorCode.MEMFULL)
        parameters = ParameterSet(technique, images)
        check_parameters(technique, parameters, len(known), self.hardware.least_range, self.hardware.greatest_range)
        self.techniques = [*known, LinkedTechnique(technique, parameters)]
        self._sealed = last

    def update_parameters(self, index: int, path: str, images: bytes) -> None:
        """Change parameters of a loaded technique while the channel runs."""
        self.require_kernel()
        if self._run is None or not 0 <= index < len(self.techniques):
            raise EclibError(ErrorCode.UPDATEPARAMETERS, "nothing to update")
        entry = self.techniques[index]
        if technique_of_file(path, self.hardware.board_type) is not entry.technique:
            raise EclibError(ErrorCode.UPDATEPARAMETERS, f"technique {index} is {entry.technique.name}")
        if len(images) > _MOST_UPDATED * PARAMETER_IMAGE_BYTES:
            raise EclibError(ErrorCode.UPDATEPARAMETERS, f"at most {_MOST_UPDATED} parameters")
        labels = {images[at : at + 64].split(b"\0")[0].decode("ascii", "replace") for at in range(0, len(images), 76)}
        if labels & HARDWARE_LABELS:
            raise EclibError(ErrorCode.UPDATEPARAMETERS, "ranges, bandwidth and time base stay as they are")
        changed = ParameterSet(entry.technique, entry.parameters.all_images() + images)
        check_parameters(entry.technique, changed, index, self.hardware.least_range, self.hardware.greatest_range)
        entry.parameters.update(images)
        self._run.parameters_changed(self.elapsed_s, index)
        self._settle()

    # ---- running

    def start(self, test_id: int) -> None:
        """Execute the list; rows of the last run that nobody has read are gone."""
        self.require_kernel()
        if self._run is not None:
            raise EclibError(ErrorCode.CHANNEL_RUNNING)
        if not self._sealed:
            # unconfirmed on hardware: the code for starting a list that is not closed
            raise EclibError(ErrorCode.FUNCTIONFAILED, "no closed list of techniques")
        self._clips.leave(*self._course())
        self._started_unix_s = self._now_unix_s
        self.memory.clear()
        self.runs.append(RunLedger(test_id, self._experiment_name(), self._now_unix_s))
        settings = RunSettings(
            self.hardware.greatest_range,
            self.hardware.voltage_noise_V,
            self.hardware.current_noise_A,
            (self.hardware.seed, self.number, test_id),
            self._now_unix_s,
        )
        self._run = ListRun(self.techniques, self._clips, settings, self._enter)
        self._settle()

    def stop(self) -> None:
        """End what runs, at open circuit; nothing happens where nothing runs."""
        self.require_kernel()
        if self._run is not None:
            self._run.stop(self.elapsed_s)
            self._settle("stopped")

    def trigger(self) -> bool:
        """Give the trigger that a TI technique waits for; False where none does."""
        return self._run is not None and self._run.trigger(self.elapsed_s)

    def take(self) -> Taken | None:
        """Take the oldest rows out of the memory; they are not to be had again."""
        self.require_kernel()
        taken = self.memory.take()
        if taken is not None:
            self.runs[-1].read_rows += len(taken.words)
        return taken

    # ---- inside

    def _enter(self, key: SegmentKey, ticks: Ticks, columns: Columns) -> int:
        for quantity, at in self._stuck.items():
            if (column := _COLUMNS[quantity]) in columns:
                columns[column][:] = at
        if self.over_range_next and "i_A" in columns:
            self.over_range_next = False
            columns["i_A"][0] = np.nan if self.hardware.board_type == 3 else np.finfo(np.float32).max
        kept = self.memory.put(key, words_of(columns, self.hardware.board_type))
        lost = len(ticks) - kept
        self.runs[-1].enter(key, ticks, columns, kept)
        self.memory.skipped += lost
        if lost and self.hardware.when_full == "stop":
            self.messages.append(f"channel {self.number + 1}: memory full")
            return kept
        return len(ticks)

    def _settle(self, state: str = "finished") -> None:
        """Notice that the run has ended."""
        if self._run is not None and self._run.ended_s is not None:
            self._idle_since = self._started_unix_s + self._run.ended_s
            self._run = None
            self.runs[-1].state = state

    def _course(self) -> tuple[Course, float]:
        if self._run is not None:
            return self._run.course(self.elapsed_s)
        idle_s = 0.0 if self._idle_since is None else max(0.0, self._now_unix_s - self._idle_since)
        return self._clips.rest(), idle_s

    def _experiment_name(self) -> str:
        """File name of SetExperimentInfos; empty where nobody has given one."""
        told = ExperimentInfos.from_buffer_copy(self.experiment)
        return bytes(told.Filename).decode("utf-8", "replace")
