"""Reports of a run, each a pure function from a ``Report`` to a text.

Secrets are taken out of the report before anything is rendered (``redaction``), so that no way of
escaping them can hide them. What all reports say alike is said in ``summary``.
"""
