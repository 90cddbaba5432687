"""What the checks read: notebooks, their code cells, modules, and a copy of all of them."""
from __future__ import annotations

import ast
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

PACKAGE = "msi_selfsup"
_DIRECTIVE = re.compile(r"\s*#\s*\|")


class Cell(NamedTuple):
    "A code cell: where it stands, its code, its stored outputs, and whether its code is exported."
    place: str
    source: str
    outputs: list
    exported: bool


def notebooks_in(root: Path) -> list[Path]:
    "The notebooks of the project."
    return sorted(path for path in root.glob("nbs/**/*.ipynb") if ".ipynb_checkpoints" not in path.parts)


def modules_in(root: Path) -> list[Path]:
    "The modules of the package, without nbdev's index."
    return sorted(path for path in root.glob(f"{PACKAGE}/*.py") if path.name != "_modidx.py")


def tools_in(root: Path) -> list[Path]:
    "The project's other Python files."
    return [*sorted(root.glob("tools/**/*.py")), *sorted(root.glob("benches/*.py")), root / "setup.py"]


def named(path: Path, root: Path) -> str:
    "A file's name from the top of the project, alike on all systems."
    return path.relative_to(root).as_posix()


def code_cells(root: Path, *notebooks: Path) -> Iterator[Cell]:
    "The code cells of these notebooks, or of all."
    for path in notebooks or notebooks_in(root):
        for i, cell in enumerate(json.loads(path.read_text(encoding="utf-8"))["cells"]):
            if cell["cell_type"] != "code": continue
            source = "".join(cell["source"])
            exported = any(re.match(r"\s*#\s*\|\s*export[is]?\b", line) for line in source.splitlines())
            place = f"{named(path, root)} cell {i} ({cell.get('id', '')})"
            yield Cell(place, source, cell.get("outputs", []), exported)


def is_directive(line: str) -> bool:
    "Whether a line is a directive to nbdev or quarto."
    return bool(_DIRECTIVE.match(line))


def parsed(source: str, place: str = "") -> ast.Module:
    "The syntax tree of a cell or file. Lines of IPython (`!command`, `%magic`) are `pass`, `%%cells` empty."
    if source.lstrip().startswith("%%"): return ast.Module([], [])
    plain = re.sub(r"(?m)^(\s*)(?:[!%].*|\w[\w, ]*=\s*[!%].*)$", r"\1pass", source)
    return ast.parse(plain, place)


def copy_project(root: Path, to: Path) -> Path:
    "Copy what git tracks or would track, as it is on disk; outside of a clone, what is not hidden or made."
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=root, capture_output=True)
    if listed.returncode:
        made = shutil.ignore_patterns(".*", "__pycache__", "_proc", "_docs", "build", "dist", "*.egg-info")
        return Path(shutil.copytree(root, to, ignore=made, dirs_exist_ok=True))
    for name in filter(None, os.fsdecode(listed.stdout).split("\0")):
        if not (root / name).is_file(): continue
        (to / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(root / name, to / name)
    return to


def environment(root: Path, **more: str) -> dict[str, str]:
    "The variables of a process that uses the package in `root`, whatever is installed, and our own commands."
    kept = {key: value for key, value in os.environ.items() if key != "IN_TEST"}
    paths = {"PYTHONPATH": [str(root), *filter(None, [os.environ.get("PYTHONPATH")])],
             "PATH": [str(Path(sys.executable).parent), os.environ.get("PATH", "")]}
    joined = {key: os.pathsep.join(parts) for key, parts in paths.items()}
    fixed = {"OMP_NUM_THREADS": "1", "MPLBACKEND": "agg", "PYTHONIOENCODING": "utf-8"}
    return {**kept, **joined, **fixed, **more}


def run(command: list[str], root: Path, **more: str) -> subprocess.CompletedProcess[str]:
    "Run a command in `root` with its package; `more` are further variables."
    variables = environment(root, **more)
    found = shutil.which(command[0], path=variables["PATH"]) or command[0]
    return subprocess.run([found, *command[1:]], cwd=root, env=variables, capture_output=True,
                          encoding="utf-8", errors="replace")
