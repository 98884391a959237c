"""A server under test as the kernel sees it: started on one core, its CPU time and memory read from /proc, stopped by pid.

All figures are over the whole process tree, because some servers have a supervisor.
"""

import os
import signal
import socket
import subprocess
import time
from pathlib import Path

TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
HOST = "127.0.0.1"
READY_WITHIN_S = 20.0
STOP_WITHIN_S = 10.0


class BenchError(Exception):
    """Something that ends the bench, with a sentence for the person who runs it."""


def free_port() -> int:
    """A port that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]


class Server:
    """A running server. `ready_ms` is the time from its start to its first good answer."""

    def __init__(self, name: str, command: list[str], env: dict[str, str], cwd: Path, core: int, log: Path):
        self.name = name
        self.port = free_port()
        self.log = log
        command = [part.replace("{port}", str(self.port)) for part in command]
        environment = os.environ | {"HOST": HOST, "PORT": str(self.port), "NODE_ENV": "production"} | env
        here = os.sched_getaffinity(0)
        with open(log, "wb") as output:
            # The child inherits the core; a `taskset` in between would count as part of the start.
            os.sched_setaffinity(0, {core})
            try:
                started = time.perf_counter()
                self.process = subprocess.Popen(command, env=environment, cwd=cwd, stdout=output, stderr=output)
            finally:
                os.sched_setaffinity(0, here)
        try:
            self._wait_until_ready(started + READY_WITHIN_S)
        except BaseException:
            self.stop()
            raise
        self.ready_ms = (time.perf_counter() - started) * 1000

    @property
    def origin(self) -> str:
        return f"http://{HOST}:{self.port}"

    def _wait_until_ready(self, deadline: float) -> None:
        request = f"GET /hello HTTP/1.1\r\nHost: {HOST}:{self.port}\r\nConnection: close\r\n\r\n".encode()
        while time.perf_counter() < deadline:
            if self.process.poll() is not None:
                raise BenchError(f"{self.name} ended with status {self.process.returncode}:\n{self.output()}")
            try:
                with socket.create_connection((HOST, self.port), timeout=READY_WITHIN_S) as connection:
                    connection.sendall(request)
                    if connection.recv(4096).startswith(b"HTTP/1.1 200"):
                        return
            except OSError:
                continue  # Nothing listens yet. The loop has a core of its own, so it need not wait.
        raise BenchError(f"{self.name} did not answer /hello with 200 in {READY_WITHIN_S:.0f} s:\n{self.output()}")

    def output(self) -> str:
        """What the server has printed."""
        return self.log.read_text(errors="replace")[-4000:]

    def _tree(self) -> list[int]:
        parents: dict[int, list[int]] = {}
        for entry in os.listdir("/proc"):
            if entry.isdigit() and (fields := _stat(int(entry))):
                parents.setdefault(int(fields[1]), []).append(int(entry))
        tree, todo = [], [self.process.pid]
        while todo:
            pid = todo.pop()
            tree.append(pid)
            todo += parents.get(pid, [])
        return tree

    def cpu_seconds(self) -> float:
        """User and system time that the whole tree has used, in steps of the kernel's 10 ms."""
        ticks = 0
        for pid in self._tree():
            if fields := _stat(pid):
                ticks += int(fields[11]) + int(fields[12])
        return ticks / TICKS_PER_SECOND

    def peak_memory_bytes(self) -> int:
        """The sum of the largest resident sizes; pages that a tree's processes share count in each of them."""
        total = 0
        for pid in self._tree():
            try:
                status = Path(f"/proc/{pid}/status").read_text()
            except OSError:
                continue  # It ended between the listing and now.
            for line in status.splitlines():
                if line.startswith("VmHWM:"):
                    total += int(line.split()[1]) * 1024
        return total

    def stop(self) -> None:
        """Ends the server: a polite signal, and a hard one for the whole tree when that is not heard."""
        if self.process.poll() is not None:
            return
        tree = self._tree()
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(STOP_WITHIN_S)
        except subprocess.TimeoutExpired:
            for pid in tree:
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
            self.process.wait()


def _stat(pid: int) -> list[str] | None:
    """The fields of /proc/PID/stat after the command's name: state, parent, …; None when it has ended."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    return text.rpartition(")")[2].split()
