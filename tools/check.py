"""Run every check of the project and count them.

    python tools/check.py                fast cells of every notebook, drift, links, paths, mutated files, and the demonstration
    python tools/check.py --slow         also the cells flagged slow
    python tools/check.py --data FOLDER  also the cells flagged data, which need barley/ and uterus/ in FOLDER
    python tools/check.py --save         also store the cells' outputs in the notebooks, for the documentation
    python tools/check.py 12 20          only the notebooks whose names begin so

The last line is `N passed, M failed`; a notebook counts as one check, and one that ran no cell fails.
"""
from __future__ import annotations

import argparse
import base64
import hashlib
import io
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import warnings
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def lighter(output: dict) -> dict:
    "A cell's output, its picture reduced to 256 colours: a third of the bytes in every clone."
    from PIL import Image
    picture = output.get("data", {}).get("image/png")
    if picture:
        small = io.BytesIO()
        Image.open(io.BytesIO(base64.b64decode("".join(picture)))).convert("RGB").quantize(256, dither=0).save(small, "PNG", optimize=True)
        output["data"]["image/png"] = base64.b64encode(small.getvalue()).decode()
    return output


def portable(output: dict) -> dict:
    "A cell's output without the folders of this machine: paths begin in the repository, or in a cell's own temporary folder."
    made = re.compile(rf"{re.escape(json.dumps(tempfile.gettempdir())[1:-1])}/tmp\w+/|{re.escape(str(ROOT))}/")
    for part in (output, output.get("data", {})):
        for key, value in part.items():
            if key == "text" or key.startswith("text/"): part[key] = json.loads(made.sub("", json.dumps(value)))
    return output


def run_notebook(path: Path, flags: str, save: bool) -> int:
    "Run the cells of one notebook in this process; the number of code cells that ran. Raises what a cell raises."
    from execnb.nbio import read_nb, write_nb
    from execnb.shell import CaptureShell
    from nbdev.config import get_config
    from nbdev.process import NBProcessor

    os.environ["IN_TEST"] = "1"
    sys.path.insert(0, str(ROOT))
    for kind in (DeprecationWarning, PendingDeprecationWarning, FutureWarning, RuntimeWarning, SyntaxWarning):
        warnings.filterwarnings("error", category=kind, module=r"msi_selfsup\b")   # what our own code is warned of
    skipped_flags = set(get_config(path=ROOT).tst_flags.split()) - set(flags.split())
    ran = 0

    def skip(cell) -> bool:
        nonlocal ran
        if cell.cell_type != "code" or "nbdev_export(" in cell.source: return True
        directives = getattr(cell, "directives_", None) or {}
        if skipped_flags & directives.keys() or directives.get("eval:", [""])[0].lower() == "false": return True
        ran += 1
        return False

    notebook = NBProcessor(path, process=True).nb
    os.chdir(path.parent)
    shell = CaptureShell(path)
    try: shell.run_all(notebook, exc_stop=True, preproc=skip)
    except (Exception, SystemExit):
        print(shell.prettytb(fname=path), file=sys.stderr)
        raise SystemExit(1) from None
    if save:
        original = read_nb(path)                 # with its directives, which processing takes out of the cells
        for cell, done in zip(original.cells, notebook.cells):
            if cell.cell_type == "code" and "outputs" in done: cell.outputs = [portable(lighter(output)) for output in done.outputs]
        write_nb(original, path)
    return ran


def check_notebook(path: Path, flags: str, save: bool, data: Path | None) -> tuple[bool, str]:
    "Run one notebook in a process of its own, with a temporary folder of its own; whether it passed, and what to say of it."
    started = time.perf_counter()
    command = [sys.executable, __file__, "--one", str(path), "--flags", flags, *(["--save"] if save else [])]
    with tempfile.TemporaryDirectory() as temporary:
        environment = {**os.environ, "OMP_NUM_THREADS": "1", "MPLBACKEND": "agg", "TMPDIR": temporary}
        if data: environment["MSI_SELFSUP_DATA"] = str(data)
        done = subprocess.run(command, capture_output=True, text=True, env=environment)
    cells = int((done.stdout.split() or [0])[-1]) if done.returncode == 0 else 0
    said = f"{path.relative_to(ROOT)}: {cells} cells, {time.perf_counter() - started:.0f} s"
    return cells > 0, said if cells else f"{said}\n{done.stderr}"


