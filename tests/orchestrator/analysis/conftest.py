from collections.abc import Callable
from pathlib import Path

import pytest

InstallPlugin = Callable[[str, dict[str, str]], None]


@pytest.fixture
def install_plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> InstallPlugin:
    """Put a distribution on the path, as pip would: one module, and its entry points."""
    site = tmp_path / "site"

    def install(source: str, entries: dict[str, str]) -> None:
        info = site / "odd_lab-2.5.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: odd-lab\nVersion: 2.5\n")
        lines = "".join(f"{name} = {target}\n" for name, target in entries.items())
        (info / "entry_points.txt").write_text(f"[cellbench.analyses]\n{lines}")
        (site / "odd_lab_plugin.py").write_text(source)
        monkeypatch.syspath_prepend(str(site))

    return install
