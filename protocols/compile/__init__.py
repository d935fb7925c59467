"""From a protocol and a cell to a plan of absolute values, and all that can be wrong with that."""

from protocols.compile.compiler import compile_protocol, findings_without_cell

__all__ = ["compile_protocol", "findings_without_cell"]
