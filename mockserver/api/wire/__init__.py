"""JSON to ledger types and back. Bodies are valid by the contract before they come here."""
