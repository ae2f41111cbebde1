"""``python -m tests.zoo NAME [--port N]`` serves one, ``--list`` tells what there is."""

from __future__ import annotations

import argparse
import contextlib
import sys

from tests.zoo.catalogue import breeds
from tests.zoo.server import opened


def main() -> None:
    """Serve, or list."""
    parser = argparse.ArgumentParser(prog="python -m tests.zoo", description=__doc__)
    parser.add_argument("name", nargs="?", help="which server")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--list", action="store_true", help="name, kind, layer, sentence of each")
    chosen = parser.parse_args()
    known = breeds()
    if chosen.list:
        for breed in known.values():
            sys.stdout.write(f"{breed.name}\t{breed.kind}\t{breed.layer}\t{breed.sentence}\n")
        return
    if chosen.name not in known:
        parser.error(f"no server is called {chosen.name}; --list tells what there is")
    server, url = opened(known[chosen.name].made(), chosen.port)
    sys.stdout.write(f"ready at {url}\n")
    sys.stdout.flush()
    with contextlib.suppress(KeyboardInterrupt):
        server.serve_forever()


if __name__ == "__main__":
    main()
