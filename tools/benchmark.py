"""Run the comparison whose results the README shows, or go on with it.

    python tools/benchmark.py --data FOLDER                all methods, sets and seeds: some hours
    python tools/benchmark.py --methods baselines default  some of them
    python tools/benchmark.py --methods ablation           the default without its network, without each part
    python tools/benchmark.py --save                       also store the tables in benchmark_data

FOLDER holds uterus/ and barley/. Without it the uterus files are downloaded, and barley is reported missing.
May be stopped and called again at any time: what is done lies in --out, a file a cell.
"""
from __future__ import annotations

import argparse
import sys
from pathlib import Path

import pandas as pd

from msi_selfsup.ablation import ablation_scores
from msi_selfsup.compare import METHODS, run_comparison, standard_sets
from msi_selfsup.core import InputError

ROOT = Path(__file__).resolve().parents[1]
# the columns that are stored of the ablation
KEPT = ["set", "stage", "n_clusters", "seed", "hungarian", "ari", "ami", "linked_pair_excess",
        "linked_standard_error", "commit", "date", "machine", "missing"]


def arguments() -> argparse.Namespace:
    "What the command line asks for."
    as_written = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=as_written)
    add, methods, sets = parser.add_argument, [*METHODS, "ablation"], list(standard_sets())
    add("--out", type=Path, default=ROOT / "benchmark_run", help="folder to keep the cells in (%(default)s)")
    add("--data", type=Path, help="folder with uterus/ and barley/")
    add("--methods", nargs="+", choices=methods, default=methods)
    add("--sets", nargs="+", choices=sets, default=sets)
    add("--seeds", type=int, default=5, help="how many (default: %(default)s)")
    add("--n_clusters", type=int, nargs="+", default=[0, 20],
        help="0: the number of classes of a set; always so for the ablation (default: 0 20)")
    add("--device", default="cpu")
    add("--save", action="store_true", help="store results.csv and ablation.csv in benchmark_data")
    return parser.parse_args()


def computed(asked: argparse.Namespace) -> pd.DataFrame:
    "The table of all that was computed, now or before."
    known, seeds = standard_sets(asked.data), range(asked.seeds)
    sets = {name: known[name] for name in asked.sets}
    methods = {name: METHODS[name] for name in asked.methods if name in METHODS}
    numbers = tuple(k or None for k in asked.n_clusters)
    table = run_comparison(asked.out, sets, methods, seeds, numbers, asked.device)
    if "ablation" not in asked.methods: return table
    return run_comparison(asked.out, sets, {"ablation": ablation_scores}, seeds, (None,))


def store(table: pd.DataFrame) -> None:
    "Store the tables that the pages show."
    apart = table.method == "ablation"
    for name, part in (("results", table[~apart]), ("ablation", table[apart].reindex(columns=KEPT))):
        part.to_csv(ROOT / "benchmark_data" / f"{name}.csv", index=False, lineterminator="\n")


def main() -> None:
    asked = arguments()
    try: table = computed(asked)
    except InputError as e: sys.exit(f"benchmark: {e}")
    if asked.save: store(table)
    done, missing = table[table.missing.isna()], table[table.missing.notna()]
    cells = done.groupby(["set", "method", "n_clusters", "seed"]).ngroups
    print(f"{len(done)} rows from {cells} cells; {len(missing)} cells could not be run")
    for reason in missing.missing.unique(): print("  " + reason)


if __name__ == "__main__": main()
