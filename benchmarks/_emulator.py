"""A running `pcsync emulate`, and what can be asked of it from outside: start-up, requests per second, memory, size on disk."""

from __future__ import annotations

import asyncio
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = "api-version=2026-04-15"


@dataclass(frozen=True)
class Emulator:
    """url: where it listens. started: seconds from the start of the process to the line that says so."""

    url: str
    started: float
    process: subprocess.Popen[str]

    def memory(self) -> float:
        """Resident MB now."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.findall(r"VmRSS:\s+(\d+)", status)[0]) / 1e3


@contextmanager
def emulating(*arguments: str) -> Iterator[Emulator]:
    """`pcsync emulate` on a free port, without a request log."""
    command = [str(Path(sys.executable).with_name("pcsync")), "emulate", "--port", "0", "--log", "none", *arguments]
    began = time.perf_counter()
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=ROOT) as process:
        try:
            assert process.stderr is not None
            while not (found := re.search(r"at (http://\S+)", line := process.stderr.readline())):
                assert line, "pcsync emulate ended before it listened"
            yield Emulator(found[1], time.perf_counter() - began, process)
        finally:
            process.terminate()


def requests_per_second(url: str, path: str, connections: int = 16, seconds: float = 4.0) -> float:
    """GETs over kept connections, each sent when the one before it was answered; the client is bare sockets."""
    host, _, port = url.removeprefix("http://").partition(":")
    head = f"GET {path}?{PAGE} HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n".encode()

    async def one(until: float) -> int:
        reader, writer = await asyncio.open_connection(host, int(port))
        count = 0
        while time.perf_counter() < until:
            writer.write(head)
            answer = await reader.readuntil(b"\r\n\r\n")
            assert answer.startswith(b"HTTP/1.1 200"), answer
            await reader.readexactly(int(re.findall(rb"content-length: (\d+)", answer)[0]))
            count += 1
        writer.close()
        return count

    async def every() -> int:
        until = time.perf_counter() + seconds
        return sum(await asyncio.gather(*(one(until) for _ in range(connections))))

    return asyncio.run(every()) / seconds


def install_size(extras: str) -> float | None:
    """MB of a fresh virtual environment with pcsync and these extras; None without uv or pip's packages at hand."""
    with tempfile.TemporaryDirectory() as folder:
        python = Path(folder, "venv", "bin", "python")
        uv = shutil.which("uv")
        make = [uv, "venv", "-q", "--python", sys.executable] if uv else [sys.executable, "-m", "venv"]
        put = [uv, "pip", "install", "-q", "--python", str(python)] if uv else [str(python), "-m", "pip", "install", "-q"]
        try:
            subprocess.run([*make, str(python.parents[1])], check=True, capture_output=True)
            subprocess.run([*put, f"{ROOT}[{extras}]"], check=True, capture_output=True)
        except subprocess.CalledProcessError:
            return None
        return float(subprocess.run(["du", "-sm", python.parents[1]], check=True, capture_output=True, text=True).stdout.split()[0])
