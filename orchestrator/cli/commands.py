"""Every command of ``cellbench``, where it lives, and one line on what it does."""

from __future__ import annotations

import click

from orchestrator.cli.group import LazyCommand, LazyGroup

__all__ = ["COMMANDS", "cellbench"]


def _in(module: str, attribute: str, summary: str) -> LazyCommand:
    return LazyCommand(f"orchestrator.cli.{module}:{attribute}", summary)


COMMANDS = {
    "check": _in("check", "check", "Read protocol files and name every problem in them."),
    "plan": _in("plan", "plan", "Show what a protocol will do to a cell, in absolute values."),
    "preview": _in("preview", "preview", "Run a protocol on a virtual cell in a second or two, and draw it."),
    "library": _in("library", "library", "List the protocols that come with cellbench."),
    "schema": _in("schema", "schema", "Print the JSON Schema of protocol files, for editors."),
    "protocol": _in("protocol", "protocol", "Translate protocols from and to unicycler JSON."),
    "cell": _in("cell", "cell", "Add, change, list and show cells; enter values measured elsewhere."),
    "channels": _in("channels", "channels", "Show every channel and what runs there."),
    "chambers": _in("chambers", "chambers", "Show every temperature chamber, who uses it and what it waits for."),
    "discover": _in("discover", "discover", "Look for instruments, and print their lines for the lab file."),
    "run": _in("run", "run", "Launch a protocol on one or several cells."),
    "ls": _in("ls", "ls", "List runs."),
    "show": _in("show", "show", "Show one run: its plan with the present step, cycles, events, results."),
    "watch": _in("watch", "watch", "Follow runs until they end."),
    "pause": _in("steer", "pause", "Pause runs."),
    "resume": _in("steer", "resume", "Let paused and waiting runs go on."),
    "confirm": _in("steer", "confirm", "Confirm that a person has done what runs asked for."),
    "stop": _in("steer", "stop", "End runs at open circuit; --all ends every run."),
    "queue": _in("queue", "queue", "Show what waits on every channel, in order, and why."),
    "move": _in("queue", "move", "Move a run that has not begun in the queue of its channel."),
    "campaign": _in("campaign", "campaign", "Take many cells through many protocols, in order, at stated times."),
    "results": _in("results", "results", "Show the results of a run's analyses."),
    "analyse": _in("analyse", "analyse", "Ask for an analysis of one or several runs, with other options."),
    "export": _in("export", "export", "Write the data of runs as files: Battery Data Format, spectra, EC-Lab text."),
    "report": _in("report", "report", "Write one HTML file about runs, with figures."),
    "alarms": _in("alarms", "alarms", "List alarms, and who cannot be told of them; send a test message."),
    "interlocks": _in("interlocks", "interlocks", "List interlock rules, and what has tripped."),
    "ack": _in("alarms", "ack", "Acknowledge an alarm or a trip, with a reason."),
    "serve": _in("serve", "serve", "Run the service: node, pages and HTTP API."),
    "node": _in("node", "node", "Run only the node, which drives the instruments."),
    "web": _in("web", "web", "Run only the pages and the HTTP API."),
    "doctor": _in("doctor", "doctor", "Look for whatever is wrong, with a remedy for each."),
    "backup": _in("backup", "backup", "Copy the database while the service runs."),
    "restore": _in("restore", "restore", "Bring a backup of the database back."),
    "user": _in("user", "user", "Let people log in, and say what each may do."),
    "token": _in("token", "token", "Make, list and revoke tokens, with which programs and this command line log in."),
    "db": _in("db", "db", "Upgrade the database, or show its version."),
    "lab": _in("lab", "lab", "Run a virtual lab: simulated instruments on real wires."),
    "demo": _in("demo", "demo", "Measure a whole published study on 27 virtual cells."),
}
"""In the order in which a day in the lab uses them."""


@click.group("cellbench", cls=LazyGroup, lazy=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="cellbench", prog_name="cellbench")
def cellbench() -> None:
    """Battery tests on real instruments, unattended, with nothing lost."""
