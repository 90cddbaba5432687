"""Install the wheel over the versions that Google Colab has, and run the notebooks that are made for it.

    python3.13 tools/colab.py                 in a temporary environment; minutes, and some GB
    python3.13 tools/colab.py --folder DIR    in DIR, which is kept

It fails where the wheel changes a version that was there before (tools/colab.txt and what that brings), and
where a cell fails. Notebooks are for Colab if `colab` is in their metadata. They run without nbdev, in small.
"""
from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

from checks.sources import PACKAGE, copy_project, notebooks_in

ROOT = Path(__file__).resolve().parents[1]


def made_for_colab(root: Path) -> list[Path]:
    "The notebooks that are made for Colab."
    return [path for path in notebooks_in(root)
            if "colab" in json.loads(path.read_text(encoding="utf-8"))["metadata"]]


def run_notebook(path: Path) -> int:
    "Run the code cells of a notebook in this process, without nbdev; how many there were."
    from IPython.core.interactiveshell import InteractiveShell

    class Shell(InteractiveShell):
        def enable_gui(self, gui=None): "Nothing to enable: `%matplotlib inline` asks for it."

    os.chdir(path.parent)
    shell, cells = Shell.instance(), json.loads(path.read_text(encoding="utf-8"))["cells"]
    sources = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    for source in sources: shell.run_cell(source).raise_error()
    return len(sources)


class Environment:
    "A virtual environment of its own, without this project's sources."
    def __init__(self, folder: Path):
        venv.create(folder, with_pip=True, clear=True)
        self.python = str(folder / ("Scripts" if os.name == "nt" else "bin") / "python")

    def run(self, *arguments: str) -> str:
        "Run its Python; what it printed."
        kept = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
        variables = {**kept, "IN_TEST": "1", "MPLBACKEND": "agg", "PYTHONIOENCODING": "utf-8"}
        done = subprocess.run([self.python, *arguments], env=variables, check=True, stdout=subprocess.PIPE,
                              encoding="utf-8")
        return done.stdout

    def installed(self) -> dict[str, str]:
        "The versions of what is installed."
        listed = json.loads(self.run("-m", "pip", "list", "--format", "json"))
        return {package["name"]: package["version"] for package in listed}


def changes(before: dict[str, str], after: dict[str, str]) -> list[str]:
    "What is no longer as it was."
    return [f"{name} {version} became {after.get(name, 'missing')}"
            for name, version in before.items() if after.get(name) != version]


def check(folder: Path) -> int:
    "Install and run in this folder; the number of faults."
    environment, copy = Environment(folder / "venv"), copy_project(ROOT, folder / "project")
    environment.run("-m", "pip", "install", "-q", "-r", str(ROOT / "tools" / "colab.txt"))
    before = environment.installed()
    environment.run("-m", "pip", "wheel", "-q", "--no-deps", "-w", str(folder), str(copy))
    environment.run("-m", "pip", "install", "-q", *map(str, folder.glob("*.whl")))
    after = environment.installed()
    changed = changes(before, after)
    print(f"added: {', '.join(f'{name} {after[name]}' for name in sorted(after.keys() - before.keys()))}")
    print(f"changed: {'; '.join(changed) or 'nothing'}, of {len(before)} packages")
    where = environment.run("-P", "-c", f"import {PACKAGE}; print({PACKAGE}.__file__)").strip()
    if copy in Path(where).parents: raise RuntimeError(f"not the wheel is used, but {where}")
    notebooks = made_for_colab(copy)
    for path in notebooks: print(environment.run(__file__, "--run", str(path)).splitlines()[-1], flush=True)
    return len(changed) + (not notebooks)


def main() -> None:
    as_written = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=as_written)
    parser.add_argument("--folder", type=Path, help="keep what is installed and built here")
    parser.add_argument("--run", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.run:
        print(f"\n{asked.run.name}: {run_notebook(asked.run)} cells")
        return
    with tempfile.TemporaryDirectory() as temporary:
        faults = check(asked.folder.resolve() if asked.folder else Path(temporary).resolve())
    sys.exit(1 if faults else 0)


if __name__ == "__main__": main()
