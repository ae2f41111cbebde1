"""How many debit offsets a second the mock takes, beside Connexion's stock ``FlaskApp``.

Both are measured in turn, in the same run and by the same client (wrk, one thread and 32
connections), because only the ratio means anything on a machine that is not quiet.

    python -m benchmarks.throughput [seconds] [rounds]
"""

from __future__ import annotations

import contextlib
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx

HERE = Path(__file__).parent
MOCK_PORT, STOCK_PORT = 18_081, 18_082
TOKEN = {"Authorization": "Bearer demo-token"}
BODY = {"original_amount_cents": 0}

SERVERS = {
    "mock": ([sys.executable, "-m", "mockserver", "serve", "--port", str(MOCK_PORT)], MOCK_PORT),
    "stock FlaskApp": (
        [sys.executable, "-m", "benchmarks.stock_flaskapp", str(STOCK_PORT)],
        STOCK_PORT,
    ),
}


@contextlib.contextmanager
def started(command: list[str], port: int) -> Iterator[tuple[subprocess.Popen[bytes], float]]:
    """Start a server; give it, and the seconds to its first good answer to a POST."""
    url = f"http://127.0.0.1:{port}/accounts/can_52322/line_items/debit_offsets"
    begin = time.perf_counter()
    with subprocess.Popen(  # noqa: S603 - our own command
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        while True:
            with contextlib.suppress(httpx.TransportError):
                httpx.post(url, json=BODY, headers=TOKEN).raise_for_status()
                break
            time.sleep(0.005)
        yield process, time.perf_counter() - begin
        process.terminate()


def cpu_seconds(process: subprocess.Popen[bytes]) -> float:
    """Give the processor time a process has used."""
    fields = (
        Path(f"/proc/{process.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    )
    user, system = int(fields[11]), int(fields[12])
    return (user + system) / os.sysconf("SC_CLK_TCK")


def measure(process: subprocess.Popen[bytes], port: int, seconds: int) -> dict[str, float]:
    """Load a server and give what wrk saw."""
    wrk = shutil.which("wrk")
    assert wrk, "wrk is not installed"
    before = cpu_seconds(process)
    command = [wrk, "-t1", "-c32", f"-d{seconds}s", "--latency", "-s", str(HERE / "post.lua")]
    done = subprocess.run(  # noqa: S603 - our own command
        [*command, f"http://127.0.0.1:{port}"], capture_output=True, text=True, check=True
    )
    lines = done.stdout.splitlines()[-3:]
    seen = {name: float(value) for name, value in (line.split() for line in lines)}
    used = cpu_seconds(process) - before
    return {**seen, "cpu_us_per_request": 1e6 * used / (seen["requests_per_second"] * seconds)}


def main(seconds: int = 5, rounds: int = 3) -> None:
    """Measure all servers in turn and print a line for each figure."""
    results: dict[str, list[dict[str, float]]] = {name: [] for name in SERVERS}
    for _ in range(rounds):
        for name, (command, port) in SERVERS.items():
            with started(command, port) as (process, first):
                figures = measure(process, port, seconds)
                assert not figures.pop("not_2xx"), f"{name} refused something"
                results[name].append({**figures, "first_answer_s": first})
    for figure in results["mock"][0]:
        medians = {
            name: statistics.median(run[figure] for run in runs) for name, runs in results.items()
        }
        ratio = medians["mock"] / medians["stock FlaskApp"]
        shown = "  ".join(f"{name} {value:.4g}" for name, value in medians.items())
        print(f"{figure:20} {shown}  ratio {ratio:.3g}")  # noqa: T201 - for who runs it


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
