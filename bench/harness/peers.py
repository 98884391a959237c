"""The servers: how each is installed, built and started.

transom serves a copy of the project that has no `node_modules` above it; the others live beside theirs. Everything is
below the user's cache folder, so that the repository stays as it is.
"""

import hashlib
import json
import os
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from .process import BenchError

BENCH = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Peer:
    """One server that can be started; `{port}` in the command becomes its port."""

    name: str
    title: str
    command: list[str]
    cwd: Path
    env: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Folders:
    """The folders of one bench run."""

    peers: Path
    transom_project: Path
    scratch: Path


def cache_folder() -> Path:
    """The bench's own folder below the user's cache folder."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "transom" / "bench"


def prepare(names: list[str], served: Path = BENCH) -> Folders:
    """Makes the folders and copies what is served, which is `project` and `peers` in the folder `served`; installs from
    npm when a peer is asked for and is not there yet."""
    lock = (BENCH / "package-lock.json").read_bytes()
    peers = cache_folder() / hashlib.sha256(lock).hexdigest()[:12]
    place = Folders(peers, cache_folder() / "transom-project", cache_folder() / "scratch")
    place.scratch.mkdir(parents=True, exist_ok=True)
    if set(names) - {"transom"}:
        _install(peers)
        _copy(served / "project", peers / "project")
        _copy(served / "peers", peers / "peers")
    _copy(served / "project", place.transom_project)
    return place


def _copy(source: Path, target: Path) -> None:
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("node_modules", ".*", "dist"))
    if (target / "src" / "rows.ts").exists():
        shutil.copy(BENCH / "harness" / "measure.ts", target / "src")
    if (target / "package-lock.json").exists():
        _run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], target)


def _install(folder: Path) -> None:
    stamp = folder / "installed"
    if stamp.exists():
        return
    if not shutil.which("npm"):
        raise BenchError("the peers come from npm, and `npm` is not there; on Debian: apt-get install npm")
    print(f"installing Astro, Node, Bun and Deno into {folder} (once, about 600 MB)", flush=True)
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(BENCH / name, folder / name)
    # Not `npm ci`: the lock file names the binaries of the platform it was written on, and other platforms need theirs.
    _run(["npm", "install", "--no-audit", "--no-fund", "--loglevel=error"], folder)
    stamp.touch()


def _run(command: list[str], cwd: Path, env: dict[str, str] | None = None) -> str:
    done = subprocess.run(command, cwd=cwd, env=os.environ | (env or {}), capture_output=True, text=True)
    if done.returncode != 0:
        raise BenchError(f"`{' '.join(command)}` failed:\n{done.stdout}{done.stderr}")
    return done.stdout.strip()


def build(name: str, place: Folders, binary: Path) -> Peer:
    """Builds what the named server needs and says how to start it."""
    packages = place.peers / "node_modules"
    if name == "transom":
        if not binary.exists():
            raise BenchError(f"{binary} is not there; build it with: cargo build --release -p transom")
        _run([str(binary), "build", str(place.transom_project)], place.scratch)
        command = [str(binary), "start", str(place.transom_project), "--host", "127.0.0.1", "--port", "{port}"]
        # The peers write no access log, so transom writes none either.
        env = {"TRANSOM_WORKERS": "1", "TRANSOM_ACCESS_LOG": "off"}
        return Peer(name, _run([str(binary), "--version"], place.scratch), command, place.scratch, env)
    if name == "astro":
        node = packages / "node" / "bin" / "node"
        project = place.peers / "project"
        quiet = {"ASTRO_TELEMETRY_DISABLED": "1", "NODE_ENV": "production"}
        _run([str(node), str(packages / "astro" / "bin" / "astro.mjs"), "build"], project, quiet)
        title = f"Astro {_version(packages / 'astro')} on Node {_run([str(node), '--version'], project)[1:]}"
        return Peer(name, title, [str(node), "dist/server/entry.mjs"], project)
    if name == "node":
        node = packages / "node" / "bin" / "node"
        title = f"Node {_run([str(node), '--version'], place.peers)[1:]}"
        return Peer(name, title, [str(node), "--no-warnings", "peers/node.mjs"], place.peers)
    if name == "bun":
        bun = packages / "bun" / "bin" / "bun.exe"
        return Peer(name, f"Bun {_version(packages / 'bun')}", [str(bun), "peers/bun.ts"], place.peers)
    if name == "deno":
        deno = packages / "deno" / "deno"
        command = [str(deno), "run", "--no-check", "--no-lock", "--allow-net", "--allow-env", "--allow-read"]
        env = {"DENO_DIR": str(place.scratch / "deno"), "DENO_NO_UPDATE_CHECK": "1"}
        title = f"Deno {_version(packages / 'deno')}"
        return Peer(name, title, [*command, "peers/deno.ts"], place.peers, env)
    raise BenchError(f"there is no server named {name}")


def _version(package: Path) -> str:
    return json.loads((package / "package.json").read_text())["version"]
