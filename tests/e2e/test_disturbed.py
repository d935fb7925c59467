"""A campaign on all three instruments, with 5 % of all exchanges disturbed, ends with the same results.

`make soak` takes all nine cells through it.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.soak.disturbed import compare_disturbed
from tests.soak.study import SHORT


@pytest.mark.timeout(1300)
def test_five_percent_of_all_exchanges_disturbed_change_no_result(tmp_path: Path) -> None:
    found = compare_disturbed(tmp_path, SHORT)
    sys.stdout.write(f"{found}\n")
    assert found.wrong == []
    assert found.fired.total() > 10
    assert {name.partition(":")[0] for name in found.fired} == {"bts-1", "vsp-1", "oven-1"}
    assert found.same_ledgers >= 1
