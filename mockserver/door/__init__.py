"""The door: where bytes become requests, and the rules that hold before a request is one."""
