"""Certificates that the system does not trust, made for each run of the tests."""

from __future__ import annotations

from pathlib import Path

import pytest
import trustme

from tests.orchestrator.messages.certificates import Certificates


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    authority = trustme.CA()
    ca_file = tmp_path_factory.mktemp("ca") / "ca.pem"
    authority.cert_pem.write_to_path(str(ca_file))
    return Certificates(authority.issue_cert("localhost", "127.0.0.1"), Path(ca_file))
