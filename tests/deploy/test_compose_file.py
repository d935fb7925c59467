"""The Compose file is one, all in it is pinned, watched and kept to this computer, and no secret stands in it."""

from __future__ import annotations

import json
import re
from typing import Any

import jsonschema
import pytest
import yaml

from orchestrator.config import read_lab
from orchestrator.config.lab import WebPlace
from orchestrator.messages.heartbeat.output import Touch
from tests.deploy.places import DEPLOY, ROOT, unknown_words

_FOLDER = DEPLOY / "compose"
_COMPOSE: dict[str, Any] = yaml.safe_load((_FOLDER / "compose.yaml").read_text(encoding="utf-8"))
_SERVICES: dict[str, dict[str, Any]] = _COMPOSE["services"]
_OURS = sorted(name for name, service in _SERVICES.items() if "build" in service)
_EXACT = re.compile(r"[a-z0-9./-]+:v?\d+\.\d+(\.\d+)?(-[a-z0-9.-]+)?(@sha256:[0-9a-f]{64})?")
_SCHEMA = json.loads((ROOT / "tests" / "deploy" / "compose-spec.schema.json").read_text(encoding="utf-8"))


def test_it_is_a_compose_file_by_the_specification() -> None:
    assert [error.message for error in jsonschema.Draft7Validator(_SCHEMA).iter_errors(_COMPOSE)] == []


def test_the_schema_sees_a_word_that_is_none() -> None:
    wrong = {"services": {"node": {"image": "cellbench:0.1.0", "healtcheck": {}}}}
    assert not jsonschema.Draft7Validator(_SCHEMA).is_valid(wrong)


