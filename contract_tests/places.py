"""Where files are to be written: looked at before a run, which would be lost otherwise."""

from __future__ import annotations

import errno
import os
from pathlib import Path


def why_not(path: Path) -> str | None:
    """Say why a file cannot be written, None if it can, as far as is seen without trying."""
    try:
        number = _error(path)
    except OSError as error:  # of a name that is too long, say
        return error.strerror or type(error).__name__
    return None if number is None else os.strerror(number)


def _error(path: Path) -> int | None:
    if path.is_dir():
        return errno.EISDIR
    if path.exists():
        return None if os.access(path, os.W_OK) else errno.EACCES
    if not path.parent.exists():
        return errno.ENOENT
    if not path.parent.is_dir():
        return errno.ENOTDIR
    return None if os.access(path.parent, os.W_OK | os.X_OK) else errno.EACCES
