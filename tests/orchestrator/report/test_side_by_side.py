"""Half of the work in a second process."""

from __future__ import annotations

import os
import sys
import threading

import pytest

from orchestrator.report.side_by_side import side_by_side


def _square_and_where(number: int) -> tuple[int, int]:
    return number * number, os.getpid()


@pytest.mark.parametrize("count", [0, 1, 2, 3, 8, 9])
def test_what_is_made_comes_in_order(count: int) -> None:
    assert [square for square, _ in side_by_side(_square_and_where, range(count))] == [n * n for n in range(count)]


def test_two_processes_have_made_it_where_there_is_no_thread_and_one_where_there_is() -> None:
    alone = threading.active_count() == 1  # or another test's thread is just ending
    processes = {process for _, process in side_by_side(_square_and_where, range(4))}
    ended = threading.Event()
    thread = threading.Thread(target=ended.wait)
    thread.start()
    with_a_thread = {process for _, process in side_by_side(_square_and_where, range(4))}
    ended.set()
    thread.join()

    if alone:
        assert len(processes) == (2 if sys.platform == "linux" else 1)
    assert with_a_thread == {os.getpid()}


def test_where_the_other_process_dies_all_of_it_is_made_here() -> None:
    here = os.getpid()

    def die_elsewhere(number: int) -> int:
        if os.getpid() != here:
            os._exit(1)
        return number

    assert side_by_side(die_elsewhere, range(5)) == [0, 1, 2, 3, 4]