def test_every_image_is_named_by_an_exact_version() -> None:
    bases = re.findall(r"^FROM (\S+)", (_FOLDER / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE)
    images = [service["image"] for service in _SERVICES.values()]
    assert [image for image in images + bases if not _EXACT.fullmatch(image)] == []
    assert len(set(bases)) == 1


def test_our_image_has_the_version_of_this_project() -> None:
    version = re.search(r'^version = "(.+)"', (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.MULTILINE)
    assert version is not None
    assert {_SERVICES[name]["image"] for name in _OURS} == {f"cellbench:{version[1]}"}
    assert _OURS == ["node", "web"]


@pytest.mark.parametrize("name", sorted(_SERVICES))
def test_a_service_is_watched_comes_back_and_does_not_fill_the_disk(name: str) -> None:
    service = _SERVICES[name]
    assert service["healthcheck"]["test"][0] in {"CMD", "CMD-SHELL"}
    assert service["restart"] == "unless-stopped"
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert {"max-size", "max-file"} <= set(service["logging"]["options"])


def test_only_caddy_listens_to_the_laboratory() -> None:
    assert [
        port for service in _SERVICES.values() for port in service.get("ports", []) if not port.startswith("127.0.0.1:")
    ] == []
    for name in ("prometheus", "alertmanager"):
        assert any(word.startswith("--web.listen-address=127.0.0.1:") for word in _SERVICES[name]["command"])
    assert "--cluster.listen-address=" in _SERVICES["alertmanager"]["command"]
    assert _SERVICES["grafana"]["environment"]["GF_SERVER_HTTP_ADDR"] == "127.0.0.1"


def test_no_password_stands_in_any_file() -> None:
    for name, service in _SERVICES.items():
        secret = {key: value for key, value in service.get("environment", {}).items() if "PASSWORD" in key}
        assert all(key.endswith("_FILE") and value.startswith("/run/secrets/") for key, value in secret.items()), name
        given = {value.removeprefix("/run/secrets/") for value in secret.values()}
        assert given <= set(service.get("secrets", [])), name
    texts = "".join(path.read_text(encoding="utf-8") for path in _FOLDER.rglob("*") if path.is_file())
    assert re.findall(r"//[^/\s:@]+:[^/\s@]+@", texts) == []
    assert all(secret["file"].startswith("secrets/") for secret in _COMPOSE["secrets"].values())
    assert {"secrets/", "secrets.env", ".env"} <= set((_FOLDER / ".gitignore").read_text(encoding="utf-8").split())


def test_every_secret_is_used_and_every_used_one_is_made_by_the_page() -> None:
    used = {secret for service in _SERVICES.values() for secret in service.get("secrets", [])}
    page = (DEPLOY / "compose.md").read_text(encoding="utf-8")
    assert used == set(_COMPOSE["secrets"]) == set(re.findall(r"> secrets/(\w+)", page))


def test_every_file_and_volume_that_is_mounted_is_there() -> None:
    mounts = [mount for service in _SERVICES.values() for mount in service.get("volumes", [])]
    files = [mount.partition(":")[0] for mount in mounts if mount.startswith("./")]
    assert [file for file in files if not (_FOLDER / file).exists()] == []
    named = {mount.partition(":")[0] for mount in mounts if mount[0].isalpha()}
    assert named == set(_COMPOSE["volumes"])


def test_our_services_run_commands_that_are_installed() -> None:
    commands = {name: _SERVICES[name]["command"] for name in ("node", "web")}
    assert commands == {"node": ["cellbench", "node", "--name=${CELLBENCH_NODE:-}"], "web": ["cellbench", "web"]}
    assert unknown_words("node --name x") == []


def test_a_web_process_that_falls_takes_nothing_with_it() -> None:
    assert [name for name, service in _SERVICES.items() if "web" in service.get("depends_on", {})] == []
    assert {service.get("network_mode", "bridge") for service in _SERVICES.values()} == {"host", "bridge"}
    assert all(_SERVICES[name]["depends_on"] == {"postgres": {"condition": "service_healthy"}} for name in _OURS)


def test_the_lab_file_that_is_shown_fits_the_compose_file() -> None:
    lab = read_lab(_FOLDER / "lab.example.yaml")
    touched = [beat.way.path.as_posix() for beat in lab.heartbeats if isinstance(beat.way, Touch)]
    assert touched == ["/srv/lab/alive"]
    assert f"find {touched[0]} " in _SERVICES["node"]["healthcheck"]["test"][1]
    assert lab.database_url == "postgresql://cellbench@127.0.0.1/cellbench"
    assert lab.web == WebPlace(names=("labpc.example.org",))
    assert "CELLBENCH_HOST=labpc.example.org" in (_FOLDER / "example.env").read_text(encoding="utf-8")
    mounted = [mount.rpartition(":")[2] for mount in _SERVICES["node"]["volumes"]]
    assert lab.backup is not None
    assert {lab.backup.to.as_posix(), "/srv/lab", "/srv/steps"} == set(mounted)


def test_caddy_leads_to_where_web_and_grafana_listen() -> None:
    text = (_FOLDER / "Caddyfile").read_text(encoding="utf-8")
    place = f"{WebPlace().host}:{WebPlace().port}"
    assert f"reverse_proxy {place} {{" in text
    assert text.count("reverse_proxy ") == 2
    assert "header_up" not in text, "web knows people by what they send, under the name that they came by"
    assert "http://127.0.0.1:8325/" in _SERVICES["caddy"]["healthcheck"]["test"]
    assert text.count("{") == text.count("}")


def test_the_image_is_built_from_what_the_wheel_needs_and_runs_without_rights() -> None:
    text = (_FOLDER / "Dockerfile").read_text(encoding="utf-8")
    allowed = re.findall(r"^!(\S+)", (_FOLDER / "Dockerfile.dockerignore").read_text(encoding="utf-8"), re.MULTILINE)
    copied = [word for line in re.findall(r"^COPY (.+)$", text, re.MULTILINE) for word in line.split()[:-1]]
    assert sorted(word for word in copied if not word.startswith("--")) == sorted(allowed)
    assert all((ROOT / name).exists() for name in allowed)
    assert re.search(r"^USER 10001:10001$", text, re.MULTILINE)
    assert text.index("USER 10001") < text.index("ENTRYPOINT")
