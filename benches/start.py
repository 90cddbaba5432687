"""Benchmarks of starting: how long one waits for the package and its commands, beside Python itself."""
from __future__ import annotations

import subprocess
import sys
from functools import partial
from pathlib import Path

from measure import Case

CONSOLE = "import sys; sys.argv = {argv}; from msi_selfsup.cli import console; console()"
WAYS = {"python -c pass": "pass",
        "import msi_selfsup": "import msi_selfsup",
        "msi_cluster --help": CONSOLE.format(argv=["msi_cluster", "--help"]),
        "no such file": CONSOLE.format(argv=["msi_cluster", "nowhere.imzML"])}


def command(folder: Path, code: str):
    return lambda: subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True)


def cases(quick: bool) -> list[Case]:
    "All benchmarks of starting."
    return [Case("start", way, 1, "start", partial(command, code=code), times=3 if quick else 7)
            for way, code in WAYS.items()]
