"""Run one notebook, from top to bottom, in a process and a temporary folder of its own."""
from __future__ import annotations

import json
import os
import re
import sys
import tempfile
import warnings
from pathlib import Path

from .pictures import lighter
from .sources import PACKAGE, named, run

# what our own code is warned of is an error
ERRORS = (DeprecationWarning, PendingDeprecationWarning, FutureWarning, RuntimeWarning, SyntaxWarning)


def portable(output: dict, root: Path) -> dict:
    "A cell's output without this machine's folders: paths begin in the repository, or in a temporary folder."
    temporary = json.dumps(tempfile.gettempdir())[1:-1]
    made = re.compile(rf"{re.escape(temporary)}/tmp\w+/|{re.escape(str(root))}/")
    for part in (output, output.get("data", {})):
        for key, value in part.items():
            if key == "text" or key.startswith("text/"):
                part[key] = json.loads(made.sub("", json.dumps(value)))
    return output


class Skipping:
    "Which cells are not run: that which exports, those with a flag that is not asked for, `#| eval: false`."
    def __init__(self, root: Path, flags: str):
        from nbdev.config import get_config
        self.flags = set(get_config(path=root).tst_flags.split()) - set(flags.split())
        self.ran = 0

    def __call__(self, cell) -> bool:
        directives = getattr(cell, "directives_", None) or {}
        evaluated = directives.get("eval:", [""])[0].lower() != "false" and not self.flags & directives.keys()
        skipped = cell.cell_type != "code" or "nbdev_export(" in cell.source or not evaluated
        if not skipped:
            self.ran += 1
            cell.outputs = []                          # the runner leaves the old ones where none are made
        return skipped


def run_cells(path: Path, root: Path, flags: str, save: bool) -> int:
    "Run the cells of one notebook in this process; the number of code cells that ran."
    from execnb.shell import CaptureShell
    from nbdev.process import NBProcessor
    os.environ["IN_TEST"] = "1"
    sys.path.insert(0, str(root))
    for kind in ERRORS: warnings.filterwarnings("error", category=kind, module=rf"{PACKAGE}\b")
    notebook, skipping = NBProcessor(path, process=True).nb, Skipping(root, flags)
    os.chdir(path.parent)
    shell = CaptureShell(path)
    try: shell.run_all(notebook, exc_stop=True, preproc=skipping)
    except (Exception, SystemExit):
        print(shell.prettytb(fname=path), file=sys.stderr)
        raise SystemExit(1) from None
    if save: store_outputs(path, root, notebook)
    return skipping.ran


def store_outputs(path: Path, root: Path, ran) -> None:
    "Write outputs into the notebook as it was read, with the directives: processing takes them out."
    from execnb.nbio import read_nb, write_nb
    original = read_nb(path)
    for cell, done in zip(original.cells, ran.cells):
        if cell.cell_type == "code" and "outputs" in done:
            cell.outputs = [portable(lighter(output), root) for output in done.outputs]
    write_nb(original, path)


def check_notebook(path: Path, root: Path, flags: str = "", save: bool = False,
                   data: Path | None = None) -> tuple[bool, str]:
    "Run a notebook in a process of its own: whether it passed, and what to say. One that runs no cell fails."
    check = str(Path(__file__).resolve().parents[1] / "check.py")
    command = [sys.executable, check, "--one", str(path), "--root", str(root), "--flags", flags]
    if save: command.append("--save")
    with tempfile.TemporaryDirectory() as temporary:
        folders = {"TMPDIR": temporary, "TEMP": temporary, "TMP": temporary}
        if data: folders["MSI_SELFSUP_DATA"] = str(data)
        done = run(command, root, **folders)
    cells = int((done.stdout.split() or ["0"])[-1]) if done.returncode == 0 else 0
    return cells > 0, f"{cells} cells" if cells else f"0 cells ran in {named(path, root)}\n{done.stderr}"
