"""Where Hypothesis keeps what it has made once: with the user's caches, not where they stand."""

from __future__ import annotations

import contextlib
import gzip
import json
import os
import sys
import tempfile
import unicodedata
from pathlib import Path

VARIABLE = "HYPOTHESIS_STORAGE_DIRECTORY"
"""What Hypothesis reads the place from, in this process and in those that it starts."""


def storage() -> Path:
    """Give the place: what the variable says, or ``canopy-mock/hypothesis`` in the user's caches.

    The characters that UTF-8 can carry are there, if that can be written to.
    """
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    place = Path(os.environ.get(VARIABLE) or Path(home) / "canopy-mock" / "hypothesis")
    with contextlib.suppress(OSError):
        _keep_table_of_utf8(place)
    return place


def keep_out_of_the_way() -> None:
    """Let Hypothesis keep its files there from now on, and not in the working directory."""
    os.environ[VARIABLE] = str(storage())


def _keep_table_of_utf8(place: Path) -> None:
    """Put the characters that UTF-8 can carry where Hypothesis looks for them. Raises OSError.

    Hypothesis 6.170 tries them one by one, which takes two seconds and 200 MB; a version that looks
    elsewhere still does.
    """
    table = place / "unicode_data" / unicodedata.unidata_version / "codec-v2-utf-8.json.gz"
    if table.exists():
        return
    table.parent.mkdir(parents=True, exist_ok=True)
    but_surrogates = [[0, 0xD7FF], [0xE000, sys.maxunicode]]
    with tempfile.NamedTemporaryFile(dir=table.parent, delete=False) as file:
        file.write(gzip.compress(json.dumps([but_surrogates, []]).encode(), mtime=0))
    Path(file.name).replace(table)
