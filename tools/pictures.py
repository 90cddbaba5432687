"""Make the pictures in nbs/images, which the README and the pages for chemists show.

    python tools/pictures.py              from a run of msi_demo; that of the report needs Chromium, or stays
    python tools/pictures.py FILE.imzML   also barley_clusters.png, from a run of the barley seed's imzML

Pictures are reduced to 256 colours and to the width they are shown at.
"""
from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from checks.pictures import few_colours
from PIL import Image

IMAGES = Path(__file__).resolve().parents[1] / "nbs" / "images"
SHOWN = {"montage": 1100, "n_clusters": 600}  # pixels wide, at most


def reduced(picture: Path, name: str, widest: int) -> None:
    "Store a picture as nbs/images/NAME.png."
    image = Image.open(picture).convert("RGB")
    if image.width > widest:
        image = image.resize((widest, round(image.height * widest / image.width)), Image.Resampling.LANCZOS)
    few_colours(image).save(IMAGES / f"{name}.png", optimize=True)
    print(IMAGES / f"{name}.png")


def take_picture(page: Path, picture: Path) -> None:
    "A picture of a page, by Chromium."
    browser = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if not browser: sys.exit("no Chromium: the picture of the report was left as it was")
    options = ["--headless", "--no-sandbox", "--hide-scrollbars", "--window-size=1100,1500"]
    command = [browser, *options, "--virtual-time-budget=4000", f"--screenshot={picture}", page.as_uri()]
    subprocess.run(command, check=True, capture_output=True)


def main() -> None:
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        run = Path(folder) / "demo"
        subprocess.run(["msi_demo", "--out", str(run)], check=True)
        for name, widest in SHOWN.items(): reduced(run / f"{name}.png", f"demo_{name}", widest)
        take_picture(run / "report.html", Path(folder) / "report.png")
        reduced(Path(folder) / "report.png", "demo_report", 1100)
        for sample in sys.argv[1:]:
            subprocess.run(["msi_cluster", sample, "--out", str(Path(folder) / "barley")], check=True)
            reduced(Path(folder) / "barley" / "clusters.png", "barley_clusters", 720)


if __name__ == "__main__": main()
