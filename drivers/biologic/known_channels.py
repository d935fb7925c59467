"""What an instrument told of its channels, kept beside the spools: checking and translating need no connection."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path

from drivers.biologic.channel_facts import ChannelFacts
from drivers.errors import Garbled

__all__ = ["KnownChannels"]

_NAME = "channels.json"


class KnownChannels:
    """A file of one instrument; another process may replace it at any time."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / _NAME

    def of(self, channel: int) -> ChannelFacts:
        """Return what is known of a channel (from 0); the defaults of a VSP-300 where it was never seen."""
        return self.all().get(channel, ChannelFacts())

    def all(self) -> dict[int, ChannelFacts]:
        """Return all channels that were ever seen. Raises Garbled."""
        try:
            content = json.loads(self._path.read_text("utf-8"))
            return {int(number): ChannelFacts.from_json(facts) for number, facts in content.items()}
        except FileNotFoundError:
            return {}
        except (ValueError, AttributeError) as error:
            raise Garbled(f"{self._path.name} is damaged; delete it, the next look writes it anew: {error}") from error

    def keep(self, channels: Mapping[int, ChannelFacts]) -> None:
        """Replace what is known, where it has changed. Raises OSError."""
        content = json.dumps({str(number): facts.as_json() for number, facts in channels.items()}, indent=1)
        if self._path.exists() and self._path.read_text("utf-8") == content:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = self._path.with_suffix(f".{os.getpid()}.new")
        unfinished.write_text(content, "utf-8")
        unfinished.replace(self._path)
