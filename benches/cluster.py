"""How time and memory of `default` grow with the number of ions and of pixels: one line per case, in a process of its own.

    python benches/cluster.py                        # 100 to 5,000 ions on 10,000 pixels
    python benches/cluster.py --ions 20000 50000     # more of them
    python benches/cluster.py --side 1000 --ions 367 # on 1,000,000 pixels
    python benches/cluster.py --spectral --ions 1000 5000 20000 50000

The ions are those of simulated tissue: patterns of 400 ions in 10 classes, each drawn anew as often as needed, with
another brightness and new counts."""
from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
import warnings
from pathlib import Path

import numpy as np

COLUMNS = ("what", "ions", "pixels", "wall_s", "cpu_s", "peak_MB", "before_MB", "clusters", "ari")


def many_ions(n: int, side: int = 100, seed: int = 0):
    "`n` ions of 10 classes on about `side`**2 measured pixels, as `IonImages` with their classes."
    from msi_selfsup.images import IonImages
    from msi_selfsup.phantom import make_phantom
    base = make_phantom(10, min(n, 400), (64, 64), seed=seed, mean_counts=(0.3, 30))
    rng = np.random.default_rng(seed)
    at = (np.arange(side) * 64) // side
    mask = np.ones((side, side), bool)
    which = np.arange(n) % len(base.ions)
    patterns = base.expected / np.maximum(base.expected.mean((1, 2), keepdims=True), 1e-9)
    images = np.zeros((n, side, side), np.float32)
    for i, pattern in enumerate(which):
        expected = patterns[pattern][np.ix_(at, at)] + 0.02
        images[i] = rng.poisson(expected * np.exp(rng.uniform(np.log(0.3), np.log(30))))
    images.flags.writeable = False
    mz = np.sort(rng.uniform(100, 1200, n))
    return IonImages(images, mz, mask, classes=base.ions.classes[which], polarity="positive")


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def clustering(n: int, side: int, n_clusters, judging: bool) -> list[dict]:
    "Rows of a whole fit, and of the judging after it."
    from sklearn.metrics import adjusted_rand_score
    from msi_selfsup.clusterer import IonImageClusterer
    ions, clusterer = many_ions(n, side), IonImageClusterer(n_clusters, device="cpu")
    before, wall, cpu = peak_mb(), time.perf_counter(), time.process_time()
    clusterer.fit(ions, show=False)
    row = dict(what="fit", ions=n, pixels=int(ions.mask.sum()), wall_s=time.perf_counter() - wall,
               cpu_s=time.process_time() - cpu, peak_MB=peak_mb(), before_MB=before, clusters=clusterer.n_clusters_,
               ari=adjusted_rand_score(ions.classes, clusterer.labels_), stages=clusterer.timings_)
    return [row, judged(clusterer, row)] if judging else [row]


def judged(clusterer, fitted: dict) -> dict:
    "The row of the judging of a fitted clusterer."
    from msi_selfsup.judge import judge
    wall, cpu = time.perf_counter(), time.process_time()
    found = judge(clusterer)
    return fitted | dict(what="judge", wall_s=time.perf_counter() - wall, cpu_s=time.process_time() - cpu,
                         peak_MB=peak_mb(), stages={}, verdict=str(found.verdict))


def spectral(n: int) -> list[dict]:
    "Rows of spectral labels of points in 50 dimensions: our own, and scikit-learn's on the same graph."
    from sklearn.cluster import SpectralClustering
    from sklearn.metrics import adjusted_rand_score
    from msi_selfsup.spectral import knn_affinity, spectral_labels
    rng = np.random.default_rng(0)
    classes = np.arange(n) % 20
    points = (rng.normal(size=(20, 50))[classes] + rng.normal(size=(n, 50)) * 0.8).astype(np.float32)
    ways = {"spectral": lambda: spectral_labels(points, 20)}
    if n <= 5000:
        ways["scikit-learn"] = lambda: SpectralClustering(20, affinity="precomputed", assign_labels="cluster_qr",
                                                          random_state=0).fit_predict(knn_affinity(points))
    rows = []
    for name, way in ways.items():
        before, wall, cpu = peak_mb(), time.perf_counter(), time.process_time()
        labels = way()
        rows.append(dict(what=name, ions=n, pixels=0, wall_s=time.perf_counter() - wall, clusters=labels.max() + 1,
                         cpu_s=time.process_time() - cpu, peak_MB=peak_mb(), before_MB=before,
                         ari=adjusted_rand_score(classes, labels)))
    return rows


def line(row: dict) -> str:
    def cell(name):
        value = row[name]
        return f"{value:.2f}" if name == "ari" else f"{value:.1f}" if isinstance(value, float) else str(value)
    return "  ".join(cell(name).rjust(max(len(name), 8)) for name in COLUMNS)


def cases() -> list[tuple[str, list[str]]]:
    "Name and arguments of the usual cases."
    few = [(f"cluster {n} ions", ["--ions", str(n)]) for n in (100, 367, 1000, 5000)]
    return few + [("cluster 1,000,000 pixels", ["--ions", "367", "--side", "1000"]),
                  ("spectral labels", ["--spectral", "--ions", "1000", "5000", "20000", "50000"])]


def child(args, n: int) -> list[dict]:
    "The rows of one case, from a process of its own: its peak of memory is its own."
    command = [sys.executable, __file__, "--one", "--ions", str(n), "--side", str(args.side)]
    command += ["--judge"] * args.judge + ["--spectral"] * args.spectral + ["--clusters", str(args.clusters)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return [json.loads(text) for text in done.stdout.splitlines() if text.startswith("{")]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ions", type=int, nargs="+", default=[100, 367, 1000, 5000])
    parser.add_argument("--side", type=int, default=100, help="of the square of pixels")
    parser.add_argument("--clusters", default="auto", help="a number, or auto")
    parser.add_argument("--judge", action="store_true", help="judge the result, too")
    parser.add_argument("--spectral", action="store_true", help="spectral labels alone")
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.one:
        warnings.simplefilter("ignore")
        sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
        n_clusters = args.clusters if args.clusters == "auto" else int(args.clusters)
        rows = spectral(args.ions[0]) if args.spectral else clustering(args.ions[0], args.side, n_clusters, args.judge)
        for row in rows: print(json.dumps(row, default=float), flush=True)
        return
    print("  ".join(name.rjust(8) for name in COLUMNS))
    for n in args.ions:
        for row in child(args, n):
            print(line(row), flush=True)
            stages = {k: v for k, v in row.get("stages", {}).items() if v >= 0.05}
            if stages: print("   ", ", ".join(f"{stage} {seconds:.1f}" for stage, seconds in stages.items()), flush=True)


if __name__ == "__main__": main()
