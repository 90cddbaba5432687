"""Make the pictures in nbs/images, which the README and the pages for chemists show, from a run of msi_demo.

    python tools/pictures.py          all; the picture of the report needs Chromium, and is left as it was where there is none

Pictures are reduced to 256 colours and to the width they are shown at.
"""
from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

IMAGES = Path(__file__).resolve().parents[1] / "nbs" / "images"
SHOWN = {"clusters": 1000, "montage": 1100, "n_clusters": 600}  # pixels wide, at most


def reduced(picture: Path, name: str, widest: int) -> None:
    "Store a picture as nbs/images/demo_NAME.png."
    image = Image.open(picture).convert("RGB")
    if image.width > widest: image = image.resize((widest, round(image.height * widest / image.width)), Image.Resampling.LANCZOS)
    image.quantize(256, dither=Image.Dither.NONE).save(IMAGES / f"demo_{name}.png", optimize=True)
    print(IMAGES / f"demo_{name}.png")


def main() -> None:
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        run = Path(folder) / "demo"
        subprocess.run(["msi_demo", "--out", str(run)], check=True)
        for name, widest in SHOWN.items(): reduced(run / f"{name}.png", name, widest)
        browser = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
        if not browser: sys.exit("no Chromium: the picture of the report was left as it was")
        subprocess.run([browser, "--headless", "--no-sandbox", "--hide-scrollbars", "--window-size=1100,1500", "--virtual-time-budget=4000",
                        f"--screenshot={folder}/report.png", (run / "report.html").as_uri()], check=True, capture_output=True)
        reduced(Path(folder) / "report.png", "report", 1100)


if __name__ == "__main__": main()
