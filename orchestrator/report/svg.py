"""A figure as SVG that stands inside an HTML page."""

from __future__ import annotations

import io
import re

from markupsafe import Markup
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

__all__ = ["inline_svg", "standalone_svg"]

_HEAD = re.compile(r"^.*?(?=<svg )", re.DOTALL)
_METADATA = re.compile(r"\s*<metadata>.*?</metadata>", re.DOTALL)
_NAMESPACES = re.compile(r' xmlns(:\w+)?="[^"]*"')
_IDS = re.compile(r'(\bid="|href="#|url\(#)')


def inline_svg(figure: Figure, prefix: str, label: str) -> Markup:
    """Return ``<svg>`` whose ids begin with ``prefix``, so that those of several figures do not meet.

    Without prolog, metadata and namespaces: HTML knows SVG by itself, and the page names no address at all.
    """
    buffer = io.StringIO()
    FigureCanvasSVG(figure).print_svg(buffer, metadata={"Date": None})  # type: ignore[no-untyped-call]
    text = _METADATA.sub("", _HEAD.sub("", buffer.getvalue(), count=1), count=1)
    end = text.index(">")
    head, body = _NAMESPACES.sub("", text[:end]), text[end:]
    described = f'<svg role="img" aria-label="{Markup.escape(label)}"{head.removeprefix("<svg")}'
    return Markup(described + _IDS.sub(rf"\g<1>{prefix}-", body))  # noqa: S704 - our own drawing; texts are escaped


def standalone_svg(figure: Figure) -> str:
    """Return a whole SVG file, for ``<img>``."""
    buffer = io.StringIO()
    FigureCanvasSVG(figure).print_svg(buffer, metadata={"Date": None})  # type: ignore[no-untyped-call]
    return _METADATA.sub("", buffer.getvalue(), count=1)
