"""A PostgreSQL server of one bench: Debian's newest, in a temporary folder, on a free port."""

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from .process import HOST, BenchError, free_port

READY_WITHIN_S = 20.0


class Postgres:
    """A running server; `url` leads to its database, which asks for no password."""

    def __init__(self, is_durable: bool = False) -> None:
        """Without `is_durable`, what is committed may be lost with the machine, and nobody waits for the disk."""
        versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parts[4]))
        if not versions:
            raise BenchError("PostgreSQL is missing; on Debian: apt-get install postgresql")
        programs = versions[-1].parent
        self.folder = Path(tempfile.mkdtemp(prefix="transom-bench-"))
        # PostgreSQL refuses to run as root.
        account = pwd.getpwnam("postgres") if os.geteuid() == 0 else None
        ids = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []} if account else {}
        if account:
            os.chown(self.folder, account.pw_uid, account.pw_gid)
        data = self.folder / "data"
        made = subprocess.run(
            [programs / "initdb", "-D", data, "-U", "transom", "-A", "trust", "-E", "UTF8", "--no-sync"],
            cwd=self.folder, capture_output=True, text=True, **ids,
        )
        if made.returncode != 0:
            raise BenchError(f"initdb failed:\n{made.stderr}")
        port = free_port()
        options = ["-D", data, "-p", str(port), "-c", f"listen_addresses={HOST}", "-c", f"unix_socket_directories={self.folder}"]
        options += [] if is_durable else ["-c", "fsync=off"]
        self.url = f"postgres://transom@{HOST}:{port}/postgres"
        self.process = subprocess.Popen(
            [programs / "postgres", *options], cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **ids,
        )
        deadline = time.monotonic() + READY_WITHIN_S
        while subprocess.run([programs / "pg_isready", "-q", "-h", HOST, "-p", str(port)], check=False).returncode != 0:
            if time.monotonic() > deadline or self.process.poll() is not None:
                self.stop()
                raise BenchError("PostgreSQL did not come up")
            time.sleep(0.1)

    def stop(self) -> None:
        """Ends the server and removes its folder."""
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)
