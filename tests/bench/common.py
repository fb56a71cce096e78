"""What the benchmarks share: the machine's name, small statistics, a server to measure, and the table of results."""

from __future__ import annotations

import contextlib
import datetime
import math
import os
import platform
import re
import secrets
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).parents[2]
RESULTS = Path(__file__).with_name("RESULTS.md")
SECTIONS = ("engine", "nets", "server", "browser", "live")  # their order in the table
HEAD = """# Benchmark results

Each section is written by the script of the same name (`python tests/bench/<name>.py`) and by nobody else. The figures
below come from a small machine without a GPU that was doing other work at the same time: repeated runs differ by up to
1.7 times, so compare columns within a section rather than the last digit. Where a median is given, it is the best of
three repetitions, and the 95th percentile is that of the same repetition.
"""
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` of all values do not exceed."""
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def best(repeat: Callable[[], Sequence[float]], times: int = 3) -> list[float]:
    """The repetition with the smallest median."""
    return min((list(repeat()) for _ in range(times)), key=statistics.median)


def timed(work: Callable[[], object], number: int) -> list[float]:
    """Milliseconds of each of `number` calls."""
    found = []
    for _ in range(number):
        begin = time.perf_counter()
        work()
        found.append(1e3 * (time.perf_counter() - begin))
    return found


def spell(value: float) -> str:
    """Three significant digits, as a person writes them."""
    if not math.isfinite(value):
        return "–"
    digits = 0 if value == 0 else max(0, 2 - math.floor(math.log10(abs(value))))
    return f"{value:.{digits}f}"


def pair(values: Sequence[float]) -> str:
    """Median and 95th percentile."""
    return f"{spell(statistics.median(values))} / {spell(percentile(values, 0.95))}"


def verdict(value: float, bar: float, unit: str, least: bool = False) -> str:
    """A bar, and whether a value stays below it; or above it, where it is the least that is asked for."""
    met = value >= bar if least else value <= bar
    return f"{'≥' if least else '≤'} {bar:g} {unit}: {'met' if met else '**missed**'}"


def machine(*packages: str) -> str:
    """One line that says where, when and with what a section was measured."""
    name = next(
        iter(re.findall(r"model name\s*:\s*(.+)", _read("/proc/cpuinfo"))), platform.processor() or "unknown CPU"
    )
    memory = re.search(r"MemTotal:\s*(\d+)", _read("/proc/meminfo"))
    size = f", {int(memory[1]) / 2**20:.0f} GB" if memory else ""
    found = {}
    for package in packages:
        with contextlib.suppress(metadata.PackageNotFoundError):
            found[package] = metadata.version(package)
    versions = ", ".join(f"{package} {version}" for package, version in found.items())
    return (
        f"{datetime.date.today():%Y-%m-%d}; {name}, {os.cpu_count()} cores{size}, shared, no GPU; "
        f"{platform.system()} {platform.release()}; Python {platform.python_version()}, {versions}"
    )


def _read(path: str) -> str:
    with contextlib.suppress(OSError):
        return Path(path).read_text(encoding="utf-8")
    return ""


def memory_of(process: int) -> float:
    """Resident memory of a process in MB; nan where the system does not tell."""
    found = re.search(r"VmRSS:\s*(\d+)", _read(f"/proc/{process}/status"))
    return int(found[1]) / 1024 if found else math.nan


def processor_time(process: int) -> float:
    """Seconds that a process has computed; nan where the system does not tell. Linux's clock of a process tells microseconds."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            return time.clock_gettime((~process << 3) | 2)
    fields = _read(f"/proc/{process}/stat").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK") if fields else math.nan


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def write(section: str, *blocks: str) -> None:
    """Replace one section of RESULTS.md, keep the others."""
    old = _read(str(RESULTS))
    kept = {name: _between(old, name) for name in SECTIONS}
    kept[section] = "\n\n".join((f"## {section.capitalize()}", *blocks))
    parts = [f"<!-- {name} -->\n{text}\n<!-- end of {name} -->" for name, text in kept.items() if text]
    RESULTS.write_text("\n\n".join((HEAD.strip(), *parts)) + "\n", encoding="utf-8")
    print("\n\n".join(blocks))


def _between(text: str, name: str) -> str:
    found = re.search(rf"<!-- {name} -->\n(.*?)\n<!-- end of {name} -->", text, re.DOTALL)
    return found[1] if found else ""


@contextlib.contextmanager
def server(script: Path, files: int = 0, **environment: str) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """A Streamlit server on a free port of this machine, and its address. files: how many it may open, if not as many as we."""
    command = ["prlimit", f"--nofile={files}:{files}"] if files else []
    port = free_port()
    options = [f"--server.port={port}", "--server.address=127.0.0.1", "--server.headless=true"]
    process = subprocess.Popen(
        [*command, sys.executable, "-m", "streamlit", "run", str(script), *options],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        address = f"http://127.0.0.1:{port}"
        wait_for(address)
        yield address, process
    finally:
        process.terminate()
        process.wait(10)


@contextlib.contextmanager
def proxied(script: Path, count: int) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """The address of deploy/nginx.conf before one or two processes of the app, and those."""
    secret = {"STREAMLIT_SERVER_COOKIE_SECRET": secrets.token_hex(32)}
    with contextlib.ExitStack() as stack:
        found = [stack.enter_context(server(script, **secret)) for _ in range(count)]
        ports = [address.rpartition(":")[2] for address, _ in found]
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder.chmod(0o755)
        outside, inside = free_port(), free_port()
        text = (ROOT / "deploy/nginx.conf").read_text(encoding="utf-8")
        for name, port, own in (("one", "8501", ports[0]), ("two", "8502", ports[-1])):
            text = text.replace(f"{name}:{port}", f"127.0.0.1:{own}").replace(f"~:{port}$", f"~:{own}$")
        if count == 1:  # the second name is the same process, which may be named once
            text = re.sub(r"\n +server \S+ backup;|(\n +server \S+ fail_timeout=2s;)\1", r"\1", text)
            text = re.sub(r'\n.*"lab=two;.*', "", text)
        text = text.replace("8080", str(outside)).replace("8081", str(inside)).replace("/var/cache/nginx", str(folder))
        (folder / "nginx.conf").write_text(text.replace("/run/nginx.pid", f"{folder}/nginx.pid"), encoding="utf-8")
        proxy = subprocess.Popen(
            ["nginx", "-c", f"{folder}/nginx.conf", "-g", "daemon off;"],
            env={**os.environ, "PATH": f"{os.environ['PATH']}:/usr/sbin"},
        )
        stack.callback(proxy.wait, 10)
        stack.callback(proxy.terminate)
        address = f"http://127.0.0.1:{outside}"
        wait_for(address)
        yield address, [process for _, process in found]


def free_port() -> int:
    """A port of this machine at which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(address: str, seconds: float = 60) -> None:
    """Return as soon as the server says that it is well."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{address}/_stcore/health", timeout=1):
            return
        time.sleep(0.02)
    raise TimeoutError(f"{address} did not start within {seconds:g} s")
