"""``cellbench serve``: the node and the web process as two children, so that one can fall without the other."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from orchestrator.cli.options import lab_option, require_lab

__all__ = ["serve"]


@click.command("serve")
@lab_option
def serve(lab_path: Path | None) -> None:
    """Run the service (node, pages and HTTP API) until Ctrl-C or SIGTERM. Tests on the instruments go on without it.

    The tables are created in an empty database. When node or web ends it is started again, after a pause that grows;
    when one of them cannot start at all, the service says why and ends.
    """
    lab = require_lab(lab_path)
    from orchestrator.cli.children import Child, supervise
    from orchestrator.store.database import open_database
    from orchestrator.store.upgrade import schema_version, upgrade

    engine = open_database(lab.database_url)
    try:
        if schema_version(engine) is None:
            upgrade(engine)
    finally:
        engine.dispose()
    command = (sys.executable, "-m", "orchestrator.cli")
    here = ("--lab", str(lab.path))
    children = [
        Child(f"node {name}".rstrip(), (*command, "node", *here, *(("--name", name) if name else ())))
        for name in lab.nodes or ("",)
    ]
    children.append(Child("web", (*command, "web", *here)))
    click.echo(f"{lab.name}: open {lab.web.url}/ in a browser; Ctrl-C ends the service and leaves running tests alone")
    sys.exit(supervise(children))
