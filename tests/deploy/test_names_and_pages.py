"""udev's and ser2net's files are what those programs read; every file is on a page; nothing is of one machine."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import yaml

from tests.deploy.places import DEPLOY, all_texts

_RULE = re.compile(r'(?:[A-Z_]+(?:\{[\w/.]+\})?(?:==|!=|\+=|:=|=)"[^"]*"(?:, |$))+')
_TEXTS = all_texts()
_PAGES = "".join(text for name, text in _TEXTS.items() if name.endswith(".md"))


def _rules() -> list[str]:
    lines = _TEXTS["udev/99-cellbench.rules"].splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def test_udev_can_read_its_rules() -> None:
    assert [line for line in _rules() if not _RULE.fullmatch(line)] == []
    jumps = {name for line in _rules() for name in re.findall(r'GOTO="(\w+)"', line)}
    assert jumps == {name for line in _rules() for name in re.findall(r'LABEL="(\w+)"', line)}


def test_every_name_is_of_one_device_and_goes_to_the_service() -> None:
    naming = [line for line in _rules() if "SYMLINK" in line]
    assert all('GROUP="cellbench"' in line and 'MODE="0660"' in line for line in naming)
    names = [re.search(r'SYMLINK\+="([\w/-]+)"', line)[1] for line in naming]  # type: ignore[index]
    assert len(set(names)) == len(names) == 4
    assert all(re.search(r"ID_SERIAL_SHORT|ID_PATH|idProduct", line) for line in naming)


def test_ser2net_serves_a_name_that_udev_gives_on_this_computer_only() -> None:
    config = yaml.safe_load(_TEXTS["udev/ser2net.yaml"].partition("---\n")[2])["connection"]
    device = config["connector"].split(",")[1]
    assert f'SYMLINK+="{device.removeprefix("/dev/")}"' in _TEXTS["udev/99-cellbench.rules"]
    assert config["accepter"] == "tcp,127.0.0.1,8888"
    assert config["options"]["max-connections"] == 1


def test_the_drawing_is_an_image() -> None:
    root = ET.fromstring(_TEXTS["heartbeat-relay.svg"])
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    words = {"".join(element.itertext()) for element in root.iter("{http://www.w3.org/2000/svg}text")}
    assert {"K1 watchdog relay", "S0 stop", "F1 limit", "S1 reset", "supply of the cycler"} <= words


def test_every_file_stands_on_a_page() -> None:
    for name in _TEXTS:
        last = name.rpartition("/")[2]
        folder = name.rpartition("/")[0]
        spoken_of = (
            last in _PAGES
            or f"{folder}`" in _PAGES
            or f"`{folder}/" in _PAGES
            or last.removesuffix(".service") in _PAGES
        )
        named = name.startswith(("systemd/", "compose/")) or spoken_of
        assert named, name


def test_nothing_is_of_one_machine() -> None:
    private = re.compile(r"/(?:work|root|home)/|localhost\.localdomain|192\.168\.|(?<!\d)10\.\d+\.\d+\.\d+")
    assert {name: found for name, text in _TEXTS.items() if (found := private.findall(text))} == {}
    assert [path for path in DEPLOY.rglob("*") if path.is_symlink()] == []
