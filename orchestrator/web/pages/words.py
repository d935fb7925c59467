"""Words that come from data: pages show them through ``_(state)`` and ``t(state)``; here they are listed to be found.

``python -m tests.docs.words`` takes them into the catalogues, beside what stands in templates and scripts.
"""

from __future__ import annotations

from orchestrator.web.pages.frame import N_

__all__ = ["WORDS"]

_RUNS = (
    N_("queued"), N_("waiting"), N_("starting"), N_("running"), N_("pausing"), N_("paused"), N_("stopping"),
    N_("completed"), N_("stopped"), N_("failed"), N_("lost"), N_("run"), N_("pause"), N_("stop"), N_("resume"),
)  # fmt: skip
_CAMPAIGNS = (
    N_("asking"), N_("done"), N_("left"), N_("begun"), N_("missed"), N_("void"), N_("low"), N_("normal"), N_("high"),
    N_("go_on"), N_("stop_cell"), N_("pause_all"), N_("stop_all"), N_("to come"), N_("not begun"),
)  # fmt: skip
_CHANNELS = (
    N_("idle"), N_("finished"), N_("tripped"), N_("unknown"), N_("free"), N_("foreign"),
    N_("rebooted"), N_("not started"),
)  # fmt: skip
_CHAMBERS = (N_("off"), N_("profile"), N_("stable"), N_("unreachable"))
_STEPS = (
    N_("rest"), N_("voltage sweep"), N_("impedance"), N_("charge"), N_("discharge"),
    N_("constant current"), N_("constant voltage"), N_("constant current, then constant voltage"),
    N_("charge (constant current)"), N_("charge (constant voltage)"),
    N_("charge (constant current, then constant voltage)"),
    N_("discharge (constant current)"), N_("discharge (constant voltage)"),
    N_("discharge (constant current, then constant voltage)"),
)  # fmt: skip
_ALARMS = (
    N_("critical"), N_("warning"), N_("error"), N_("open"), N_("over"), N_("unacknowledged"), N_("test"), N_("raised"),
    N_("acknowledged"), N_("cleared"), N_("taken"), N_("dropped"), N_("receiver"), N_("heartbeat"), N_("database"),
)  # fmt: skip
_PEOPLE = (N_("viewer"), N_("operator"), N_("admin"), N_("valid"), N_("revoked"), N_("expired"))
_EVENTS = (
    N_("alarm"), N_("analysis"), N_("backup"), N_("campaign"), N_("cell"), N_("chamber"), N_("gap"), N_("instrument"),
    N_("launch"), N_("login"), N_("node"), N_("note"), N_("order"), N_("people"), N_("protocol"), N_("restore"),
    N_("state"), N_("trip"),
)  # fmt: skip
_BENCH = (
    N_("never seen yet"), N_("the last value is too old to be trusted"), N_("its node does not report"),
    N_("the instrument's own word is not understood"), N_("a test that is not ours is here"),
    N_("over for us, but still driven"), N_("ended by the instrument's own protection"), N_("somebody is asked"),
    N_("held by an interlock"), N_("last run"),
)  # fmt: skip

WORDS = frozenset({*_RUNS, *_CAMPAIGNS, *_CHANNELS, *_CHAMBERS, *_STEPS, *_ALARMS, *_PEOPLE, *_EVENTS, *_BENCH})
"""All of them; whoever shows a word of another kind adds it."""
