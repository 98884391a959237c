"""Sends load with wrk, from a core of its own, and reads what wrk and the kernel counted."""

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

from .process import BenchError, Server
from .rows import Row

SCRIPT = Path(__file__).with_name("request.lua")


@dataclass(frozen=True)
class Load:
    """How load is made."""

    core: int
    connections: int
    bodies: Path

    def body_file(self, row: Row) -> str:
        """The file that holds the row's body, written on first use; `-` when the row has none."""
        if not row.body:
            return "-"
        path = self.bodies / row.name
        if not path.exists():
            path.write_bytes(row.body)
        return str(path)

    def run(self, server: Server, row: Row, seconds: float) -> "Measured":
        """Sends the row's request for `seconds`.

        Raises BenchError when wrk fails or when any request did.
        """
        headers = [text for pair in row.all_headers(server.origin).items() for text in pair]
        command = [
            "taskset", "-c", str(self.core),
            "wrk", "-t1", f"-c{self.connections}", f"-d{max(1, round(seconds))}s", "-s", str(SCRIPT),
            server.origin + row.path, "--", row.method, self.body_file(row), *headers,
        ]  # fmt: skip
        before = server.cpu_seconds()
        done = subprocess.run(command, capture_output=True, text=True)
        cpu = server.cpu_seconds() - before
        where = f"{server.name}, row {row.name}"
        if done.returncode != 0:
            raise BenchError(f"{where}: wrk ended with status {done.returncode}: {done.stderr or done.stdout}")
        counted = json.loads(done.stdout.strip().splitlines()[-1])
        errors = {kind: count for kind, count in counted["errors"].items() if count}
        if errors or not counted["requests"]:
            raise BenchError(f"{where}: {counted['requests']} requests, errors {errors}\n{server.output()}")
        return Measured(
            requests_per_s=counted["requests"] / counted["duration_us"] * 1e6,
            cpu_us=cpu / counted["requests"] * 1e6,
            p99_ms=counted["p99_us"] / 1000,
        )


@dataclass(frozen=True)
class Measured:
    """One server, one row, one round."""

    requests_per_s: float
    cpu_us: float
    p99_ms: float
