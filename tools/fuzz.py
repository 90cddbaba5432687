"""Mutate valid files at random, and see what the readers make of them.

    python tools/fuzz.py --seconds 20            in short, as the checks do
    python tools/fuzz.py --minutes 30 --seed 7   at length, as the weekly workflow does

A reader may return something whose invariants hold, or raise the package's own `InputError`. All else, and
what takes over a minute, is a fault: its input is kept in --keep with the traceback. The last lines count
inputs, what was read, own errors, others and hangs; the exit code is 0 where the last two are 0.

Each input is made from (seed, number, kind) alone: `--kind imzml --only 123` makes one again. Readers run in
a process of their own: a crash of the interpreter is counted and does not end the run.
"""
from __future__ import annotations

import argparse
import io
import json
import logging
import multiprocessing
import random
import re
import shutil
import sys
import tempfile
import time
import traceback
import warnings
import zipfile
from copy import deepcopy
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import NamedTuple

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
HANG = 60  # seconds
LEAST_INPUTS = 20      # read even where the time is over, as on a machine that does much else
EXTREMES = [0, 1, 2**7, 2**15 - 1, 2**31 - 1, 2**31, 2**32 - 1, 2**53, 2**61, 2**63 - 1]
WORDS = ["-1", "0", "1e308", "1e-320", "nan", "inf", "-0", str(2**31), str(2**61), str(2**63), "9" * 31,
         "1" * 400, "", " ", "1,5", "0x10", "\u0661", "\x00", "\ufffd", "=1+1", "<b>", "]]>", "&x;",
         "../../x", "null", "[]", "{}", "true", '"', "'", "\n", "\t", ";", ","]
SIGNS = [",", '"', "=", ">", " "]
ENCODINGS = ["utf-8"] * 20 + ["utf-16", "latin-1", "utf-8-sig", "utf-32"]
NUMBER, WORD = re.compile(r"-?\d+(?:\.\d+)?(?:e[-+]?\d+)?"), re.compile(r"[A-Za-z_]\w+")
VALUES = [None, True, -1, 1e308, float("nan"), "x", "<script>", [], {}, [[1]], {"a": 1}, 10**30]  # of JSON
ARRAYS = [lambda a: a[:-1] if a.ndim else a, lambda a: a[None], lambda a: a.astype(str),
          lambda a: a * 0 if a.dtype.kind in "iufb" else a, lambda a: np.full(a.shape, np.nan),
          lambda a: a.astype(complex) if a.dtype.kind in "iuf" else a, lambda a: a.T]


# --- how files go wrong

def extreme(draw: random.Random, size: int) -> bytes:
    "An extreme number in so many bytes."
    return (draw.choice(EXTREMES) % 256**size).to_bytes(size, draw.choice(["little", "big"]))


def mutate_bytes(data: bytes, draw: random.Random) -> bytes:
    "A few bytes changed, a number made extreme, a piece lost, doubled or put elsewhere."
    data = bytearray(data)
    for _ in range(draw.choice([1, 1, 1, 2, 4, 16])):
        if not data: break
        at, size = draw.randrange(len(data)), draw.choice([1, 2, 4, 8, 64, 512])
        kind = draw.randrange(8)
        if kind == 0: data[at] ^= 1 << draw.randrange(8)
        elif kind == 1: data[at] = draw.randrange(256)
        elif kind == 2: data[at:at + 8] = extreme(draw, 8)[:len(data) - at]
        elif kind == 3: data[at:at + 4] = extreme(draw, 4)
        elif kind == 4: del data[at:at + size]
        elif kind == 5: data[at:at] = data[at:at + size]
        elif kind == 6: data[at:at + size] = bytes(min(size, len(data) - at))
        else: del data[at if draw.random() < 0.3 else max(len(data) - size, 1):]
    return bytes(data)


def mutate_word(text: str, pattern: re.Pattern, draw: random.Random) -> str:
    "A number or a word replaced, by an odd one or by another of the text."
    found = [match.span() for match in pattern.finditer(text)]
    if not found: return text
    start, end = draw.choice(found)
    word = draw.choice(WORDS) if draw.random() < 0.7 else text[slice(*draw.choice(found))]
    return text[:start] + word + text[end:]


def mutate_line(text: str, kind: int, draw: random.Random) -> str:
    "A line lost, doubled, or cut in two by an odd word."
    lines = text.split("\n")
    at = draw.randrange(len(lines))
    if kind == 2: del lines[at]
    elif kind == 3: lines.insert(draw.randrange(len(lines)), lines[at])
    else: lines[at] = draw.choice(WORDS).join(lines[at].partition(draw.choice(SIGNS))[::2])
    return "\n".join(lines)


