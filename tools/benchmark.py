"""Run the comparison whose results the README shows, or go on with it.

    python tools/benchmark.py --data FOLDER                  all methods, sets and seeds; hours on a small machine
    python tools/benchmark.py --methods baselines default    some of them
    python tools/benchmark.py --save                         also store the table in benchmark_data/results.csv

FOLDER holds uterus/ and barley/; without it the uterus files are downloaded and the barley seed is reported missing.
May be stopped and called again at any time: what is done lies in --out, a file a cell.
"""
from __future__ import annotations

import argparse
import sys
from pathlib import Path

from msi_selfsup.compare import METHODS, compare, standard_sets
from msi_selfsup.core import InputError

ROOT = Path(__file__).resolve().parents[1]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=ROOT / "benchmark_run", help="folder to keep the cells in (default: %(default)s)")
    parser.add_argument("--data", type=Path, help="folder with uterus/ and barley/")
    parser.add_argument("--methods", nargs="+", choices=list(METHODS), default=list(METHODS))
    parser.add_argument("--sets", nargs="+", choices=list(standard_sets()), default=list(standard_sets()))
    parser.add_argument("--seeds", type=int, default=5, help="how many (default: %(default)s)")
    parser.add_argument("--n_clusters", type=int, nargs="+", default=[0, 20], help="0: the number of classes of a set (default: 0 20)")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--save", action="store_true", help="store the table in benchmark_data/results.csv")
    asked = parser.parse_args()
    sets = standard_sets(asked.data)
    try:
        table = compare(asked.out, {name: sets[name] for name in asked.sets}, {name: METHODS[name] for name in asked.methods},
                        range(asked.seeds), tuple(k or None for k in asked.n_clusters), asked.device)
    except InputError as e: sys.exit(f"benchmark: {e}")
    if asked.save: table.to_csv(ROOT / "benchmark_data" / "results.csv", index=False, lineterminator="\n")
    done, missing = table[table.missing.isna()], table[table.missing.notna()]
    print(f"{len(done)} rows from {done.groupby(['set', 'method', 'n_clusters', 'seed']).ngroups} cells; {len(missing)} cells could not be run")
    for reason in missing.missing.unique(): print("  " + reason)


if __name__ == "__main__": main()