def fingerprint() -> dict[str, str]:
    "SHA-256 of every notebook, module and of the README."
    files = [*ROOT.glob("nbs/**/*.ipynb"), *ROOT.glob("msi_selfsup/**/*.py"), ROOT / "README.md"]
    return {str(file.relative_to(ROOT)): hashlib.sha256(file.read_bytes()).hexdigest() for file in files if "checkpoints" not in str(file)}


def check_drift() -> tuple[bool, str]:
    "Whether cleaning, exporting and rendering change anything: then notebooks, library and README had drifted apart."
    before = fingerprint()
    for command in (["nbdev_clean"], ["nbdev_export"], [sys.executable, "tools/readme.py"]):
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
        if done.returncode: return False, f"{command[0]} failed: {done.stderr}"
    after = fingerprint()
    changed = sorted(name for name in before | after if before.get(name) != after.get(name))
    bare = sorted(name for name in after if name.endswith(".ipynb") and not any(cell.get("outputs") for cell in json.loads((ROOT / name).read_text())["cells"]))
    said = f"drift: {', '.join(changed) or 'none'} in {len(after)} files"
    return not changed and not bare, said + (f"; no stored output, run tools/check.py --save: {', '.join(bare)}" if bare else "")


def pages_listed(entry) -> set[str]:
    "The pages that a sidebar, or a part of one, lists."
    if isinstance(entry, str): return {entry}
    parts = entry if isinstance(entry, list) else [entry[key] for key in ("href", "contents") if key in entry]
    return set().union(*map(pages_listed, parts))


def anchor(heading: str) -> str:
    "The anchor that pandoc gives a heading."
    plain = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", heading)
    kept = re.sub(r"[^\w\s.-]", "", plain.replace("`", "")).strip().lower()
    return re.sub(r"^[^a-z]+", "", re.sub(r"\s+", "-", kept))


def prose_of(page: Path) -> str:
    "The Markdown of a page."
    text = page.read_text(encoding="utf-8")
    if page.suffix != ".ipynb": return text
    return "\n\n".join("".join(cell["source"]) for cell in json.loads(text)["cells"] if cell["cell_type"] == "markdown")


def check_links() -> tuple[bool, str]:
    "Whether all links between pages lead somewhere, within the site where they stand on it, and the sidebar lists every page."
    import yaml
    site = ROOT / "nbs"
    pages = [path for pattern in ("**/*.ipynb", "**/*.qmd") for path in site.glob(pattern) if "checkpoints" not in str(path)]
    anchors = {page: set(map(anchor, re.findall(r"(?m)^#+ +(.+)$", prose_of(page)))) for page in pages}
    wrong, counted = [], 0
    for page in [*pages, *ROOT.glob("*.md"), ROOT / "benchmark_data/README.md"]:
        for link, place in re.findall(r"\]\((?!https?:|mailto:|#)([^)\s#]+)(?:#([^)\s]+))?", prose_of(page)):
            target, counted = (page.parent / link).resolve(), counted + 1
            there = target.exists() and (not place or place in anchors.get(target, ()))
            if not there or (page.is_relative_to(site) and not target.is_relative_to(site)):
                wrong.append(f"{page.relative_to(ROOT)}: {link}{'#' * bool(place)}{place}")
    listed = pages_listed(yaml.safe_load((site / "_quarto.yml").read_text(encoding="utf-8"))["website"]["sidebar"])
    wrong += [f"_quarto.yml: {name}" for name in sorted(listed ^ {path.relative_to(site).as_posix() for path in pages})]
    return counted > 0 and not wrong, f"links: {'; '.join(wrong) or f'{counted} hold'}, {len(pages)} pages"


# a folder that is there on one machine alone: temporary, home, of a user, of this workplace, or a drive of Windows
OF_ONE_MACHINE = re.compile(r"(?<![\w.:/~$}*])/(?:tmp|work|root|mnt|home/\w+|Users/\w+|var/folders|scratch)(?:/|\b)|\b[A-Z]:\\\\?(?:Users|Temp)\b")