def mutate_text(data: bytes, draw: random.Random) -> bytes:
    "A number, a word or a line changed; now and then bytes, or another encoding."
    if draw.random() < 0.15: return mutate_bytes(data, draw)
    text = data.decode("utf-8", errors="replace")
    for _ in range(draw.choice([1, 1, 2, 4])):
        kind = draw.randrange(5)
        text = mutate_word(text, (NUMBER, WORD)[kind], draw) if kind <= 1 else mutate_line(text, kind, draw)
    return text.encode(draw.choice(ENCODINGS), errors="replace")


def mutate_json(data: bytes, draw: random.Random) -> bytes:
    "A value of another type or size, a key lost or renamed; now and then as text."
    if draw.random() < 0.3: return mutate_text(data, draw)
    tree = json.loads(data)
    for _ in range(draw.choice([1, 1, 2])):
        node = tree
        while isinstance(node, (dict, list)) and node:
            key = draw.choice(list(node) if isinstance(node, dict) else range(len(node)))
            inner = node[key]
            if isinstance(inner, (dict, list)) and inner and draw.random() < 0.75: node = inner; continue
            if isinstance(node, dict) and draw.random() < 0.3: node[draw.choice(WORDS)] = node.pop(key)
            else: node[key] = deepcopy(draw.choice([*VALUES, inner, [inner]]))
            break
    return json.dumps(tree).encode()


def mutate_array(content: bytes, draw: random.Random) -> bytes:
    "An npy file whose array has another shape, type or content."
    array, held = np.load(io.BytesIO(content), allow_pickle=False), io.BytesIO()
    np.save(held, draw.choice(ARRAYS)(array))
    return held.getvalue()


def mutate_zip(data: bytes, draw: random.Random) -> bytes:
    "An array of an npz changed, with a checksum that fits; a member lost, renamed or doubled; or the bytes."
    if draw.random() < 0.3: return mutate_bytes(data, draw)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = [[name, archive.read(name)] for name in archive.namelist()]
    chosen = draw.choice(members)
    kind = draw.randrange(6)
    if kind == 0: members.remove(chosen)
    elif kind == 1: chosen[0] = draw.choice(WORDS[:8]) + ".npy"
    elif kind == 2: members.append([chosen[0] + "x", chosen[1]])
    elif kind == 3: chosen[1] = mutate_bytes(chosen[1][:128], draw) + chosen[1][128:]         # the header
    elif kind == 4: chosen[1] = mutate_bytes(chosen[1], draw)
    else: chosen[1] = mutate_array(chosen[1], draw)
    made = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        warnings.simplefilter("ignore")                             # of two members of one name
        for name, content in members: archive.writestr(name, content)
    return made.getvalue()


BY_ENDING = {".imzML": mutate_text, ".csv": mutate_text, ".txt": mutate_text, ".json": mutate_json,
             ".npz": mutate_zip}


# --- valid files to begin with, and what reads them

def imzml_seeds(ions, folder: Path) -> list[Path]:
    "imzML files of both modes, with centroids and with profiles."
    from msi_selfsup.imzml import write_imzml
    return [write_imzml(ions, folder/f"{mode}_{profile}.imzML", mode=mode, profile=profile)
            for mode in ("processed", "continuous") for profile in (False, True)]


HEADING = "formula,adduct,ion,mz,moleculeNames"      # of METASPACE's annotations


def list_seeds(ions, folder: Path) -> list[Path]:
    "Lists of m/z as people have them."
    truth = "".join(f"{mz:.6f},name {i},{i % 3}\n" for i, mz in enumerate(ions.mz))
    annotations = [f'C6,M+H,C6H+,{mz:.5f},"A, B"' for mz in ions.mz[:5]]
    lists = {"plain.txt": "".join(f"{mz:.5f}\n" for mz in ions.mz), "named.csv": "mz,name,label\n" + truth,
             "german.csv": "m/z;Name;label\n" + re.sub(r"(\d)\.(\d)", r"\1,\2", truth.replace(",", ";")),
             "metaspace.csv": "\n".join(["# Generated at 2026", HEADING, *annotations])}
    for name, text in lists.items(): (folder/name).write_text(text, encoding="utf-8")
    return [folder/name for name in lists]


def image_seeds(ions, folder: Path) -> list[Path]:
    "Files of ion images."
    from msi_selfsup.formats import write_cluster_tiffs
    from msi_selfsup.h5ad import write_anndata
    ions.save(folder/"ions.npz")
    np.save(folder/"stack.npy", ions.images)
    tiffs = write_cluster_tiffs(ions, np.zeros(len(ions), int), folder/"tiff")
    return [folder/"ions.npz", folder/"stack.npy", write_anndata(ions, folder/"ions.h5ad"), tiffs[0]]


