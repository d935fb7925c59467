"""aurora-neware, which nobody here wrote, gets on with the virtual NEWARE unmodified: Python API and command line."""

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from aurora_neware import NewareAPI
from aurora_neware.cli.main import app
from typer.testing import CliRunner, Result

from simulators.lab.client import LabControl
from simulators.lab.thread import LabThread

ONE = "21-1-1"
CHANNEL = f"27-{ONE}"
COLUMNS = {
    "seqid": "seqid", "stepid": "stepid", "cycleid": "cycleid", "steptype": "steptype", "testtime": "testtime_ms",
    "volt": "volt_V", "curr": "curr_A", "cap": "cap_Ah", "eng": "eng_Wh",
}  # fmt: skip


@pytest.fixture
def api(lab: LabThread) -> Iterator[NewareAPI]:
    with NewareAPI(port=lab.port("bts-1")) as connection:
        yield connection


def assert_is_the_ledger(data: dict[str, list], control: LabControl, test_id: int, first: int = 0) -> None:
    """Every column of what was downloaded, number for number."""
    ledger = {name: column[first:] for name, column in control.ledger("bts-1", CHANNEL, test_id).items()}
    for theirs, ours in COLUMNS.items():
        assert data[theirs] == ledger[ours].tolist(), theirs
    zone = ZoneInfo("Asia/Shanghai")
    told = [datetime.fromisoformat(text).replace(tzinfo=zone).timestamp() for text in data["atime"]]
    assert told == np.floor(np.round(ledger["unix_time_s"], 3)).tolist()
    assert set(data) == {*COLUMNS, "atime"}


def test_the_api_lists_all_channels(api: NewareAPI) -> None:
    assert len(api.channel_map) == 16
    status = api.inquire()
    assert {point["workstatus"] for point in status.values()} == {"finish"}
    assert set(api.getchlstatus()) == set(status) == set(api.channel_map)


def test_the_api_runs_a_unicycler_file_to_its_end(api: NewareAPI, control: LabControl, steps: Path) -> None:
    assert api.start(ONE, "251203_1 #1", steps / "short.xml")[0]["start"] == "ok"
    control.advance(10)
    assert api.inquire(ONE)[ONE]["barcode"] == "251203_1 #1"
    counts = []
    while api.getchlstatus(ONE)[ONE]["status"] == "working":
        counts.append(api.inquiredf(ONE)[ONE]["count"])
        control.advance(1800)
    assert counts == sorted(counts)
    control.advance(10)
    final = api.inquiredf(ONE)[ONE]
    assert (final["testid"], final["chl"]) == (1, "true")
    data = api.download(ONE, 0)
    assert len(data["seqid"]) == final["count"] > 2000
    assert_is_the_ledger(data, control, 1)
    last = api.download(ONE, 50)
    assert_is_the_ledger(last, control, 1, first=final["count"] - 50)


def test_the_api_reads_steps_logs_and_test_ids(api: NewareAPI, control: LabControl, steps: Path) -> None:
    api.start([ONE, "21-1-2"], ["a", "b"], [steps / "short.xml"] * 2)
    control.advance(200_000)
    layers = api.get_steps(ONE)
    assert [(layer["stepid"], layer["cycleid"], layer["steptype"]) for layer in layers] == [
        (1, 1, "rest"), (2, 1, "dc"), (3, 1, "cc"), (1, 2, "rest"), (2, 2, "dc"), (3, 2, "cc"),
    ]  # fmt: skip
    assert [row["log_code"] for row in api.downloadlog(ONE)] == [100000, 100001]
    ids = api.get_testid([ONE, "21-1-2"])
    assert [ids[channel]["full_test_id"] for channel in (ONE, "21-1-2")] == ["21-1-1-1", "21-1-2-1"]


def test_the_api_stops_lights_and_clears(api: NewareAPI, control: LabControl, steps: Path) -> None:
    api.start(ONE, "a", steps / "short.xml")
    control.advance(3600)
    with pytest.raises(ValueError, match="working"):
        api.start(ONE, "again", steps / "short.xml")
    assert [item["stop"] for item in api.stop([ONE, "21-1-2"])] == ["ok", "false"]
    control.advance(10)
    assert api.inquire(ONE)[ONE]["workstatus"] == "stop"
    assert api.light(ONE)[0]["light"] == "ok"
    assert api.clearflag(ONE)[0]["clearflag"] == "false"
    (steps / "bad.xml").write_text("no step file", encoding="utf-8")
    assert api.start(ONE, "bad", steps / "bad.xml")[0]["start"] == "false"


class TestCommandLine:
    """``neware …``. It has port 502 built in, so the default of the unmodified class is pointed at the virtual one."""

    @pytest.fixture(autouse=True)
    def _port(self, lab: LabThread, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(NewareAPI.__init__, "__defaults__", ("127.0.0.1", lab.port("bts-1")))

    @staticmethod
    def run(*arguments: str) -> Result:
        return CliRunner().invoke(app, list(arguments))

    def answer(self, *arguments: str):
        result = self.run(*arguments)
        assert result.exit_code == 0, result.output
        return json.loads(result.output)

    def test_from_start_to_stop(self, control: LabControl, steps: Path) -> None:
        assert set(self.answer("status", "--state", "finish")) >= {"21-1-1", "21-2-8"}
        assert self.run("start", ONE, "from the shell", str(steps / "short.xml")).exit_code == 0
        control.advance(7200)
        assert set(self.answer("status", "--state", "working")) == {ONE}
        assert self.answer("status", ONE)[ONE]["barcode"] == "from the shell"
        count = self.answer("get-num-datapoints", ONE)[ONE]
        data = self.answer("get-data", ONE, "0")
        assert len(data["seqid"]) == count > 700
        assert data["volt"] == control.ledger("bts-1", CHANNEL, 1)["volt_V"][:count].tolist()
        assert self.answer("log", ONE)[0]["log_code"] == 100000
        assert self.answer("get-job-id", "--full-id", ONE) == {ONE: "21-1-1-1"}
        assert self.run("stop", ONE).exit_code == 0
        control.advance(10)
        assert set(self.answer("status", "--state", "stop")) == {ONE}
        assert self.answer("clearflag", ONE)[0]["clearflag"] == "false"

    def test_a_refused_start_is_told(self, steps: Path) -> None:
        (steps / "bad.xml").write_text("no step file", encoding="utf-8")
        assert self.run("start", ONE, "bad", str(steps / "bad.xml")).exit_code == 1
