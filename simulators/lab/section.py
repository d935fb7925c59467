"""What every section of the virtual lab's file is made of."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

__all__ = ["Endpoint", "EndpointText", "Section"]


class Section(BaseModel):
    """A mapping whose keys are all known, with finite numbers."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Endpoint(Section):
    """Where something listens; written ``127.0.0.1:7502``. Port 0 means any free one."""

    host: str
    port: Annotated[int, Field(ge=0, le=65535)]


def _endpoint(value: object) -> object:
    host, separator, port = str(value).rpartition(":")
    if not (separator and host and port.isascii() and port.isdigit()):
        raise ValueError("must be written host:port, such as 127.0.0.1:7502")
    return {"host": host, "port": int(port)}


EndpointText = Annotated[Endpoint, BeforeValidator(_endpoint)]
