"""Property tests without deadlines: how long an example takes says nothing on a machine that is busy."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("drivers", deadline=None)
settings.load_profile("drivers")
