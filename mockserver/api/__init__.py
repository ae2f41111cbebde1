"""The contract over HTTP: everything between a request and the ledger."""
