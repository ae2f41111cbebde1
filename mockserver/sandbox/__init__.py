"""What makes it a sandbox: a ledger of its own for everybody who asks, and a clock."""
