"""Read the files that people write.

This module needs the standard library only.
"""

from __future__ import annotations

from pathlib import Path

from analysis.findings import UnusableError


def decode(path: Path, name: str) -> str:
    """The text of a UTF-8 file, with or without a byte-order mark; raises UnusableError."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise UnusableError(name, "there is no such file", "no-file") from None
    except OSError as error:
        raise UnusableError(name, f"cannot be read: {error.strerror}", "no-file") from None
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        wide = path.read_bytes().startswith((b"\xff\xfe", b"\xfe\xff"))
        message = f"line {line} is not UTF-8 ({'UTF-16' if wide else 'GBK'}, perhaps); save the file as UTF-8"
        raise UnusableError(name, message, "not-utf8") from None
    if not text.strip():
        raise UnusableError(name, "the file is empty", "empty-file")
    return text
