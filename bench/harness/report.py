"""Medians and ratios, as text for the terminal and as docs/benchmarks.md."""

import os
import platform
import statistics
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

from .load import Measured
from .rows import Row

PROFILE_BEGIN = "<!-- profile: begin (written by hand, kept by bench/run) -->"
PROFILE_END = "<!-- profile: end -->"


@dataclass
class Results:
    """Everything that one run has measured. Keys are server names, then row names."""

    titles: dict[str, str]
    rows: list[Row]
    samples: dict[str, dict[str, list[Measured]]]
    ready_ms: dict[str, list[float]]
    peak_bytes: dict[str, int]
    how: str
    busy: float

    def median(self, server: str, row: str, figure: str) -> float:
        """The median over the rounds of one figure of `Measured`."""
        return statistics.median(getattr(sample, figure) for sample in self.samples[server][row])


def tables(results: Results) -> str:
    """The tables in Markdown, which reads well in a terminal too."""
    per_row = [
        ("Requests per second", "requests_per_s", max, "{:,.0f}"),
        ("Server CPU per request, µs", "cpu_us", min, "{:.1f}"),
        ("99th percentile of the latency, ms", "p99_ms", min, "{:.1f}"),
    ]
    parts = []
    for title, figure, best, form in per_row:
        lines = [
            (row.title, {server: results.median(server, row.name, figure) for server in results.titles})
            for row in results.rows
        ]
        parts.append(table(title, results.titles, lines, best, form))
    start = [
        ("time to ready, ms", {name: statistics.median(times) for name, times in results.ready_ms.items()}),
        ("peak memory of all processes, MB", {name: size / 1e6 for name, size in results.peak_bytes.items()}),
    ]
    parts.append(table("Start and memory", results.titles, start, min, "{:,.1f}"))
    return "\n\n".join(parts)


def table(title: str, titles: dict[str, str], lines: list, best, form: str) -> str:
    """One table; with transom and a peer in it, a last column compares transom with the best peer."""
    compare = "transom" in titles and len(titles) > 1
    cells = [[title, *titles.values()] + (["transom / best peer"] if compare else [])]
    for label, figures in lines:
        cells.append([label, *(form.format(figures[name]) for name in titles)])
        if compare:
            peer = best(value for name, value in figures.items() if name != "transom")
            cells[-1].append(f"{figures['transom'] / peer:.2f}")
    widths = [max(len(line[i]) for line in cells) for i in range(len(cells[0]))]
    text = []
    for line in cells:
        padded = [line[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(line[1:], widths[1:]))]
        text.append(f"| {' | '.join(padded)} |")
    text.insert(1, f"| {'-' * widths[0]} | {' | '.join('-' * (width - 1) + ':' for width in widths[1:])} |")
    return "\n".join(text)


def goals(results: Results) -> list[str]:
    """What transom must reach, one line each, with what it did reach. Needs a run of all rows and servers."""

    def rate(server: str, row: str) -> float:
        return results.median(server, row, "requests_per_s")

    best_cpu = min(results.median(peer, "hello", "cpu_us") for peer in ("bun", "deno"))
    ready = statistics.median(results.ready_ms["transom"])
    memory = results.peak_bytes["transom"] / 1e6
    worst = min(rate("transom", row.name) / rate("astro", row.name) for row in results.rows)
    found = [
        ("hello, times Astro", rate("transom", "hello") / rate("astro", "hello"), "at least", 15),
        ("slowest row, times Astro", worst, "at least", 1),
        ("hello, CPU against the best", results.median("transom", "hello", "cpu_us") / best_cpu, "at most", 1.4),
        ("time to ready, ms", ready, "at most", 30),
        ("peak memory, MB", memory, "at most", 80),
    ]
    return [
        f"{'reached' if (value >= goal if word == 'at least' else value <= goal) else 'MISSED '}"
        f"  {name}: {value:.2f}, {word} {goal}"
        for name, value, word, goal in found
    ]


def write(results: Results, path: Path) -> None:
    """Writes the page, and keeps the part between the profile's marks as it is."""
    profile = "\n"
    if path.exists():
        _, begin, rest = path.read_text().partition(PROFILE_BEGIN)
        kept, end, _ = rest.partition(PROFILE_END)
        if begin and end:
            profile = kept
    versions = "\n".join(f"- {title}" for title in results.titles.values())
    path.write_text(f"""# Benchmarks

Written by `make bench` on {datetime.now(timezone.utc):%d %B %Y}. The same endpoint files (`bench/project/src/pages`) run on every server:
transom and Astro serve the project as it is; on Bun and Deno hand-written routes call the same handlers with a minimal
context (`bench/peers`), which is as fast as those runtimes allow, and leaves out what Astro and transom do besides.

{tables(results)}

## How it was measured

{results.how}
Each figure is a median. CPU time is user and system time of all processes of a server, as the kernel counts it, over
the requests done: it separates servers even where the load generator is what limits the rate. Time to ready is from
the start of the process to the first complete answer. Memory is the sum of the largest resident sizes of a server's
processes after the whole run. Before anything is measured, the answers of all servers are compared, and one failed
request fails the run.

{versions}

{machine()}; load average at the start {results.busy:.1f}.

## What the profile says

{PROFILE_BEGIN}{profile}{PROFILE_END}
""")


def machine() -> str:
    """The machine in one line."""
    model = "unknown processor"
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.partition(":")[2].strip()
            break
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{model}, {os.cpu_count()} cores, {memory:.0f} GiB, Linux {platform.release().partition('-')[0]}"
