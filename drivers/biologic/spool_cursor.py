"""Where reading of a spool goes on. Opaque text to everyone else."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from drivers.biologic.decoder_state import DecoderState
from drivers.errors import Garbled

__all__ = ["SpoolCursor"]


@dataclass(frozen=True, slots=True)
class SpoolCursor:
    """Behind a frame of the spool, and what the rows after it are counted from."""

    offset: int
    state: DecoderState

    @classmethod
    def read(cls, cursor: str) -> SpoolCursor:
        """Read what :meth:`text` wrote. Raises Garbled."""
        try:
            fields: dict[str, Any] = json.loads(cursor)
            offset = int(fields["offset"])
            state = fields["decoder"]
        except (ValueError, TypeError, KeyError) as error:
            raise Garbled(f"the cursor {cursor!r} is not of this driver: {error}") from error
        return cls(offset, DecoderState.from_json(state))

    def text(self) -> str:
        """As a cursor: JSON, floats exact."""
        return json.dumps({"offset": self.offset, "decoder": self.state.as_json()}, separators=(",", ":"))
