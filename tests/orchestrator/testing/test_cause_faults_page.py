"""The how-to page's faults, in the fixture that it names, on the protocol of the first steps: what one sees."""

from __future__ import annotations

import re
from pathlib import Path

from orchestrator.testing.virtual_lab import VirtualLab

_DOCS = Path(__file__).parents[3] / "docs"


def _yaml(page: str, begin: str) -> str:
    blocks = re.findall(r"```yaml\n(.*?)```", (_DOCS / page).read_text(encoding="utf-8"), re.DOTALL)
    return str(next(block for block in blocks if block.startswith(begin)))


def test_the_page_says_what_one_sees(virtual_lab: VirtualLab, tmp_path: Path) -> None:
    protocol = tmp_path / "my_first.yaml"
    protocol.write_text(_yaml("tutorial/first-run.md", "cellbench: 1"), encoding="utf-8")
    faults = _yaml("how-to/cause-faults.md", "cellbench_faults: 1")
    virtual_lab.describe(faults=faults, poll="5 min", lost_after="10 min")
    run = virtual_lab.run(protocol)
    names = [one["name"] for one in virtual_lab.fired()]
    assert (run.state, run.reason) == ("failed", "the instrument's own protection ended the test (protect)")
    assert names.count("a bad cable") > 5
    assert {"somebody switched it off", "a sense wire is loose"} < set(names)
    assert any("the state of its cells is unknown" in alarm for alarm in run.alarms)
    assert run.records["voltage_V"].iloc[-1] > 2.5
    assert run.records["voltage_V"].iloc[:-60].max() < 1.6
