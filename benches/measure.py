"""What a benchmark is, and how its time and memory are taken, in a process of its own."""
from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psutil

HERE = Path(__file__).resolve().parent


def nothing(folder: Path) -> None:
    "Prepares nothing."


@dataclass(frozen=True)
class Case:
    "Some work of some size, done in one way."
    work: str                                      # what is done; one panel of the plot
    way: str                                       # who does it; times are divided by that of the first way
    size: int                                      # how much of it
    unit: str                                      # what `size` counts: "spectra", "ions"
    start: Callable[[Path], Callable[[], object]]  # opens what is needed in the folder, returns what is timed
    prepare: Callable[[Path], object] = nothing    # writes samples into the folder, once, beforehand
    scale: float = 1                               # by which times are multiplied, where a part is timed
    note: str = ""                                 # what the reader must know: "timed for 5 of 1,000 images"
    times: int = 3                                 # how often it is timed in each process


def peak_memory() -> int:
    "The most memory that this process has had, bytes."
    if os.name == "nt": return psutil.Process().memory_info().peak_wset
    import resource
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


def measured(case: Case, folder: Path) -> dict:
    "Seconds, processor seconds, and MB at the peak beyond what the process had before; in this process."
    work = case.start(folder)
    before, taken = psutil.Process().memory_info().rss, []
    for _ in range(case.times):
        begun, busy = time.perf_counter(), time.process_time()
        work()
        taken.append((time.perf_counter() - begun, time.process_time() - busy))
    seconds, busy = min(taken)
    return dict(seconds=seconds * case.scale, processor_seconds=busy * case.scale,
                megabytes=max(peak_memory() - before, 0) / 1e6)


def measured_apart(command: list[str], folder: Path) -> dict | None:
    "What a process of its own has measured; None where it failed."
    paths = os.pathsep.join([str(HERE.parent), *filter(None, [os.environ.get("PYTHONPATH")])])
    done = subprocess.run([sys.executable, str(HERE / "run.py"), *command, "--folder", str(folder)],
                          capture_output=True, text=True, env=os.environ | {"PYTHONPATH": paths})
    if done.returncode == 0: return json.loads(done.stdout.splitlines()[-1])
    print(done.stderr.strip().splitlines()[-1], file=sys.stderr)
    return None
