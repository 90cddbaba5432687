"""Benchmarks of clustering: the default and the judging of its result, and spectral labels, as ions and
pixels grow.

The ions are those of simulated tissue: 400 patterns in 10 classes, each used as often as needed, with another
brightness and new counts."""
from __future__ import annotations

import warnings
from functools import partial
from pathlib import Path

import numpy as np
from measure import Case

SIDE = 100          # of the square of pixels
CLASSES = 20        # of the points that are labelled spectrally


def many_ions(n: int, side: int):
    "`n` ions of 10 classes on `side`**2 measured pixels, as `IonImages` with their classes."
    from msi_selfsup.images import IonImages
    from msi_selfsup.phantom import make_phantom
    base = make_phantom(10, min(n, 400), (64, 64), seed=0, mean_counts=(0.3, 30))
    rng, at = np.random.default_rng(0), (np.arange(side) * 64) // side
    which = np.arange(n) % len(base.ions)
    patterns = base.expected / np.maximum(base.expected.mean((1, 2), keepdims=True), 1e-9)
    images = np.zeros((n, side, side), np.float32)
    for i, pattern in enumerate(which):
        expected = patterns[pattern][np.ix_(at, at)] + 0.02
        images[i] = rng.poisson(expected * np.exp(rng.uniform(np.log(0.3), np.log(30))))
    images.flags.writeable = False
    mask, mz = np.ones((side, side), bool), np.sort(rng.uniform(100, 1200, n))
    return IonImages(images, mz, mask, classes=base.ions.classes[which], polarity="positive")


def fitting(folder: Path, n: int, side: int):
    "The whole default, with the number of clusters left open."
    from msi_selfsup.clusterer import IonImageClusterer
    warnings.simplefilter("ignore")
    ions = many_ions(n, side)
    return lambda: IonImageClusterer(device="cpu").fit(ions, show=False)


def judging(folder: Path, n: int):
    "Scores and baselines of a fitted default."
    from msi_selfsup.judge import judge
    clusterer = fitting(folder, n, SIDE)()
    return lambda: judge(clusterer)


def points(n: int) -> np.ndarray:
    rng = np.random.default_rng(0)
    centres = rng.normal(size=(CLASSES, 50))
    return (centres[np.arange(n) % CLASSES] + 0.8 * rng.normal(size=(n, 50))).astype("f4")


def labelling(folder: Path, n: int):
    "Spectral labels by this package."
    from msi_selfsup.spectral import spectral_labels
    rows = points(n)
    return lambda: spectral_labels(rows, CLASSES)


def labelling_by_sklearn(folder: Path, n: int):
    "Spectral labels of the same graph by scikit-learn."
    from msi_selfsup.spectral import knn_affinity
    from sklearn.cluster import SpectralClustering
    rows = points(n)
    settings = dict(affinity="precomputed", assign_labels="cluster_qr", random_state=0)
    by_theirs = SpectralClustering(CLASSES, **settings)
    return lambda: by_theirs.fit_predict(knn_affinity(rows))


def cases(quick: bool) -> list[Case]:
    "All benchmarks of clustering."
    ions = (100, 367) if quick else (100, 367, 1_000, 5_000, 20_000, 50_000)
    pixels = (100,) if quick else (100, 300, 1_000)
    whole = [Case("default, 10,000 pixels", "default", n, "ions", partial(fitting, n=n, side=SIDE), times=1)
             for n in ions]
    wide = [Case("default, 367 ions", "default", side**2, "pixels", partial(fitting, n=367, side=side),
                 times=1)
            for side in pixels]
    judged = [case for n in ions[:4] for case in (
        Case("clustering and judging", "clustering", n, "ions", partial(fitting, n=n, side=SIDE), times=1),
        Case("clustering and judging", "judging", n, "ions", partial(judging, n=n), times=1))]
    ways = {"scikit-learn": labelling_by_sklearn, "this package": labelling}
    spectral = [Case("spectral labels", way, n, "ions", partial(start, n=n), times=1)
                for n in ((1_000,) if quick else (1_000, 5_000, 20_000, 50_000))
                for way, start in ways.items() if n <= 5_000 or way == "this package"]
    return whole + wide + judged + spectral
