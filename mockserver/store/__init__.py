"""The journal port and its engines: where events are kept."""