def texts_of(path: Path) -> list[tuple[str, str]]:
    "What a file says: of a notebook each cell's code and stored text, of any other file the whole."
    if path.suffix != ".ipynb": return [("", path.read_text(encoding="utf-8"))]
    found = []
    for i, cell in enumerate(json.loads(path.read_text(encoding="utf-8"))["cells"]):
        if cell["cell_type"] != "code": continue
        outputs = [{key: value for key, value in output.get("data", output).items() if not key.startswith("image/")} for output in cell["outputs"]]
        found += [(f" cell {i}", "".join(cell["source"])), (f" cell {i}, output", json.dumps(outputs, ensure_ascii=False))]
    return found


def check_paths() -> tuple[bool, str]:
    "Whether code and stored outputs name no folder outside the repository: what lies there is missing on every other machine."
    files = [path for pattern in ("nbs/**/*.ipynb", "msi_selfsup/*.py", "tools/*.py", "benchmark_data/*.csv") for path in ROOT.glob(pattern)
             if "checkpoints" not in str(path)]
    wrong = [f"{path.relative_to(ROOT)}{place}: {text[max(hit.start() - 20, 0):hit.end() + 20]!r}" for path in sorted(files)
             for place, text in texts_of(path) for hit in OF_ONE_MACHINE.finditer(text)]
    for path in files:
        up = len(path.relative_to(ROOT).parts)                    # so many steps up leave the repository
        wrong += [f"{path.relative_to(ROOT)}{place}: {'../' * up}" for place, text in texts_of(path) if path.suffix == ".ipynb" and "../" * up in text]
    return bool(files) and not wrong, f"paths: {'; '.join(wrong) or 'none of one machine'} in {len(files)} files"


def check_fuzz() -> tuple[bool, str]:
    "Whether no reader falls over mutated files, in short; `tools/fuzz.py --minutes 30` is the long form."
    done = subprocess.run([sys.executable, "tools/fuzz.py", "--seconds", "20", "--workers", "1"], cwd=ROOT, capture_output=True, text=True)
    return done.returncode == 0, f"mutated files: {done.stdout.strip().splitlines()[-1] if done.stdout.strip() else done.stderr[-2000:]}"


def check_demo() -> tuple[bool, str]:
    "Whether the README's first command does its main job: a whole run folder, offline."
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        done = subprocess.run(["msi_demo", "--out", f"{folder}/demo"], capture_output=True, text=True)
        files = sorted(file.name for file in Path(folder).glob("demo/*"))
        from msi_selfsup.run import RUN_FILES, pd
        if done.returncode or files != sorted(RUN_FILES): return False, f"msi_demo: exit code {done.returncode}, {files} {done.stderr}"
        ari = pd.read_csv(f"{folder}/demo/scores.csv").set_index(["stage", "metric"]).loc[("self-labelling", "ari"), "value"]
    return ari > 0.8, f"msi_demo: {len(files)} files, ARI {ari:.2f} against the planted groups, {time.perf_counter() - started:.0f} s"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("only", nargs="*", help="beginnings of notebooks' names")
    parser.add_argument("--slow", action="store_const", dest="flags", const="slow", default="", help="also run slow cells")
    parser.add_argument("--data", type=Path, help="folder with barley/ and uterus/, for the cells flagged data")
    parser.add_argument("--save", action="store_true", help="store outputs in the notebooks")
    parser.add_argument("--one", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--flags", dest="flags", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one:
        print(run_notebook(asked.one, asked.flags, asked.save))
        return
    flags, data = f"{asked.flags} {'data' if asked.data else ''}".strip(), asked.data.resolve() if asked.data else None
    notebooks = [path for path in sorted(ROOT.glob("nbs/**/*.ipynb"))
                 if "checkpoints" not in str(path) and path.name.startswith(tuple(asked.only) or "")]
    results = []

    def say(result: tuple[bool, str]) -> None:
        results.append(result)
        print("ok  " if result[0] else "FAIL", result[1], flush=True)

    if not asked.only:
        for check in (check_drift, check_links, check_paths): say(check())
    work = [partial(check_notebook, path, flags, asked.save, data) for path in notebooks]
    if not asked.only: work = [check_fuzz, check_demo, *work]
    with ThreadPoolExecutor(2) as pool:
        for result in pool.map(lambda check: check(), work): say(result)
    failed = [said.split(":")[0] for passed, said in results if not passed]
    if failed: print(f"failed: {', '.join(failed)}")
    print(f"{len(results) - len(failed)} passed, {len(failed)} failed")
    sys.exit(0 if results and not failed else 1)


if __name__ == "__main__": main()
