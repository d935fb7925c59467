"""The command ``cellbench``: light to start, every heavy import waits for the command that needs it."""

from orchestrator.cli.commands import cellbench
from orchestrator.cli.group import one_line_for_bugs

__all__ = ["cellbench", "main"]


def main() -> None:
    """Console script: run the command line, report every error in one line, end with 0, 1 (refused) or 2 (usage)."""
    one_line_for_bugs()
    cellbench.main()
