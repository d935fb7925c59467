"""A preview as a figure: voltage and current over time, capacity over cycles, and spectra where there are any."""

from __future__ import annotations

import io

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from orchestrator.preview.summary import FIRST_CYCLES, CycleSum, shown_until_s, whole_cycles
from orchestrator.preview.trace import Trace
from orchestrator.report.figures.style import PALETTE, STYLE, WIDTH_in, shades

__all__ = ["draw_png"]

_FEW_CYCLES = 3
_DPI = 200


def draw_png(trace: Trace, title: str, active_mass_g: float | None) -> bytes:
    """Return a PNG for a page's width."""
    with mpl.rc_context(STYLE):
        figure = _figure(trace, title, active_mass_g)
        buffer = io.BytesIO()
        FigureCanvasAgg(figure).print_png(  # type: ignore[no-untyped-call]
            buffer, metadata={"Software": "cellbench"}
        )
    return buffer.getvalue()


def _figure(trace: Trace, title: str, active_mass_g: float | None) -> Figure:
    sums = whole_cycles(trace)
    extra = (len(sums) > _FEW_CYCLES) + bool(trace.spectra)
    figure = Figure(figsize=(WIDTH_in, 4.2 + 2.4 * extra), dpi=_DPI, layout="constrained")
    figure.suptitle(title, fontsize=9, fontweight="bold")
    every = figure.subplots(2 + extra, 1)
    end_s, time_s = shown_until_s(trace), trace.time_s()
    shown = time_s <= end_s
    time_h = time_s[shown] / 3600
    every[0].sharex(every[1])
    every[0].plot(time_h, trace.voltage_V()[shown], color=PALETTE[0])
    every[0].set_ylabel("voltage / V")
    every[0].tick_params(labelbottom=False)
    every[1].plot(time_h, 1e3 * trace.current_A()[shown], color=PALETTE[1])
    every[1].set(xlabel="time / h", ylabel="current / mA")
    if end_s < trace.duration_s:
        every[0].set_title(f"the first {FIRST_CYCLES} cycles", fontweight="normal")
    if len(sums) > _FEW_CYCLES:
        _draw_cycles(every[2], sums, active_mass_g)
    if trace.spectra:
        _draw_spectra(every[-1], trace)
    return figure


def _draw_cycles(axes: Axes, sums: tuple[CycleSum, ...], active_mass_g: float | None) -> None:
    factor, unit = (1e3 / active_mass_g, "mAh/g") if active_mass_g else (1e3, "mAh")
    number = [one.cycle for one in sums]
    axes.plot(number, [factor * one.discharge_Ah for one in sums], "o", color=PALETTE[0], label="discharge")
    charge = [factor * one.charge_Ah for one in sums]
    axes.plot(number, charge, "o", color=PALETTE[1], markerfacecolor="white", label="charge")
    axes.set(xlabel="cycle", ylabel=f"capacity / {unit}")
    axes.set_ylim(bottom=0)
    axes.legend()


def _draw_spectra(axes: Axes, trace: Trace) -> None:
    spectra = [step for step in trace.steps if step.impedance_Ohm is not None]
    for step, color in zip(spectra, shades(len(spectra)), strict=True):
        if step.impedance_Ohm is not None:
            name = f"{step.temperature_degC:g} °C"
            axes.plot(step.impedance_Ohm.real, -step.impedance_Ohm.imag, ".-", color=color, label=name)
    axes.set(xlabel="Re Z / Ω", ylabel="−Im Z / Ω")
    axes.set_aspect("equal", adjustable="datalim")
    axes.legend()
