"""How often a receiver is tried: quickly at first, slowly in the end, for ever."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from orchestrator.messages.pace import Pace, parcel
from orchestrator.store.messages import Message
from orchestrator.store.outlets import Outlet

PACE = Pace()
TIMES = st.floats(min_value=0, max_value=4e9)
MESSAGES = st.lists(
    st.builds(
        Message,
        id=st.integers(1, 1000),
        alarm_id=st.integers(1, 9),
        receiver=st.just("mail"),
        kind=st.sampled_from(["raised", "acknowledged", "cleared"]),
        queued_unix_s=TIMES,
        queued_wall_unix_s=TIMES,
        bundle=st.one_of(st.none(), st.integers(1, 3)),
        taken_wall_unix_s=st.none(),
        dropped=st.none(),
    ),
    min_size=1,
)


def test_pauses_grow_to_five_minutes_and_no_further() -> None:
    assert [PACE.again_after_s(failures) for failures in (1, 2, 3, 4, 7, 8, 10_000)] == [5, 10, 20, 40, 300, 300, 300]


@given(waiting=MESSAGES, failures=st.integers(0, 10_000), tried=TIMES, taken=TIMES, now=TIMES)
def test_whatever_the_clocks_say_something_goes_out_within_five_minutes(
    waiting: list[Message], failures: int, tried: float, taken: float, now: float
) -> None:
    outlet = Outlet("mail", "receiver", tried, taken, failures)
    due = [parcel(waiting, outlet, PACE, now + wait) for wait in (0, 2.5, 31, 301)]
    sent = next((one for one in due if one), ())
    # A time in the future is a clock that was set back; it may become the past while we wait, and then holds once.
    later = max([now + 301, tried, taken, *(one.queued_wall_unix_s for one in waiting)]) + 301
    assert sent or parcel(waiting, outlet, PACE, later)
    assert len({one.bundle for one in sent}) <= 1 or all(one.bundle is None for one in sent)
