"""Run the benchmarks, and write one table and one plot.

    python benches/run.py                  all sizes: some hours, 12 GB of memory, 3 GB in a temporary folder
    python benches/run.py --quick          small sizes: a minute
    python benches/run.py --only imzml     of one file in benches/ alone

Samples are made up on the spot and removed afterwards. Each way of doing a piece of work is timed in a
process of its own, in turn with the others, --rounds times; the least time counts. `ratio` is this time
divided by that of the first way; `growth` the exponent with which time grows with size (1: linear). imzy is
measured where it is installed. A machine that does nothing else gives the times; ratios need less quiet.

To add benchmarks: a file beside this one with `cases(quick)`, which returns a list of `Case`, and its name in
MODULES.
"""
from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import tempfile
from datetime import date
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import numpy as np
import pandas as pd
import psutil
from measure import HERE, Case, measured, measured_apart

MODULES = ["start", "imzml", "cluster"]  # files beside this one, each with `cases(quick)`, a list of `Case`
PACKAGES = ["numpy", "scipy", "pyimzML", "imzy", "torch", "scikit-learn"]


def arguments() -> argparse.Namespace:
    "What the command line asks for."
    as_written = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=as_written)
    add = parser.add_argument
    add("--quick", action="store_true", help="small sizes")
    add("--only", nargs="+", choices=MODULES, default=MODULES, help="some of the files")
    add("--work", default="", help="only work whose name holds this text")
    add("--rounds", type=int, default=2, help="how often each is measured (default: %(default)s)")
    add("--out", type=Path, default=HERE / "results", help="folder for table and plot (%(default)s)")
    for name in ("--one", "--folder"): add(name, help=argparse.SUPPRESS)
    return parser.parse_args()


def chosen(asked: argparse.Namespace) -> dict[str, Case]:
    "The cases that were asked for, by file and place in it."
    found = {f"{module}:{i}": case for module in asked.only
             for i, case in enumerate(import_module(module).cases(asked.quick))}
    return {name: case for name, case in found.items() if asked.work in case.work}


def circumstances() -> dict[str, str]:
    "Machine, versions and commit."
    command = ["git", "describe", "--always", "--dirty"]
    commit = subprocess.run(command, cwd=HERE, capture_output=True, text=True)
    found = dict(machine=f"{platform.machine()}, {os.cpu_count()} cores, "
                         f"{psutil.virtual_memory().total / 1e9:.0f} GB, {platform.system()}",
                 commit=commit.stdout.strip() or "unknown", date=str(date.today()),
                 python=platform.python_version())
    for name in PACKAGES:
        try: found[name] = version(name)
        except PackageNotFoundError: pass
    return found


def with_ratios(table: pd.DataFrame) -> pd.DataFrame:
    "The table with the columns `ratio` and `growth`."
    first = table.groupby(["work", "size"], sort=False)["seconds"].transform("first")
    by_way = table.groupby(["work", "way"], sort=False)
    times, sizes = (table[name] / by_way[name].shift() for name in ("seconds", "size"))
    return table.assign(ratio=table["seconds"] / first, growth=np.log(times) / np.log(sizes))


def measure_all(cases: dict[str, Case], asked: argparse.Namespace, folder: Path) -> pd.DataFrame:
    "The least of all rounds for each case. A way that fails is left out."
    rows = []
    for work, size in dict.fromkeys((case.work, case.size) for case in cases.values()):
        here = {name: case for name, case in cases.items() if (case.work, case.size) == (work, size)}
        for case in here.values(): case.prepare(folder)
        options = ["--quick"] * asked.quick
        rounds = [{name: measured_apart(["--one", name, *options], folder) for name in here}
                  for _ in range(asked.rounds)]
        for name, case in here.items():
            if not all(found := [each[name] for each in rounds]): continue
            best = min(found, key=lambda one: one["seconds"])
            rows.append(dict(work=work, way=case.way, size=size, unit=case.unit, **best, note=case.note))
            print(f"{work}, {size:,} {case.unit}, {case.way}: {best['seconds']:.3g} s", flush=True)
    return with_ratios(pd.DataFrame(rows))


def plot(table: pd.DataFrame, path: Path) -> None:
    "A panel for each work, with logarithmic axes."
    import matplotlib
    matplotlib.use("Agg")
    from matplotlib import pyplot as plt
    works = [work for work, part in table.groupby("work", sort=False) if part["size"].nunique() > 1]
    if not works: return
    size = 4 * len(works), 3.4
    fig, axes = plt.subplots(1, len(works), figsize=size, squeeze=False, layout="constrained")
    for ax, work in zip(axes[0], works):
        part = table[table["work"] == work]
        for way, line in part.groupby("way", sort=False):
            ax.loglog(line["size"], line["seconds"], "o-", label=way)
        ax.set(title=work, xlabel=part["unit"].iloc[0], ylabel="seconds")
        ax.legend(fontsize=7)
    fig.savefig(path, dpi=120)


def in_words(value: object) -> str:
    "A cell of the table."
    if isinstance(value, float): return f"{value:.3g}" if value < 100 else f"{value:,.0f}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def write(table: pd.DataFrame, about: dict[str, str], out: Path) -> None:
    "Write the table as CSV and Markdown, and the plot."
    out.mkdir(parents=True, exist_ok=True)
    table.assign(**about).to_csv(out / "benches.csv", index=False, float_format="%.4g")
    shown = table.drop(columns=["unit", "processor_seconds"]).fillna("")
    cells = [[in_words(value) for value in row] for row in shown.astype(object).itertuples(index=False)]
    lines = ["; ".join(f"{name} {value}" for name, value in about.items()), ""]
    lines += ["| " + " | ".join(row) + " |" for row in (shown.columns, ["---"] * shown.shape[1], *cells)]
    (out / "benches.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    plot(table, out / "benches.png")


def main() -> None:
    asked = arguments()
    cases = chosen(asked)
    if asked.one:
        print(json.dumps(measured(cases[asked.one], Path(asked.folder))))
        return
    with tempfile.TemporaryDirectory() as folder: table = measure_all(cases, asked, Path(folder))
    write(table, circumstances(), asked.out)
    print(f"{asked.out / 'benches.md'}, benches.csv, benches.png")


if __name__ == "__main__": main()
