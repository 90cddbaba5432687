"""Run the comparison whose results the README shows, or go on with it.

    python tools/benchmark.py --data FOLDER                  all methods, sets and seeds; hours on a small machine
    python tools/benchmark.py --methods baselines default    some of them
    python tools/benchmark.py --methods ablation             the default without its network, each part taken out; minutes
    python tools/benchmark.py --save                         also store the tables, benchmark_data/results.csv and ablation.csv

FOLDER holds uterus/ and barley/; without it the uterus files are downloaded and the barley seed is reported missing.
May be stopped and called again at any time: what is done lies in --out, a file a cell.
"""
from __future__ import annotations

import argparse
import sys
from pathlib import Path

from msi_selfsup.ablation import ablation_scores
from msi_selfsup.compare import METHODS, compare, standard_sets
from msi_selfsup.core import InputError

ROOT = Path(__file__).resolve().parents[1]
KEPT = ["set", "stage", "n_clusters", "seed", "hungarian", "ari", "ami", "linked_lift", "linked_standard_error", "commit", "date", "machine", "missing"]  # of the ablation


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=ROOT / "benchmark_run", help="folder to keep the cells in (default: %(default)s)")
    parser.add_argument("--data", type=Path, help="folder with uterus/ and barley/")
    parser.add_argument("--methods", nargs="+", choices=[*METHODS, "ablation"], default=[*METHODS, "ablation"])
    parser.add_argument("--sets", nargs="+", choices=list(standard_sets()), default=list(standard_sets()))
    parser.add_argument("--seeds", type=int, default=5, help="how many (default: %(default)s)")
    parser.add_argument("--n_clusters", type=int, nargs="+", default=[0, 20], help="0: the number of classes of a set; always so for the ablation (default: 0 20)")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--save", action="store_true", help="store the table in benchmark_data/results.csv")
    asked = parser.parse_args()
    known = standard_sets(asked.data)
    sets, seeds = {name: known[name] for name in asked.sets}, range(asked.seeds)
    try:
        table = compare(asked.out, sets, {name: METHODS[name] for name in asked.methods if name in METHODS}, seeds, tuple(k or None for k in asked.n_clusters), asked.device)
        if "ablation" in asked.methods: table = compare(asked.out, sets, {"ablation": ablation_scores}, seeds, (None,))
    except InputError as e: sys.exit(f"benchmark: {e}")
    if asked.save:
        apart = table.method == "ablation"
        table[~apart].to_csv(ROOT / "benchmark_data" / "results.csv", index=False, lineterminator="\n")
        table[apart].reindex(columns=KEPT).to_csv(ROOT / "benchmark_data" / "ablation.csv", index=False, lineterminator="\n")
    done, missing = table[table.missing.isna()], table[table.missing.notna()]
    print(f"{len(done)} rows from {done.groupby(['set', 'method', 'n_clusters', 'seed']).ngroups} cells; {len(missing)} cells could not be run")
    for reason in missing.missing.unique(): print("  " + reason)


if __name__ == "__main__": main()
