"""Mutate valid files at random, and see what the readers make of them.

    python tools/fuzz.py --seconds 20            in short, as the checks do
    python tools/fuzz.py --minutes 30 --seed 7   at length, as the weekly workflow does

A reader may return something whose invariants hold, or raise the package's own `InputError`. Anything else that comes out,
and whatever takes over a minute, is a fault: its input is kept in --keep with the traceback. The last lines count inputs,
what was read, own errors, others and hangs; the exit code is 0 where the last two are 0.

Each input is made from (seed, number, kind) alone, so `--kind imzml --only 123` makes one again. Readers run in a process of
their own, so that a crash of the interpreter is counted and does not end the run.
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
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
HANG = 60  # seconds
EXTREMES = [0, 1, 2**7, 2**15 - 1, 2**31 - 1, 2**31, 2**32 - 1, 2**53, 2**61, 2**63 - 1]
WORDS = ["-1", "0", "1e308", "1e-320", "nan", "inf", "-0", str(2**31), str(2**61), str(2**63), "9" * 31, "1" * 400, "", " ", "1,5", "0x10", "\u0661",
         "\x00", "\ufffd", "=1+1", "<b>", "]]>", "&x;", "../../x", "null", "[]", "{}", "true", '"', "'", "\n", "\t", ";", ","]


# --- how files go wrong

def mutate_bytes(data: bytes, draw: random.Random) -> bytes:
    "A few bytes changed, a number made extreme, a piece lost, doubled or put elsewhere."
    data = bytearray(data)
    for _ in range(draw.choice([1, 1, 1, 2, 4, 16])):
        if not data: break
        at, size = draw.randrange(len(data)), draw.choice([1, 2, 4, 8, 64, 512])
        kind = draw.randrange(8)
        if kind == 0: data[at] ^= 1 << draw.randrange(8)
        elif kind == 1: data[at] = draw.randrange(256)
        elif kind == 2: data[at:at + 8] = draw.choice(EXTREMES).to_bytes(8, draw.choice(["little", "big"]))[:len(data) - at]
        elif kind == 3: data[at:at + 4] = (draw.choice(EXTREMES) % 2**32).to_bytes(4, draw.choice(["little", "big"]))
        elif kind == 4: del data[at:at + size]
        elif kind == 5: data[at:at] = data[at:at + size]
        elif kind == 6: data[at:at + size] = bytes(min(size, len(data) - at))
        else: del data[at if draw.random() < 0.3 else max(len(data) - size, 1):]
    return bytes(data)


def mutate_text(data: bytes, draw: random.Random) -> bytes:
    "A number or a word replaced, a line lost, doubled or moved; now and then bytes, or another encoding."
    if draw.random() < 0.15: return mutate_bytes(data, draw)
    text = data.decode("utf-8", errors="replace")
    for _ in range(draw.choice([1, 1, 2, 4])):
        kind = draw.randrange(5)
        if kind <= 1:
            found = [match.span() for match in re.finditer(r"-?\d+(?:\.\d+)?(?:e[-+]?\d+)?" if kind == 0 else r"[A-Za-z_]\w+", text)]
            if not found: continue
            start, end = draw.choice(found)
            word = draw.choice(WORDS) if draw.random() < 0.7 else text[slice(*draw.choice(found))]
            text = text[:start] + word + text[end:]
        else:
            lines = text.split("\n")
            at = draw.randrange(len(lines))
            if kind == 2: del lines[at]
            elif kind == 3: lines.insert(draw.randrange(len(lines)), lines[at])
            else: lines[at] = draw.choice(WORDS).join(lines[at].partition(draw.choice([",", '"', "=", ">", " "]))[::2])
            text = "\n".join(lines)
    return text.encode(draw.choice(["utf-8"] * 20 + ["utf-16", "latin-1", "utf-8-sig", "utf-32"]), errors="replace")


def mutate_json(data: bytes, draw: random.Random) -> bytes:
    "A value of another type or size, a key lost or renamed; now and then as text."
    if draw.random() < 0.3: return mutate_text(data, draw)
    tree = json.loads(data)
    for _ in range(draw.choice([1, 1, 2])):
        node = tree
        while isinstance(node, (dict, list)) and node:
            key = draw.choice(list(node) if isinstance(node, dict) else range(len(node)))
            if isinstance(node[key], (dict, list)) and node[key] and draw.random() < 0.75: node = node[key]; continue
            if isinstance(node, dict) and draw.random() < 0.3: node[draw.choice(WORDS)] = node.pop(key)
            else: node[key] = draw.choice([None, True, -1, 1e308, float("nan"), "x", "<script>", [], {}, [[1]], {"a": 1}, 10**30, node[key], [node[key]]])
            break
    return json.dumps(tree).encode()


def mutate_zip(data: bytes, draw: random.Random) -> bytes:
    "An array of an npz changed, with a checksum that fits; a member lost, renamed or doubled; now and then the archive's bytes."
    if draw.random() < 0.3: return mutate_bytes(data, draw)
    with zipfile.ZipFile(io.BytesIO(data)) as archive: members = [[name, archive.read(name)] for name in archive.namelist()]
    chosen = draw.choice(members)
    kind = draw.randrange(6)
    if kind == 0: members.remove(chosen)
    elif kind == 1: chosen[0] = draw.choice(WORDS[:8]) + ".npy"
    elif kind == 2: members.append([chosen[0] + "x", chosen[1]])
    elif kind == 3: chosen[1] = mutate_bytes(chosen[1][:128], draw) + chosen[1][128:]         # the header
    elif kind == 4: chosen[1] = mutate_bytes(chosen[1], draw)
    else:
        array = np.load(io.BytesIO(chosen[1]), allow_pickle=False)
        array = draw.choice([lambda a: a[:-1] if a.ndim else a, lambda a: a[None], lambda a: a.astype(str), lambda a: a * 0 if a.dtype.kind in "iufb" else a,
                             lambda a: np.full(a.shape, np.nan), lambda a: a.astype(complex) if a.dtype.kind in "iuf" else a, lambda a: a.T])(array)
        held = io.BytesIO()
        np.save(held, array)
        chosen[1] = held.getvalue()
    made = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        warnings.simplefilter("ignore")                             # of two members of one name
        for name, content in members: archive.writestr(name, content)
    return made.getvalue()


BY_ENDING = {".imzML": mutate_text, ".csv": mutate_text, ".txt": mutate_text, ".json": mutate_json, ".npz": mutate_zip}


# --- valid files to begin with, and what reads them

def make_seeds(folder: Path) -> dict[str, list[Path]]:
    "Valid files of every kind, small."
    from msi_selfsup.exchange import write_anndata, write_cluster_tiffs
    from msi_selfsup.phantom import phantom, write_imzml
    from msi_selfsup.run import cluster_run
    ions = phantom(3, 12, (16, 18), seed=1).ions
    seeds = {"imzml": [write_imzml(ions, folder/f"{mode}_{profile}.imzML", mode=mode, profile=profile) for mode in ("processed", "continuous") for profile in (False, True)]}
    truth = "".join(f"{mz:.6f},name {i},{i % 3}\n" for i, mz in enumerate(ions.mz))
    lists = {"plain.txt": "".join(f"{mz:.5f}\n" for mz in ions.mz), "named.csv": "mz,name,label\n" + truth,
             "german.csv": "m/z;Name;label\n" + re.sub(r"(\d)\.(\d)", r"\1,\2", truth.replace(",", ";")),
             "metaspace.csv": "# Generated at 2026\n" + "\n".join('formula,adduct,ion,mz,moleculeNames' if i is None else f'C6,M+H,C6H+,{ions.mz[i]:.5f},"A, B"' for i in (None, *range(5)))}
    for name, text in lists.items(): (folder/name).write_text(text, encoding="utf-8")
    seeds["list"] = [folder/name for name in lists]
    ions.save(folder/"ions.npz")
    np.save(folder/"stack.npy", ions.images)
    seeds["images"] = [folder/"ions.npz", folder/"stack.npy", write_anndata(ions, folder/"ions.h5ad"), write_cluster_tiffs(ions, np.zeros(len(ions), int), folder/"tiff")[0]]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        cluster_run(ions, folder/"run", 3, device="cpu", show=False)
    seeds["run"] = sorted(path for path in (folder/"run").iterdir() if path.suffix in (".csv", ".json", ".npz"))
    return seeds


def read_imzml_file(path: Path) -> None:
    from msi_selfsup.imzml import describe_imzml, read_imzml
    describe_imzml(path)
    found = read_imzml(path)
    check_ions(found)
    check_ions(read_imzml(path, found.mz[:3], normalise="none"))


def read_list(path: Path) -> None:
    from msi_selfsup.run import read_labels
    from msi_selfsup.tables import read_mzs
    mz, names = read_mzs(path)
    assert mz.ndim == 1 and len(mz) and np.isfinite(mz).all() and (mz > 0).all() and (names is None or names.shape == mz.shape)
    if b"label" not in path.read_bytes(): return
    labels = read_labels(path, np.linspace(100, 1000, 50), ppm=1e5)
    assert labels.shape == (50,) and labels.dtype == np.int64 and (labels >= -1).all()


def read_image_file(path: Path) -> None:
    from msi_selfsup.exchange import read_images
    check_ions(read_images(path, np.arange(12) + 100. if path.suffix == ".npy" else None, show=False))


def read_run_files(path: Path) -> None:
    from msi_selfsup.report import write_report
    from msi_selfsup.run import run_links, score_run
    folder = path.parent
    score_run(folder); run_links(folder)
    assert write_report(folder).stat().st_size > 10_000


def check_ions(ions) -> None:
    "The invariants of `IonImages`."
    n, height, width = ions.images.shape
    assert ions.images.dtype == np.float32 and ions.mz.dtype == np.float64 and ions.mask.dtype == bool
    assert ions.mz.shape == (n,) and ions.mask.shape == (height, width) and ions.mask.any()
    assert np.isfinite(ions.images).all() and np.isfinite(ions.mz).all() and (ions.mz > 0).all() and not ions.images[:, ~ions.mask].any()


READERS = {"imzml": read_imzml_file, "list": read_list, "images": read_image_file, "run": read_run_files}


# --- one input, many inputs

def make_input(seeds: dict, kind: str, seed: int, number: int, folder: Path) -> Path:
    "Write input `number` of its kind into an empty folder; the path that its reader is given."
    draw = random.Random(f"{seed} {kind} {number}")
    original = draw.choice(seeds[kind])
    if kind == "run": shutil.copytree(original.parent, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.png", "*.html", "*.pt"))
    else: shutil.copy(original, folder)
    target = path = folder/original.name
    if kind == "imzml":
        shutil.copy(original.with_suffix(".ibd"), folder)
        if draw.random() < 0.3: target = path.with_suffix(".ibd")
    target.write_bytes(BY_ENDING.get(target.suffix, mutate_bytes)(target.read_bytes(), draw))
    return path


def work(place: Path, seeds: dict, seed: int, share: int, of: int, kinds: list, first: int, until: float, told, keep: Path) -> None:
    "Read input after input, in a process of its own; tell of each before and after."
    from msi_selfsup.core import InputError
    warnings.simplefilter("ignore")
    logging.disable()
    number = first
    while time.time() < until:
        kind = kinds[number // of % len(kinds)]
        with tempfile.TemporaryDirectory(dir=place) as folder:
            path = make_input(seeds, kind, seed, number, Path(folder))
            told.put((share, number, kind, "began"))
            try: READERS[kind](path); what = "read"
            except InputError: what = "own errors"
            except BaseException:
                what = "others"
                keep_input(keep, kind, number, Path(folder), traceback.format_exc())
            told.put((share, number, kind, what))
        number += of


def keep_input(keep: Path, kind: str, number: int, folder: Path, why: str) -> None:
    "Keep an input that a reader fell over, and why."
    shutil.copytree(folder, keep/f"{kind}_{number}", dirs_exist_ok=True)
    (keep/f"{kind}_{number}"/"why.log").write_text(why, encoding="utf-8")


def fuzz(seconds: float, seed: int, kinds: list[str], keep: Path, workers: int) -> dict[str, dict[str, int]]:
    "Counts by kind: inputs, read, own errors, others, hangs."
    counts = {kind: dict.fromkeys(("inputs", "read", "own errors", "others", "hangs"), 0) for kind in kinds}
    context = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as held:
        place = Path(held)
        seeds = make_seeds(place)
        until, told, running = time.time() + seconds, context.Queue(), {}

        def start(share: int, first: int) -> None:
            process = context.Process(target=work, args=(place, seeds, seed, share, workers, kinds, first, until, told, keep), daemon=True)
            process.start()
            running[share] = [process, first, kinds[0], time.time()]

        for share in range(workers): start(share, share)
        while running:
            while not told.empty():
                share, number, kind, what = told.get()
                if what == "began": running[share][1:] = [number, kind, time.time()]
                else:
                    counts[kind]["inputs"] += 1; counts[kind][what] += 1
                    running[share][3] = None                                    # between two inputs
            for share, (process, number, kind, began) in list(running.items()):
                hung = began is not None and time.time() - began > HANG + 30 * (number < workers)   # imports take their time
                if process.is_alive() and not hung: continue
                process.kill(); process.join()
                del running[share]
                if hung or process.exitcode:
                    what = "hangs" if hung else "others"
                    counts[kind]["inputs"] += 1; counts[kind][what] += 1
                    with tempfile.TemporaryDirectory(dir=place) as folder:
                        make_input(seeds, kind, seed, number, Path(folder))
                        keep_input(keep, kind, number, Path(folder), f"{what}: exit code {process.exitcode}")
                    if time.time() < until: start(share, number + workers)
            time.sleep(0.02)
    return counts


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--minutes", type=float, default=0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--kind", nargs="+", choices=list(READERS), default=list(READERS))
    parser.add_argument("--only", type=int, help="make this input of the kind, and read it here")
    parser.add_argument("--keep", type=Path, default=ROOT/"fuzz_found", help="folder for inputs that a reader fell over (default: %(default)s)")
    parser.add_argument("--workers", type=int, default=2)
    asked = parser.parse_args()
    if asked.only is not None:
        with tempfile.TemporaryDirectory() as place, tempfile.TemporaryDirectory() as folder:
            READERS[asked.kind[0]](make_input(make_seeds(Path(place)), asked.kind[0], asked.seed, asked.only, Path(folder)))
        return
    counts = fuzz(asked.minutes * 60 or asked.seconds, asked.seed, asked.kind, asked.keep, asked.workers)
    total = {name: sum(each[name] for each in counts.values()) for name in next(iter(counts.values()))}
    for kind, each in [*counts.items(), ("all", total)]: print(f"{kind}: " + ", ".join(f"{number} {name}" for name, number in each.items()))
    sys.exit(0 if total["inputs"] >= 20 and not total["others"] + total["hangs"] else 1)


if __name__ == "__main__": main()
