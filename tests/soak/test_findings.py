"""What a log may hold where processes are killed, and what no process may say."""

from __future__ import annotations

import pytest

from tests.soak.findings import traceback_in

ORPHAN = """\
Traceback (most recent call last):
  File "<string>", line 1, in <module>
  File "/usr/lib/python3.11/multiprocessing/spawn.py", line 122, in spawn_main
    exitcode = _main(fd, parent_sentinel)
               ^^^^^^^^^^^^^^^^^^^^^^^^^^
  File "/usr/lib/python3.11/multiprocessing/spawn.py", line 130, in _main
    preparation_data = reduction.pickle.load(from_parent)
                       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
EOFError: Ran out of input
"""
OURS = """\
Traceback (most recent call last):
  File "/usr/lib/python3.11/multiprocessing/spawn.py", line 122, in spawn_main
    exitcode = _main(fd, parent_sentinel)
  File "orchestrator/engine/loop.py", line 7, in look
    raise EOFError("Ran out of input")
EOFError: Ran out of input
"""
BEFORE, BEHIND = "node INFO ready: 8 runs\n", "node INFO node of test bench drives bts-1\n"


@pytest.mark.parametrize("text", ["", BEFORE, BEFORE + ORPHAN + BEHIND, ORPHAN + BEHIND + ORPHAN])
def test_a_child_whose_parent_was_killed_while_it_was_made_says_nothing_about_the_service(text: str) -> None:
    assert traceback_in(text) == ""


@pytest.mark.parametrize("text", [OURS, BEFORE + ORPHAN + OURS, OURS + ORPHAN, ORPHAN.replace("EOFError", "KeyError")])
def test_every_other_traceback_is_found(text: str) -> None:
    assert traceback_in(text).startswith("Traceback (most recent call last)")