def run_seeds(ions, folder: Path) -> list[Path]:
    "The files of a run that are read again."
    from msi_selfsup.run import cluster_run
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        cluster_run(ions, folder/"run", 3, device="cpu", show=False)
    return sorted(path for path in (folder/"run").iterdir() if path.suffix in (".csv", ".json", ".npz"))


def make_seeds(folder: Path) -> dict[str, list[Path]]:
    "Valid files of every kind, small."
    from msi_selfsup.phantom import make_phantom
    ions = make_phantom(3, 12, (16, 18), seed=1).ions
    makers = {"imzml": imzml_seeds, "list": list_seeds, "images": image_seeds, "run": run_seeds}
    return {kind: make(ions, folder) for kind, make in makers.items()}


def read_imzml_file(path: Path) -> None:
    from msi_selfsup.imzml import inspect_imzml, read_imzml
    inspect_imzml(path)
    found = read_imzml(path)
    check_ions(found)
    check_ions(read_imzml(path, found.mz[:3], normalise="none"))


def read_list(path: Path) -> None:
    from msi_selfsup.run import read_labels
    from msi_selfsup.tables import read_mz_list
    mz, names = read_mz_list(path)
    assert mz.ndim == 1 and len(mz) and np.isfinite(mz).all() and (mz > 0).all()
    assert names is None or names.shape == mz.shape
    if b"label" not in path.read_bytes(): return
    labels = read_labels(path, np.linspace(100, 1000, 50), ppm=1e5)
    assert labels.shape == (50,) and labels.dtype == np.int64 and (labels >= -1).all()


def read_image_file(path: Path) -> None:
    from msi_selfsup.sample import read_sample
    check_ions(read_sample(path, np.arange(12) + 100. if path.suffix == ".npy" else None, show=False))


def read_run_files(path: Path) -> None:
    from msi_selfsup.report import write_report
    from msi_selfsup.run import linked_pair_score, score_run
    folder = path.parent
    score_run(folder); linked_pair_score(folder)
    assert write_report(folder).stat().st_size > 10_000


def check_ions(ions) -> None:
    "The invariants of `IonImages`."
    n, height, width = ions.images.shape
    assert ions.images.dtype == np.float32 and ions.mz.dtype == np.float64 and ions.mask.dtype == bool
    assert ions.mz.shape == (n,) and ions.mask.shape == (height, width) and ions.mask.any()
    assert np.isfinite(ions.images).all() and np.isfinite(ions.mz).all() and (ions.mz > 0).all()
    assert not ions.images[:, ~ions.mask].any()


READERS = {"imzml": read_imzml_file, "list": read_list, "images": read_image_file, "run": read_run_files}


# --- one input, many inputs

def make_input(seeds: dict, kind: str, seed: int, number: int, folder: Path) -> Path:
    "Write input `number` of its kind into an empty folder; the path that its reader is given."
    draw = random.Random(f"{seed} {kind} {number}")
    original = draw.choice(seeds[kind])
    if kind == "run":
        not_read = shutil.ignore_patterns("*.png", "*.html", "*.pt")
        shutil.copytree(original.parent, folder, dirs_exist_ok=True, ignore=not_read)
    else: shutil.copy(original, folder)
    target = path = folder/original.name
    if kind == "imzml":
        shutil.copy(original.with_suffix(".ibd"), folder)
        if draw.random() < 0.3: target = path.with_suffix(".ibd")
    target.write_bytes(BY_ENDING.get(target.suffix, mutate_bytes)(target.read_bytes(), draw))
    return path


@dataclass(frozen=True)
class Plan:
    "What all processes are given: valid files, the inputs to make of them, where to keep faults, the end."
    place: Path
    seeds: dict[str, list[Path]]
    seed: int
    kinds: list[str]
    keep: Path
    workers: int
    until: float


class Current(NamedTuple):
    "A process, and the input that it reads; `began` is None between two inputs."
    process: BaseProcess
    number: int
    kind: str
    began: float | None


