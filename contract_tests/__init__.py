"""The kit: checks whether a server, real or mock, keeps the contract. It only speaks HTTP."""
