"""The virtual lab's file: what is read, and how each mistake is named."""

from pathlib import Path

import pytest

from simulators.lab.lab_file import LabFileError, load_lab_file, parse_lab


def test_reads_the_documented_lab(lab_text: str, tmp_path: Path) -> None:
    lab = parse_lab(lab_text, tmp_path)
    bts = lab.instruments["bts-1"]
    assert (bts.listen.host, bts.listen.port) == ("127.0.0.1", 0)
    assert bts.status_lag_s == 5
    assert lab.start is not None
    assert lab.start.isoformat() == "2026-01-05T08:00:00+08:00"
    assert [str(address) for address in bts.devices[0].addresses()[7:9]] == ["27-21-1-8", "27-21-2-1"]


def test_the_example_in_the_reference_is_a_valid_lab(tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "reference" / "virtual-lab.md").read_text(encoding="utf-8")
    example = page.split("```yaml\n")[1].split("```")[0]
    assert parse_lab(example, tmp_path).instruments["bts-1"].listen.port == 7502


@pytest.mark.parametrize(
    ("wrong", "right", "complaint"),
    [
        ("listen: 7502", "listen: 127.0.0.1:0", "instruments.bts-1.listen: must be written host:port"),
        ("listen: 127.0.0.1:70000", "listen: 127.0.0.1:0", "instruments.bts-1.listen.port: "),
        ("kind: newhare", "kind: neware", "instruments.bts-1.kind: "),
        ("time_zone: Mars/Olympus", "time_zone: Asia/Shanghai", "instruments.bts-1.time_zone: 'Mars/Olympus' is no"),
        ("27-21-1-9: {", "27-21-1-2: {", "instruments.bts-1.cells.27-21-1-9: no device has this channel"),
        ("27-21-1: {", "27-21-1-2: {", "instruments.bts-1.cells.27-21-1: '27-21-1' is not a channel address"),
        ("27-21-1-1: {", "27-21-1-2: {", "line 15: key '27-21-1-1' is given twice"),
        ("start: 2026-01-05T08:00:00\n", "start: 2026-01-05T08:00:00+08:00\n", "start: "),
        ("speed_without_node: -1", "speed_without_node: 0", "speed_without_node: "),
        ("speed_without_node: .nan", "speed_without_node: 0", "speed_without_node: "),
        ("colour: red\ncontrol: ", "control: ", "colour: "),
        (
            "channel: {accuracy: perfect}\n    cells:",
            "cells:",
            "instruments.bts-1.channel.accuracy: Input should be 'ideal'",
        ),
        (
            "channel: {accuracy: neware_5V_50mA, current_max_A: 0.1}\n    cells:",
            "cells:",
            "instruments.bts-1.channel: accuracy neware_5V_50mA measures up to 5 V and 0.05 A only",
        ),
        (
            "27-21-1-1: {parameters: {colour: 1}, ",
            "27-21-1-1: {",
            "instruments.bts-1.cells.27-21-1-1: sio_c_l has no plain number colour; it has ",
        ),
        ("virtual_lab: 7", "virtual_lab: two units", "virtual_lab: "),
        ("control: [", "control: ", "line "),
        ("control: !!python/object:os.system ", "control: ", "line "),
    ],
)
def test_every_mistake_is_one_line_that_names_the_key(
    lab_text: str, tmp_path: Path, wrong: str, right: str, complaint: str
) -> None:
    assert right in lab_text
    path = tmp_path / "lab.yaml"
    path.write_text(lab_text.replace(right, wrong, 1), encoding="utf-8")
    with pytest.raises(LabFileError) as caught:
        load_lab_file(path)
    assert str(caught.value).startswith(f"{path}: {complaint}")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", ["", "[]", "just a text", "\0", "- " * 3000])
def test_what_is_no_lab_at_all_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(LabFileError):
        parse_lab(text, tmp_path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(LabFileError, match=r"nowhere\.yaml: cannot be read"):
        load_lab_file(tmp_path / "nowhere.yaml")


def test_what_is_no_text_is_said_to_be_none(tmp_path: Path) -> None:
    (tmp_path / "lab.yaml").write_bytes(b"\xe8\xff\x00")
    with pytest.raises(LabFileError, match=r"lab\.yaml: is no text in UTF-8$"):
        load_lab_file(tmp_path / "lab.yaml")
