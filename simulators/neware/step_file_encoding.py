"""Which characters a step file's bytes are, whatever its declaration says."""

from __future__ import annotations

import codecs
import re

from simulators.neware.step_file_element import StepFileError

__all__ = ["decode_step_file"]

_DECLARED = re.compile(rb"""^\s*<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_FIRST_THREE_BYTE_CHARACTER = 0x800


def decode_step_file(data: bytes) -> str:
    """Text of a step file declared GB2312 or UTF-8, undeclared (then UTF-8), or declared GB2312 but written as UTF-8.

    GB2312 bytes are almost never valid UTF-8. Where they are, they give two-byte characters only, and the declaration
    decides; Chinese in UTF-8 has three bytes a character.
    """
    data = data.removeprefix(codecs.BOM_UTF8)
    found = _DECLARED.match(data)
    declared = found[1].decode("ascii").lower() if found else "utf-8"
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = None
    if declared in {"gb2312", "gbk", "gb18030"}:
        if text is not None and (text.isascii() or any(ord(c) >= _FIRST_THREE_BYTE_CHARACTER for c in text)):
            return text
        try:
            return data.decode("gb18030")
        except UnicodeDecodeError as error:
            raise StepFileError(f"neither UTF-8 nor GB2312: {error}") from error
    if text is None:
        raise StepFileError(f"declared {declared}, but it is not UTF-8")
    return text
