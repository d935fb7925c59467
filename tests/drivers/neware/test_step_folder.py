"""The shared folder: a step file is there whole or not at all, under a name that any file system takes."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytest_mock import MockerFixture

from drivers.errors import Refused
from drivers.neware.step_folder import StepFolder


@pytest.mark.parametrize(
    ("remote", "path"),
    [
        ("D:\\steps", "D:\\steps\\a.xml"),
        ("D:\\steps\\", "D:\\steps\\a.xml"),
        ("D:/steps", "D:\\steps\\a.xml"),
        ("\\\\lab\\share", "\\\\lab\\share\\a.xml"),
        ("/srv/steps", "/srv/steps/a.xml"),
    ],
)
def test_the_path_is_spelt_as_the_bts_pc_spells_it(remote: str, path: str) -> None:
    assert StepFolder(Path(), remote).remote_path("a.xml") == path


def test_names_are_safe_short_and_different(tmp_path: Path) -> None:
    folder = StepFolder(tmp_path, "D:\\steps")
    tags = ["L1#17.1.1", "L1_17.1.1", "../../etc/passwd", "電池#1.1.1", "x" * 300, "CON", ""]
    paths = [folder.put(tag, tag.encode()) for tag in tags]
    assert len(set(paths)) == len(tags)
    names = sorted(path.name for path in tmp_path.iterdir())
    assert len(names) == len(tags)
    assert all(name.isascii() and len(name) < 100 and not name.startswith(".") for name in names)


def test_the_same_tag_replaces_its_file(tmp_path: Path) -> None:
    folder = StepFolder(tmp_path, "D:\\steps")
    assert folder.put("a", b"old") == folder.put("a", b"new")
    (written,) = tmp_path.iterdir()
    assert written.read_bytes() == b"new"


def test_a_write_that_fails_leaves_the_old_file_and_no_rest(tmp_path: Path, mocker: MockerFixture) -> None:
    folder = StepFolder(tmp_path, "D:\\steps")
    folder.put("a", b"old")
    mocker.patch("os.fsync", side_effect=OSError(28, "No space left on device"))
    with pytest.raises(Refused, match="No space left on device; is step_dir there"):
        folder.put("a", b"new")
    (written,) = tmp_path.iterdir()
    assert written.read_bytes() == b"old"


def test_a_file_that_reads_back_differently_is_refused(tmp_path: Path, mocker: MockerFixture) -> None:
    mocker.patch.object(Path, "read_bytes", return_value=b"<root>")
    with pytest.raises(Refused, match="reads back differently"):
        StepFolder(tmp_path, "D:\\steps").put("a", b"<root/>")
