"""Who a BTS Client says it is."""

from __future__ import annotations

from drivers.contracts import Identity
from drivers.neware.answers import Devices
from drivers.neware.connection import Endpoint

__all__ = ["identity_of"]


def identity_of(devices: Devices, endpoint: Endpoint) -> Identity:
    """Return the identity; the model is told by the device types that the client lists."""
    kinds = sorted({address.devtype for address in devices.addresses})
    model = f"BTS 8, devtype {', '.join(map(str, kinds))}" if kinds else "BTS 8 without devices"
    return Identity("NEWARE", model, str(endpoint), devices.client_version)
