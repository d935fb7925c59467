"""Webhooks: one HTTP POST, bounded in time and in what is read of the answer."""

from __future__ import annotations

import asyncio
import ssl
import time
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from orchestrator.messages.environment import required_value
from orchestrator.messages.letter import Letter
from orchestrator.messages.not_delivered import NotDelivered
from orchestrator.messages.receiver import Webhook
from orchestrator.messages.webhook_formats import body_of, dingtalk_signature, refusal_in

__all__ = ["WHOLE_LIMIT_S", "http_request", "send_webhook"]

WHOLE_LIMIT_S = 30.0
_ANSWER_BYTES_MAX = 64_000
_SHOWN_MAX = 200


def send_webhook(to: Webhook, letter: Letter, whole_limit_s: float = WHOLE_LIMIT_S) -> None:
    """Post the letter. Raises NotDelivered."""
    url = to.url or required_value(to.url_env or "")
    headers = {"Idempotency-Key": letter.key}
    if to.token_env is not None:
        headers["Authorization"] = f"Bearer {required_value(to.token_env)}"
    if to.secret_env is not None:
        signed = dingtalk_signature(required_value(to.secret_env), int(time.time() * 1000))
        url = str(httpx.URL(url).copy_merge_params(signed))
    answer = http_request(
        "POST", url, whole_limit_s, ca_file=to.ca_file, headers=headers, body=body_of(letter, to.format)
    )
    refusal = refusal_in(answer, to.format)
    if refusal is not None:
        raise NotDelivered(f"{urlsplit(url).hostname} refuses: {refusal}")


def http_request(
    method: str,
    url: str,
    whole_limit_s: float,
    *,
    ca_file: Path | None = None,
    headers: dict[str, str] | None = None,
    body: object = None,
) -> bytes:
    """The start of the answer to a request that was answered with 2xx within the time. Raises NotDelivered.

    Redirects are not followed: they would carry a secret elsewhere. Of the address only the host is told.
    """
    host = urlsplit(url).hostname
    try:
        verify = ssl.create_default_context(cafile=ca_file) if url.startswith("https:") else False
        return asyncio.run(_request(method, url, whole_limit_s, verify, headers, body))
    except TimeoutError as error:
        raise NotDelivered(f"{host} does not answer within {whole_limit_s:g} s") from error
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        raise NotDelivered(f"{host}: {str(error) or type(error).__name__}") from error


async def _request(
    method: str,
    url: str,
    whole_limit_s: float,
    verify: ssl.SSLContext | bool,
    headers: dict[str, str] | None,
    body: object,
) -> bytes:
    # One limit over all: a server that sends a byte now and then keeps within every smaller one.
    async with (
        asyncio.timeout(whole_limit_s),
        httpx.AsyncClient(verify=verify, timeout=whole_limit_s) as client,
        client.stream(method, url, headers=headers, json=body) as response,
    ):
        answer = b""
        async for part in response.aiter_bytes():
            answer += part
            if len(answer) >= _ANSWER_BYTES_MAX:
                break
        if not response.is_success:
            said = answer[:_SHOWN_MAX].decode(errors="replace")
            raise NotDelivered(f"{response.url.host} answers {response.status_code} {response.reason_phrase}: {said}")
        return answer