def work(plan: Plan, share: int, first: int, told) -> None:
    "Read input after input, in a process of its own; report each before and after."
    from msi_selfsup.core import InputError
    warnings.simplefilter("ignore")
    logging.disable()
    number = first
    while number < LEAST_INPUTS or time.time() < plan.until:
        kind = plan.kinds[number // plan.workers % len(plan.kinds)]
        with tempfile.TemporaryDirectory(dir=plan.place) as folder:
            path = make_input(plan.seeds, kind, plan.seed, number, Path(folder))
            told.put((share, number, kind, "began"))
            try: READERS[kind](path); what = "read"
            except InputError: what = "own errors"
            except BaseException:
                what = "others"
                keep_input(plan.keep, kind, number, Path(folder), traceback.format_exc())
            told.put((share, number, kind, what))
        number += plan.workers


def keep_input(keep: Path, kind: str, number: int, folder: Path, why: str) -> None:
    "Keep an input that a reader fell over, and why."
    shutil.copytree(folder, keep/f"{kind}_{number}", dirs_exist_ok=True)
    (keep/f"{kind}_{number}"/"why.log").write_text(why, encoding="utf-8")


class Fuzzing:
    "Processes that read inputs, watched by this one, and counts of what came of them."
    def __init__(self, plan: Plan):
        self.plan, self.context = plan, multiprocessing.get_context("spawn")
        self.told, self.running = self.context.Queue(), {}
        self.counts = {kind: dict.fromkeys(("inputs", "read", "own errors", "others", "hangs"), 0)
                       for kind in plan.kinds}

    def start(self, share: int, first: int) -> None:
        "Start a process that reads its share of the inputs, from this one on."
        process = self.context.Process(target=work, args=(self.plan, share, first, self.told), daemon=True)
        process.start()
        self.running[share] = Current(process, first, self.plan.kinds[0], time.time())

    def count(self, kind: str, what: str) -> None:
        "Count an input."
        self.counts[kind]["inputs"] += 1
        self.counts[kind][what] += 1

    def hear(self) -> None:
        "Take note of what the processes reported."
        while not self.told.empty():
            share, number, kind, what = self.told.get()
            began = time.time() if what == "began" else None
            if what != "began": self.count(kind, what)
            self.running[share] = self.running[share]._replace(number=number, kind=kind, began=began)

    def look(self, share: int) -> None:
        "End a process that hangs; count and keep the input of one that hung or broke, and start another."
        process, number, kind, began = self.running[share]
        allowed = HANG + 30 * (number < self.plan.workers)          # the first input waits for imports
        hung = began is not None and time.time() - began > allowed
        if process.is_alive() and not hung: return
        process.kill(); process.join()
        del self.running[share]
        if not hung and not process.exitcode: return
        what = "hangs" if hung else "others"
        self.count(kind, what)
        with tempfile.TemporaryDirectory(dir=self.plan.place) as folder:
            make_input(self.plan.seeds, kind, self.plan.seed, number, Path(folder))
            keep_input(self.plan.keep, kind, number, Path(folder), f"{what}: exit code {process.exitcode}")
        number += self.plan.workers
        if number < LEAST_INPUTS or time.time() < self.plan.until: self.start(share, number)

    def run(self) -> dict[str, dict[str, int]]:
        "Counts by kind: inputs, read, own errors, others, hangs."
        for share in range(self.plan.workers): self.start(share, share)
        while self.running:
            self.hear()
            for share in list(self.running): self.look(share)
            time.sleep(0.02)
        return self.counts


# --- the command line

def arguments() -> argparse.Namespace:
    "What the command line asks for."
    as_written = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=as_written)
    add = parser.add_argument
    add("--seconds", type=float, default=20)
    add("--minutes", type=float, default=0)
    add("--seed", type=int, default=0)
    add("--kind", nargs="+", choices=list(READERS), default=list(READERS))
    add("--only", type=int, help="make this input of the kind, and read it here")
    add("--keep", type=Path, default=ROOT/"fuzz_found", help="folder for faulty inputs (%(default)s)")
    add("--workers", type=int, default=2)
    return parser.parse_args()


def said(kind: str, counts: dict[str, int]) -> str:
    "A line of counts."
    return f"{kind}: " + ", ".join(f"{number} {name}" for name, number in counts.items())


def main() -> None:
    asked = arguments()
    with tempfile.TemporaryDirectory() as held:
        seeds = make_seeds(Path(held))
        if asked.only is not None:
            with tempfile.TemporaryDirectory() as folder:
                READERS[asked.kind[0]](make_input(seeds, asked.kind[0], asked.seed, asked.only, Path(folder)))
            return
        until = time.time() + (asked.minutes * 60 or asked.seconds)
        plan = Plan(Path(held), seeds, asked.seed, asked.kind, asked.keep, asked.workers, until)
        counts = Fuzzing(plan).run()
    total = {name: sum(each[name] for each in counts.values()) for name in next(iter(counts.values()))}
    for kind, each in [*counts.items(), ("all", total)]: print(said(kind, each))
    sys.exit(0 if total["inputs"] >= LEAST_INPUTS and not total["others"] + total["hangs"] else 1)


if __name__ == "__main__": main()
