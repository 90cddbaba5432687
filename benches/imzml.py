"""Benchmarks of reading imzML: images, XML, growth, and finding the m/z."""
from __future__ import annotations

import warnings
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from measure import Case
from samples import write_sample

PPM, PART = 10, 4       # half a window; how many images pyimzML is timed for


def sample(spectra: int, peaks: int, mode: str = "processed") -> str:
    return f"{mode}_{spectra}x{peaks}.imzML"


def prepare(folder: Path, spectra: int, peaks: int, mode: str = "processed") -> None:
    path = folder / sample(spectra, peaks, mode)
    if not path.exists(): write_sample(path, spectra, peaks, mode)


def asked(peaks: int, ions: int) -> np.ndarray:
    "m/z of `ions` of the peaks."
    return np.linspace(100, 1500, peaks)[::max(1, peaks // ions)][:ions]


# --- the ways: each opens what it needs, and returns what is timed

def own_images(folder: Path, name: str, mz: np.ndarray):
    from msi_selfsup.imzml import read_imzml
    return lambda: read_imzml(folder / name, mz, PPM, show=False)


def pyimzml_images(folder: Path, name: str, mz: np.ndarray):
    from pyimzml.ImzMLParser import ImzMLParser, getionimage
    parser = ImzMLParser(str(folder / name))
    some = mz[np.linspace(0, len(mz) - 1, PART).astype(int)]
    return lambda: [getionimage(parser, m, m * PPM * 1e-6) for m in some]


def imzy_images(folder: Path, name: str, mz: np.ndarray):
    from imzy import get_reader
    reader = get_reader(folder / name)
    reader.get_ion_images(mz[:2], ppm=PPM, silent=True)      # compiles
    return lambda: reader.get_ion_images(mz, ppm=PPM, silent=True)


def raw_read(folder: Path, name: str):
    return (folder / name).with_suffix(".ibd").read_bytes


def own_xml(folder: Path, name: str):
    from msi_selfsup.spectra import open_imzml
    return lambda: open_imzml(folder / name, show=False)


def pyimzml_xml(folder: Path, name: str):
    from pyimzml.ImzMLParser import ImzMLParser
    return lambda: ImzMLParser(str(folder / name), ibd_file=None)


def find(folder: Path, name: str):
    import_module("scipy.ndimage"), import_module("scipy.signal")   # loading is not timed
    from msi_selfsup.peaks import find_windows
    from msi_selfsup.spectra import open_imzml
    file = open_imzml(folder / name, show=False)
    which = np.arange(len(file.coordinates))
    return lambda: find_windows(file, which, None, PPM, 0.01, show=False)


def one_pass(folder: Path, name: str):
    from msi_selfsup.spectra import iter_spectra, open_imzml
    file = open_imzml(folder / name, show=False)
    which = np.arange(len(file.coordinates))
    return lambda: sum(1 for _ in iter_spectra(file, which, "", show=False))


# --- the cases

def image_cases(spectra: int, mode: str) -> list[Case]:
    name, mz = sample(spectra, 1000, mode), asked(1000, 1000)
    ready = partial(prepare, spectra=spectra, peaks=1000, mode=mode)
    case = partial(Case, f"1,000 images of 1,000 peaks, {mode}", size=spectra, unit="spectra", prepare=ready)
    cases = [case("msi_selfsup", start=partial(own_images, name=name, mz=mz)),
             case("raw read", start=partial(raw_read, name=name)),
             case("pyimzML", start=partial(pyimzml_images, name=name, mz=mz), scale=len(mz) / PART, times=1,
                  note=f"XML not timed; a loop over {PART} of 1,000 images, times {len(mz) // PART}")]
    if not find_spec("imzy"): return cases
    return [*cases, case("imzy", start=partial(imzy_images, name=name, mz=mz), times=2, note="XML not timed")]


def xml_cases(spectra: int) -> list[Case]:
    name, ready = sample(spectra, 4), partial(prepare, spectra=spectra, peaks=4)
    case = partial(Case, "XML", size=spectra, unit="spectra", prepare=ready)
    return [case("msi_selfsup", start=partial(own_xml, name=name)),
            case("pyimzML", start=partial(pyimzml_xml, name=name), times=1)]


def growth_cases(spectra: int) -> list[Case]:
    name, mz, ready = sample(spectra, 400), asked(400, 500), partial(prepare, spectra=spectra, peaks=400)
    mz = np.append(mz, mz[:100] * (1 + 1e-4))                # 500 windows, of which 100 hold nothing
    case = partial(Case, "500 images of 400 peaks", size=spectra, unit="spectra", prepare=ready, times=2)
    result = f"the images have {500 * spectra * 4 / 1e6:.0f} MB"
    return [case("msi_selfsup", start=partial(own_images, name=name, mz=mz), note=result),
            case("raw read", start=partial(raw_read, name=name))]


def find_cases(spectra: int) -> list[Case]:
    name, ready = sample(spectra, 1000), partial(prepare, spectra=spectra, peaks=1000)
    case = partial(Case, "finding the m/z of 1,000 peaks", size=spectra, unit="spectra", prepare=ready)
    return [case("msi_selfsup", start=partial(find, name=name)),
            case("one pass", start=partial(one_pass, name=name), note="`iter_spectra` alone")]


def cases(quick: bool) -> list[Case]:
    "All benchmarks of reading imzML."
    warnings.simplefilter("ignore")                          # images that hold nothing
    middle = [500, 1000] if quick else [1000, 3000, 10_000]
    large = [1000, 2000] if quick else [10_000, 50_000, 250_000]
    parts = [*(image_cases(n, mode) for mode in ("processed", "continuous") for n in middle),
             *map(xml_cases, large), *map(growth_cases, large), *map(find_cases, middle)]
    return [case for part in parts for case in part]
