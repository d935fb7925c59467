"""Webhooks, against a real HTTP server, in the forms that Slack, Teams, DingTalk and WeCom take."""

from __future__ import annotations

import base64
import hashlib
import hmac
import logging
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from orchestrator.messages.by_webhook import send_webhook
from orchestrator.messages.deliver import deliver, quiet_http_log
from orchestrator.messages.letter import Letter, Line
from orchestrator.messages.not_delivered import NotDelivered
from orchestrator.messages.receiver import Receiver, Webhook
from tests.orchestrator.messages.certificates import Certificates
from tests.orchestrator.messages.mail_server import trickling
from tests.orchestrator.messages.web_server import web_server

LINES = tuple(
    Line(number, "critical", f"run {number}", "Zelle <A7> & Ofen: 温度", 1_767_571_200.0) for number in range(1, 300)
)
LETTER = Letter("bench/hook/1", "bench", LINES[:1], 1_767_571_260.0, 3)
STORM = Letter("bench/hook/2", "bench", LINES, 1_767_571_260.0, 299)


def refusal(way: Webhook) -> str:
    with pytest.raises(NotDelivered) as refused:
        deliver(Receiver("hook", way), LETTER)
    return str(refused.value)


def test_generic_json_says_everything_of_each_alarm_under_a_key() -> None:
    with web_server() as hook:
        send_webhook(Webhook(hook.url), LETTER)
        sent = hook.next()
    assert (sent.method, sent.headers["idempotency-key"]) == ("POST", "bench/hook/1")
    told = sent.json
    assert (told["state"], told["severity"], told["unacknowledged"], told["key"]) == (
        "raised",
        "critical",
        3,
        "bench/hook/1",
    )
    assert told["alarms"][0]["source"] == "run 1"
    assert told["alarms"][0]["state"] == "raised"


def _slack(body: Any) -> str:
    assert set(body) == {"text"}
    return str(body["text"])


def _teams(body: Any) -> str:
    assert body["type"] == "message"
    attachment = body["attachments"][0]
    assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
    assert (attachment["content"]["type"], attachment["content"]["version"]) == ("AdaptiveCard", "1.4")
    return "".join(block["text"] for block in attachment["content"]["body"])


def _robot(body: Any) -> str:
    assert body["msgtype"] == "text"
    return str(body["text"]["content"])


@pytest.mark.parametrize(
    ("form", "text_of", "bytes_max"),
    [("slack", _slack, 40_000), ("teams", _teams, 28_000), ("dingtalk", _robot, 20_000), ("wecom", _robot, 2_048)],
)
@pytest.mark.parametrize("letter", [LETTER, STORM], ids=["one", "storm"])
def test_each_service_gets_its_form_within_its_size(form: Any, text_of: Any, bytes_max: int, letter: Letter) -> None:
    with web_server() as hook:
        hook.answer = b'{"errcode": 0, "errmsg": "ok"}'
        send_webhook(Webhook(hook.url, format=form), letter)
        sent = hook.next()
    text = text_of(sent.json)
    assert "run 1: Zelle" in text
    assert "温度" in text
    assert len(text.encode()) <= bytes_max
    assert form != "slack" or "&lt;A7&gt; &amp;" in text


@pytest.mark.parametrize("form", ["dingtalk", "wecom"])
@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (b'{"errcode": 310000, "errmsg": "sign not match"}', "errcode 310000: sign not match"),
        (b"<html>", "no JSON"),
        (b"{}", "no errcode"),
    ],
)
def test_a_200_with_an_error_in_it_is_a_refusal(form: Any, answer: bytes, said: str) -> None:
    with web_server() as hook:
        hook.answer = answer
        assert said in refusal(Webhook(hook.url, format=form))


def test_dingtalks_signature_is_what_its_page_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DING_SECRET", "SECabc")
    with web_server() as hook:
        hook.answer = b'{"errcode": 0}'
        send_webhook(Webhook(f"{hook.url}?access_token=t", format="dingtalk", secret_env="DING_SECRET"), LETTER)
        query = parse_qs(urlsplit(hook.next().path).query)
    signed = hmac.new(b"SECabc", f"{query['timestamp'][0]}\nSECabc".encode(), hashlib.sha256).digest()
    assert query["access_token"] == ["t"]
    assert base64.b64decode(query["sign"][0]) == signed


def test_address_and_token_come_from_the_environment_and_stand_in_no_log_and_no_error(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    quiet_http_log()
    monkeypatch.setenv("HOOK_TOKEN", "token-4711")
    with web_server() as hook:
        monkeypatch.setenv("HOOK_URL", f"{hook.url}/T00/B00/very-secret")
        way = Webhook(url_env="HOOK_URL", token_env="HOOK_TOKEN")
        deliver(Receiver("hook", way), LETTER)
        sent = hook.next()
        assert sent.path == "/hook/T00/B00/very-secret"
        assert sent.headers["authorization"] == "Bearer token-4711"
        hook.status, hook.answer = 403, b"no: " + sent.path.encode() + b" token-4711"
        said = refusal(way)
        everything = refusal(Webhook(f"{hook.url}/very-secret", token_env="HOOK_TOKEN")) + said + caplog.text
    assert "403" in said
    assert "token-4711" not in everything


@pytest.mark.parametrize("status", [301, 400, 404, 429, 500, 503])
def test_what_is_not_taken_is_said_with_the_status(status: int) -> None:
    with web_server() as hook:
        hook.status, hook.answer, hook.headers = status, b"why", {"Location": "http://127.0.0.1:9/elsewhere"}
        assert f"127.0.0.1 answers {status}" in refusal(Webhook(hook.url))


def test_over_tls_only_with_a_certificate_that_is_trusted(certificates: Certificates) -> None:
    with web_server(certificates.server_context()) as hook:
        assert "certificate" in refusal(Webhook(hook.url)).lower()
        deliver(Receiver("hook", Webhook(hook.url, ca_file=certificates.ca_file)), LETTER)
        assert hook.next().json["lab"] == "bench"


def test_nobody_listens(free_port: int) -> None:
    assert refusal(Webhook(f"http://127.0.0.1:{free_port}/very-secret")).startswith("127.0.0.1: ")


def test_a_server_that_trickles_is_left_within_the_whole_limit() -> None:
    with trickling(b"HTTP/1.1 200 OK\r\nX: ") as port, pytest.raises(NotDelivered, match=r"not answer within 0\.4 s"):
        send_webhook(Webhook(f"http://127.0.0.1:{port}/"), LETTER, whole_limit_s=0.4)
