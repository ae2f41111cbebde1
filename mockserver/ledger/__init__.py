"""The ledger: what a debit offset does to what a borrower owes.

Pure: standard library only, no I/O, no clock, no randomness, no JSON. ``decide`` turns an account
and a command into events or a refusal, ``evolve`` turns an account and an event into the account
after it, and ``views`` reads one. The rules are numbered as in ``docs/ledger.md``.
"""
