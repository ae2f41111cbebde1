"""The web pages under ``/_mock/``: a ledger to look at. Nothing here changes anything yet."""
