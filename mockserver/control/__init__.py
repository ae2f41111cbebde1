"""The control API under ``/_mock/``: what a test does to a sandbox beside the contract."""
