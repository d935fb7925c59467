"""``cellbench channels``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from orchestrator.cli.options import open_client, service_options
from orchestrator.cli.table import print_table
from orchestrator.cli.wording import NOTHING, duration, quantity

if TYPE_CHECKING:
    from orchestrator.web.models.channel import ChannelAnswer

__all__ = ["channels"]

_FREE = ("idle", "finished", "stopped")


@click.command("channels")
@service_options
def channels(lab_path: Path | None, url: str | None) -> None:
    """Show every channel, what runs there, and how old the observation is (lab time)."""
    with open_client(lab_path, url) as client:
        seen = client.channels()
    header = ("bench", "channel", "state", "what", "voltage", "current", "seen")
    rows = [
        (
            one.bench or NOTHING,
            f"{one.instrument}/{one.channel}",
            _state(one),
            _what(one),
            quantity(one.voltage_V, "V"),
            quantity(one.current_A, "A"),
            NOTHING if one.age_s is None else f"{duration(one.age_s)} ago",
        )
        for one in seen
    ]
    print_table(
        header, rows, "no channels: the node has not reached an instrument yet, and the lab file has no benches"
    )


def _what(one: ChannelAnswer) -> str:
    """The run that is there, or has the place although nothing of it is on the channel just now."""
    if one.held_by is not None and (one.held_by != one.run_id or one.state in _FREE):
        return f"run {one.held_by} ({one.held_state})"
    return f"run {one.run_id}" if one.run_id is not None else one.tag or NOTHING


def _state(one: ChannelAnswer) -> str:
    """The channel's state; one that a test has left is free, or held by a run that waits."""
    if one.held_by is not None and one.state in _FREE:
        return f"held ({one.state})"
    return f"free ({one.state})" if one.state in _FREE else one.state
