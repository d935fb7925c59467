import pytest

from orchestrator.analysis.cycles import cycles
from orchestrator.analysis.errors import AnalysisError, UnknownAnalysisError
from orchestrator.analysis.registry import find_analysis, known_analyses
from tests.orchestrator.analysis.conftest import InstallPlugin

PLUGIN = {"odd_cycles": "orchestrator.analysis.cycles:cycles", "odd_broken": "odd_lab_plugin:missing"}


def test_the_shipped_analyses_are_installed_with_cellbench() -> None:
    assert {"cycles", "rate_capability", "retention"} <= set(known_analyses())
    assert find_analysis("cycles").function is cycles
    assert find_analysis("cycles").code_version.startswith("cellbench ")


def test_an_installed_analysis_is_found_by_name_with_its_version(install_plugin: InstallPlugin) -> None:
    install_plugin("", PLUGIN)
    found = find_analysis("odd_cycles")

    assert found.function is cycles
    assert found.code_version == "odd-lab 2.5"


def test_an_unknown_name_is_answered_with_the_known_ones(install_plugin: InstallPlugin) -> None:
    install_plugin("", PLUGIN)
    with pytest.raises(UnknownAnalysisError, match=r"no analysis is called 'cylces'; known: .*odd_broken, odd_cycles"):
        find_analysis("cylces")
    assert known_analyses() == tuple(sorted(known_analyses()))


def test_a_plugin_that_cannot_be_imported_spoils_only_itself(install_plugin: InstallPlugin) -> None:
    install_plugin("raise OSError('no licence file\\nfor this PC')", {**PLUGIN, "odd_number": "math:pi"})

    with pytest.raises(
        AnalysisError, match=r"odd_broken \(odd_lab_plugin:missing\) cannot .*OSError: no licence file$"
    ):
        find_analysis("odd_broken")
    with pytest.raises(AnalysisError, match=r"odd_number \(math:pi\) is not a function"):
        find_analysis("odd_number")
    assert find_analysis("odd_cycles").name == "odd_cycles"


def test_options_are_checked_by_name(install_plugin: InstallPlugin) -> None:
    install_plugin("", PLUGIN)
    found = find_analysis("odd_cycles")

    found.check_options({"cell_type": "half"})
    with pytest.raises(AnalysisError, match="has no option 'cel_type'; it has: cell_type, first_cycles"):
        found.check_options({"cel_type": "half"})
    with pytest.raises(AnalysisError, match="correlation needs the option property_name and value"):
        find_analysis("correlation").check_options({})
