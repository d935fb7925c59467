"""``cellbench discover``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from orchestrator.cli.discovered import Discovered, Found
from orchestrator.cli.options import find_lab, lab_option
from orchestrator.cli.refusal import CommandRefused, one_line

if TYPE_CHECKING:
    from drivers.neware.connection import Endpoint, Login
    from orchestrator.config import Lab

__all__ = ["discover"]

_NEWARE, _ECLIB = "neware", "biologic"
_NO_ADDRESS = "no address: name hosts or a small network with --neware, or a lab file with --lab"
_NO_FINDER = "a stand-in sees only the instruments that the lab file names"
_NOTHING_SEEN = "it sees no instrument; is it switched on, on USB or in this network, and not behind a firewall?"


@click.command("discover")
@click.option(
    "--neware",
    "hosts",
    metavar="HOST[:PORT]|NETWORK",
    multiple=True,
    help="Look here too, e.g. 192.0.2.10 or 192.0.2.0/28.",
)
@click.option(
    "--eclib", "library", metavar="LIBRARY", help="Path of EClib64.dll.  [default: the lab file's, or easy-biologic's]"
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
@lab_option
def discover(hosts: tuple[str, ...], library: str | None, as_json: bool, lab_path: Path | None) -> None:
    """Look for instruments: NEWARE where the lab file or --neware says, BioLogic wherever EClib sees one.

    Each is only asked who it is; nothing is started or changed. Exit code 1 where nothing answers.
    """
    from orchestrator.cli.discovered_text import json_text, lines_of

    lab = find_lab(lab_path)
    seen = Discovered(taken=lab.instruments if lab else ())
    _ask_neware(hosts, lab, seen)
    _ask_eclib(library, lab, seen)
    if as_json:
        click.echo(json_text(seen))
    elif seen.found:
        for line in lines_of(seen):
            click.echo(line)
    if not seen.found:
        raise CommandRefused(("nothing answers; tried:", *(f"{what}: {one_line(why)}" for what, why in seen.in_vain)))


def _ask_neware(hosts: tuple[str, ...], lab: Lab | None, seen: Discovered) -> None:
    from drivers.errors import DriverError
    from drivers.neware.connection import Login
    from drivers.neware.discovery import LAB_FILE_OPTIONS, addresses_in, ask_all
    from drivers.neware.options import endpoint_of

    asked: dict[str, tuple[str | None, Endpoint, Login | None]] = {}
    for name, endpoint, login in _in_lab_file(lab, seen):
        asked[str(endpoint)] = (name, endpoint, login)
    for text in hosts:
        try:
            addresses = addresses_in(text)
        except ValueError as error:
            raise click.BadParameter(str(error), param_hint="--neware") from error
        for address in addresses:
            asked.setdefault(address, (None, endpoint_of(address), Login()))
    if not asked:
        seen.in_vain.append(("NEWARE", _NO_ADDRESS))
    answers = ask_all([(endpoint, login) for _, endpoint, login in asked.values()])
    for (address, (known, *_)), answer in zip(asked.items(), answers, strict=True):
        if isinstance(answer, DriverError):
            seen.in_vain.append((f"NEWARE {known or address}", str(answer)))
        else:
            who = answer.identity
            seen.add(
                Found(_NEWARE, who.vendor, who.model, who.version, who.address, answer.channels, LAB_FILE_OPTIONS),
                known,
            )


def _in_lab_file(lab: Lab | None, seen: Discovered) -> Iterator[tuple[str, Endpoint, Login | None]]:
    """Name, address and login of each NEWARE instrument in the lab file."""
    from drivers.neware.options import read_options

    for place in lab.instruments.values() if lab else ():
        if place.driver == _NEWARE:
            try:
                options = read_options(place.address, place.options)
            except ValueError as error:
                seen.in_vain.append((f"NEWARE {place.name}", str(error)))
            else:
                yield place.name, options.endpoint, options.login


def _ask_eclib(library: str | None, lab: Lab | None, seen: Discovered) -> None:
    """Ask the finder beside each EClib that the person or the lab file names, else beside the installed one."""
    from drivers.biologic.discovery import find_instruments
    from drivers.errors import DriverError

    places = [place for place in lab.instruments.values() if place.driver == _ECLIB] if lab else []
    known = {place.address: place.name for place in places}
    options = {"library": f"'{library}'"} if library else {}
    for one in _finders(
        library, [str(place.options["library"]) for place in places if "library" in place.options], seen
    ):
        what = f"EClib {one}" if one else "EClib"
        try:
            found = find_instruments(one)
        except DriverError as error:
            seen.in_vain.append((what, str(error)))
            continue
        if not found:
            seen.in_vain.append((what, _NOTHING_SEEN))
        for it in found:
            instrument = Found(_ECLIB, "BioLogic", it.model, f"serial {it.serial}", it.address, options=options)
            seen.add(instrument, known.get(it.address))


def _finders(library: str | None, named: list[str], seen: Discovered) -> Iterator[str | None]:
    """Libraries to ask; None is the one that is installed."""
    if library or not named:
        yield library
        return
    for one in dict.fromkeys(named):
        if one.lower().endswith(".dll") or ":" not in one:
            yield one
        else:
            seen.in_vain.append((f"EClib {one}", _NO_FINDER))
