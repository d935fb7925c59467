"""Configuration: the lab file says *where* things are; it holds no procedure."""

from orchestrator.config.lab import BenchLimits, BenchPlace, ChamberPlace, InstrumentPlace, Lab, WebPlace
from orchestrator.config.lab_file import LabFileError, read_lab

__all__ = [
    "BenchLimits",
    "BenchPlace",
    "ChamberPlace",
    "InstrumentPlace",
    "Lab",
    "LabFileError",
    "WebPlace",
    "read_lab",
]
