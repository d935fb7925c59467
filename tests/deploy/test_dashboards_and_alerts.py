"""Dashboards and alerts speak of metrics that exist, with labels that those have."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from tests.deploy.places import DEPLOY, metric_labels

_FOLDER = DEPLOY / "compose"
_DASHBOARDS: dict[str, dict[str, Any]] = {
    path.stem: json.loads(path.read_text(encoding="utf-8"))
    for path in sorted((_FOLDER / "grafana" / "dashboards").glob("*.json"))
}
_RULES = yaml.safe_load((_FOLDER / "prometheus" / "cellbench.rules.yml").read_text(encoding="utf-8"))
_ALERTS: list[dict[str, Any]] = [rule for group in _RULES["groups"] for rule in group["rules"]]
_TESTS = yaml.safe_load((_FOLDER / "prometheus" / "cellbench.rules.test.yml").read_text(encoding="utf-8"))
_LABELS = metric_labels()
_METRIC = re.compile(r"(cellbench_\w+)(\{[^}]*\})?")
_FROM_PROMETHEUS = {"job", "instance"}


def _dashboard_expressions() -> Iterator[tuple[str, str]]:
    for name, dashboard in _DASHBOARDS.items():
        for panel in dashboard["panels"]:
            yield from ((f"{name}: {panel['title']}", target["expr"]) for target in panel["targets"])
        yield from ((f"{name}: {one['name']}", one["definition"]) for one in dashboard["templating"]["list"])


_EXPRESSIONS = [*_dashboard_expressions(), *((rule["alert"], rule["expr"]) for rule in _ALERTS)]


def _wrong(expression: str) -> list[str]:
    """Metrics that do not exist, and labels that theirs have not."""
    found = []
    for name, matchers in _METRIC.findall(expression):
        if name not in _LABELS:
            found.append(name)
            continue
        labels = set(re.findall(r"(\w+)\s*(?:=~|!=|=)", matchers))
        found += [f"{name}{{{label}}}" for label in labels - _LABELS[name] - _FROM_PROMETHEUS]
    return found


def test_the_page_of_metrics_is_read() -> None:
    assert _LABELS["cellbench_channel_state"] == {"bench", "state"}
    assert _LABELS["cellbench_up"] == frozenset()
    assert len(_LABELS) >= 20


@pytest.mark.parametrize(("where", "expression"), _EXPRESSIONS, ids=[where for where, _ in _EXPRESSIONS])
def test_it_speaks_of_metrics_and_labels_that_exist(where: str, expression: str) -> None:
    assert _METRIC.search(expression) or 'up{job="cellbench"}' in expression
    assert _wrong(expression) == []


def test_a_metric_and_a_label_that_do_not_exist_are_seen() -> None:
    assert _wrong('rate(cellbench_no_such{a="b"}[5m]) / cellbench_up{bench="A1"}') == [
        "cellbench_no_such",
        "cellbench_up{bench}",
    ]


def test_every_metric_is_shown_somewhere() -> None:
    shown = {name for _, expression in _EXPRESSIONS for name, _ in _METRIC.findall(expression)}
    assert sorted(set(_LABELS) - shown) == []


def test_labels_in_legends_and_in_words_belong_to_the_metric() -> None:
    legends = [
        (f"{name}: {panel['title']}", label, target["expr"])
        for name, dashboard in _DASHBOARDS.items()
        for panel in dashboard["panels"]
        for target in panel["targets"]
        for label in re.findall(r"\{\{\s*(\w+)\s*\}\}", target["legendFormat"])
    ]
    legends += [
        (rule["alert"], label, rule["expr"])
        for rule in _ALERTS
        for label in re.findall(r"\$labels\.(\w+)", json.dumps(rule["annotations"]))
    ]
    assert len(legends) > 20
    known = {
        where: {label for name, _ in _METRIC.findall(expr) for label in _LABELS[name]} for where, _, expr in legends
    }
    for where, _, expr in legends:
        known[where] |= {label for name, _ in _METRIC.findall(expr) for label in _LABELS[name]}
    assert [(where, label) for where, label, _ in legends if label not in known[where]] == []


@pytest.mark.parametrize("name", sorted(_DASHBOARDS))
def test_a_dashboard_finds_its_data_and_its_panels_do_not_overlap(name: str) -> None:
    provisioned = yaml.safe_load((_FOLDER / "grafana/provisioning/datasources/prometheus.yaml").read_text("utf-8"))
    uid = provisioned["datasources"][0]["uid"]
    panels = _DASHBOARDS[name]["panels"]
    assert {panel["datasource"]["uid"] for panel in panels} == {uid}
    assert len({panel["id"] for panel in panels}) == len(panels)
    taken = [
        (x, y)
        for place in (panel["gridPos"] for panel in panels)
        for x in range(place["x"], place["x"] + place["w"])
        for y in range(place["y"], place["y"] + place["h"])
    ]
    assert len(taken) == len(set(taken))
    assert max(x for x, _ in taken) < 24


def test_the_three_dashboards_are_there() -> None:
    titles = {dashboard["title"]: dashboard["uid"] for dashboard in _DASHBOARDS.values()}
    assert set(titles) == {"Bench overview", "Run", "Instrument health"}
    assert len(set(titles.values())) == 3


def test_an_alert_says_how_bad_it_is_and_what_to_do() -> None:
    assert all(rule["labels"]["severity"] in {"warning", "critical"} for rule in _ALERTS)
    assert all(set(rule["annotations"]) == {"summary", "description"} for rule in _ALERTS)
    assert len({rule["alert"] for rule in _ALERTS}) == len(_ALERTS)


def test_the_issue_s_alerts_are_there_and_the_tests_of_rules_name_only_rules() -> None:
    names = {rule["alert"] for rule in _ALERTS}
    assert names >= {
        "CellbenchInstrumentSilent",
        "CellbenchNodeSilent",
        "CellbenchDiskNearlyFull",
        "CellbenchCriticalAlarm",
        "CellbenchBackupOld",
    }
    tested = {case["alertname"] for test in _TESTS["tests"] for case in test["alert_rule_test"]}
    assert tested <= names
    series = [one["series"] for test in _TESTS["tests"] for one in test["input_series"]]
    assert [wrong for one in series if "cellbench_" in one and (wrong := _wrong(one))] == []


def test_prometheus_reads_the_rules_asks_web_and_tells_alertmanager() -> None:
    config = yaml.safe_load((_FOLDER / "prometheus" / "prometheus.yml").read_text(encoding="utf-8"))
    assert config["rule_files"] == ["/etc/prometheus/cellbench.rules.yml"]
    targets = {job["job_name"]: job["static_configs"][0]["targets"] for job in config["scrape_configs"]}
    assert targets["cellbench"] == ["127.0.0.1:8321"]
    told = config["alerting"]["alertmanagers"][0]["static_configs"][0]["targets"]
    assert told == targets["alertmanager"] == ["127.0.0.1:9093"]


def test_alertmanager_has_no_address_of_its_own() -> None:
    config = yaml.safe_load((_FOLDER / "alertmanager.yml").read_text(encoding="utf-8"))
    receivers = {receiver["name"]: receiver for receiver in config["receivers"]}
    routes = [config["route"], *config["route"]["routes"]]
    assert {route["receiver"] for route in routes} == set(receivers)
    assert [hook["url_file"] for hook in receivers["laboratory"]["webhook_configs"]] == [
        "/run/secrets/alert_webhook_url"
    ]
    named = set(re.findall(r"Cellbench\w+", json.dumps(config["inhibit_rules"])))
    assert named <= {rule["alert"] for rule in _ALERTS}
