"""canopy-mock: a mock server for debit offsets on loan accounts, with a ledger behind it."""

__version__ = "0.1.0"
