"""Finds the project's data files: the contract and the fixtures.

In a checkout, and in an editable installation, they stand beside this package; in a wheel they
travel inside it.
"""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).parent


def find(name: str) -> Path:
    """Give the path of a file at the top of the checkout, or of something below ``fixtures``.

    Raises FileNotFoundError.
    """
    for root in (_PACKAGE, _PACKAGE.parent):
        path = root / name
        if path.exists():
            return path
    raise FileNotFoundError(f"{name} is neither in {_PACKAGE} nor beside it")
