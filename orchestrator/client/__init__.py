"""A small client of the HTTP API: typed answers, errors of one line."""

from orchestrator.client.client import Client
from orchestrator.client.error import ClientError, ServiceUnreachable

__all__ = ["Client", "ClientError", "ServiceUnreachable"]
