"""canopy-mock: a mock server for debit offsets on loan accounts, with a ledger behind it."""

from importlib.metadata import version

__version__ = version("canopy-mock")
