"""Samples that are made up on the spot: imzML files of any number of spectra."""
from __future__ import annotations

import hashlib
import uuid
from pathlib import Path

import numpy as np

# one spectrum as pyimzML's writer words it
SPECTRUM = """      <spectrum defaultArrayLength="0" id="spectrum={n}" index="{n}">
        <referenceableParamGroupRef ref="spectrum1"/>
        <cvParam cvRef="MS" accession="MS:1000528" name="lowest observed m/z" value="{low:.4f}" \
unitCvRef="MS" unitAccession="MS:1000040" unitName="m/z"/>
        <cvParam cvRef="MS" accession="MS:1000527" name="highest observed m/z" value="{high:.4f}" \
unitCvRef="MS" unitAccession="MS:1000040" unitName="m/z"/>
        <cvParam cvRef="MS" accession="MS:1000504" name="base peak m/z" value="{low:.4f}" \
unitCvRef="MS" unitAccession="MS:1000040" unitName="m/z"/>
        <cvParam cvRef="MS" accession="MS:1000505" name="base peak intensity" value="{tic:.4f}" \
unitCvRef="MS" unitAccession="MS:1000131" unitName="number of counts"/>
        <cvParam cvRef="MS" accession="MS:1000285" name="total ion current" value="{tic:.4f}"/>
        <scanList count="1">
          <cvParam accession="MS:1000795" cvRef="MS" name="no combination"/>
          <scan instrumentConfigurationRef="instrumentConfiguration0">
            <referenceableParamGroupRef ref="scan1"/>
            <cvParam accession="IMS:1000050" cvRef="IMS" name="position x" value="{x}"/>
            <cvParam accession="IMS:1000051" cvRef="IMS" name="position y" value="{y}"/>
            <cvParam accession="IMS:1000052" cvRef="IMS" name="position z" value="1"/>
          </scan>
        </scanList>
        <binaryDataArrayList count="2">
{arrays}
        </binaryDataArrayList>
      </spectrum>
"""
ARRAY = """          <binaryDataArray encodedLength="0">
            <referenceableParamGroupRef ref="{kind}Array"/>
            <cvParam accession="IMS:1000103" cvRef="IMS" name="external array length" value="{length}"/>
            <cvParam accession="IMS:1000104" cvRef="IMS" name="external encoded length" value="{size}"/>
            <cvParam accession="IMS:1000102" cvRef="IMS" name="external offset" value="{at}"/>
            <binary/>
          </binaryDataArray>"""


def header_and_end(folder: Path, mode: str) -> tuple[str, str]:
    "What pyimzML writes before the first spectrum and behind the last one."
    from pyimzml.ImzMLWriter import ImzMLWriter
    types = dict(mz_dtype=np.float64, intensity_dtype=np.float32)
    with ImzMLWriter(str(folder / "one.imzML"), **types, mode=mode, spec_type="centroid") as file:
        file.addSpectrum([100.0], [1.0], (1, 1))
    text = (folder / "one.imzML").read_text()
    return text[:text.index("<spectrum ")].rstrip(" "), text[text.index("</spectrumList>"):]


def spectrum_xml(n: int, place: tuple[int, int], peaks: int, at: tuple[int, int]) -> str:
    "The XML of spectrum `n` from 0: m/z in 64 bits and intensities in 32 bits, at these bytes."
    x, y = place
    arrays = [ARRAY.format(kind=kind, length=peaks, size=size * peaks, at=offset)
              for kind, size, offset in (("mz", 8, at[0]), ("intensity", 4, at[1]))]
    return SPECTRUM.format(n=n + 1, x=x, y=y, low=100 + n % 7 / 8, high=1500 - n % 9 / 16, tic=1000 + n / 7,
                           arrays="\n".join(arrays))


def blocks_of_peaks(spectra: int, peaks: int, ppm: float, most: int = 512):
    "m/z, float64 (n, peaks), and intensities, float32 (n, peaks), of some spectra at a time."
    rng, centres = np.random.default_rng(0), np.linspace(100, 1500, peaks)
    for begin in range(0, spectra, most):
        n = min(most, spectra - begin)
        mz = centres * (1 + ppm * 1e-6 * rng.standard_normal((n, peaks), np.float32))
        yield mz, rng.gamma(2, 50, (n, peaks)).astype(np.float32)


def write_ibd(path: Path, spectra: int, peaks: int, continuous: bool, name: uuid.UUID) -> str:
    "Write the binary file, and return its SHA-1."
    digest = hashlib.sha1(name.bytes)
    with open(path, "wb") as file:
        file.write(name.bytes)
        for n, (mz, x) in enumerate(blocks_of_peaks(spectra, peaks, 0 if continuous else 1.5)):
            if not continuous: data = np.concatenate([mz.view(np.uint8), x.view(np.uint8)], 1).tobytes()
            else: data = (mz[0].tobytes() if n == 0 else b"") + x.tobytes()
            digest.update(data)
            file.write(data)
    return digest.hexdigest()


def write_sample(path: Path, spectra: int, peaks: int, mode: str = "processed", width: int = 500) -> Path:
    "An imzML of centroids, 12 bytes per peak, whose m/z scatter by 1.5 ppm around `peaks` even values."
    continuous, name = mode == "continuous", uuid.UUID(int=spectra)
    digest = write_ibd(path.with_suffix(".ibd"), spectra, peaks, continuous, name)
    begin, end = header_and_end(path.parent, mode)
    begin = begin.replace('spectrumList count="1"', f'spectrumList count="{spectra}"')
    for what, value in (('universally unique identifier" value="', "{" + str(name) + "}"),
                        ('ibd SHA-1" value="', digest), ('max count of pixels x" value="', str(width)),
                        ('max count of pixels y" value="', str(-(-spectra // width)))):
        before, _, rest = begin.partition(what)
        begin = before + what + value + rest[rest.index('"'):]
    with open(path, "w", newline="\n") as file:
        file.write(begin)
        for n in range(spectra):
            place = n % width + 1, n // width + 1
            own = 16 + 12 * peaks * n
            at = (16, 16 + 8 * peaks + 4 * peaks * n) if continuous else (own, own + 8 * peaks)
            file.write(spectrum_xml(n, place, peaks, at))
        file.write(end)
    return path
