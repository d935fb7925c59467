"""Launching: a protocol is bound to a cell once, checked against bench and instrument, and stored to the last byte."""

from orchestrator.launch.launch import launch
from orchestrator.launch.launch_together import launch_together
from orchestrator.launch.obstacle import obstacle_to_launch
from orchestrator.launch.refusal import LaunchHeldUp, LaunchRefused
from orchestrator.launch.request import LaunchedRun, LaunchRequest

__all__ = [
    "LaunchHeldUp",
    "LaunchRefused",
    "LaunchRequest",
    "LaunchedRun",
    "launch",
    "launch_together",
    "obstacle_to_launch",
]
