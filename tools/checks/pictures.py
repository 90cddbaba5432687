"""Make stored pictures a third as large, by 256 colours; the colours that areas are drawn in stay."""
from __future__ import annotations

import base64
import io

import numpy as np
from PIL import Image

EXACT = 192   # so many of a picture's most frequent colours stay, all others go to the nearest of 256


def palette_of(colours: np.ndarray, counts: np.ndarray) -> np.ndarray:
    "At most 256 colours for a picture, uint8 (n, 3): its most frequent ones, and a median cut of the others."
    order = np.argsort(-counts, kind="stable")
    if len(order) <= 256: return colours
    frequent, others = order[:EXACT], order[EXACT:]
    rest = Image.fromarray(np.repeat(colours[others], np.minimum(counts[others], 1000), axis=0)[None])
    cut = rest.quantize(256 - EXACT, dither=0).getpalette()
    made = np.array(cut, np.uint8).reshape(-1, 3)[:256 - EXACT]      # Pillow 9 fills it up to 256
    return np.concatenate([colours[frequent], made])


def few_colours(image: Image.Image) -> Image.Image:
    "The picture in at most 256 colours."
    pixels = np.asarray(image.convert("RGB")).astype(np.int64)
    codes, places, counts = np.unique(pixels @ (65536, 256, 1), return_inverse=True, return_counts=True)
    colours = np.stack([codes >> 16, codes >> 8 & 255, codes & 255], axis=1).astype(np.uint8)
    palette = palette_of(colours, counts)
    nearest = np.concatenate([np.argmin(((part[:, None].astype(int) - palette) ** 2).sum(2), axis=1)
                              for part in np.array_split(colours, len(colours) // 1000 + 1)])
    made = Image.fromarray(nearest.astype(np.uint8)[places].reshape(pixels.shape[:2]))
    made.putpalette(palette.tobytes())
    return made


def lighter(output: dict) -> dict:
    "A cell's output, its picture in at most 256 colours: a third of the bytes in every clone."
    picture = output.get("data", {}).get("image/png")
    if picture:
        small = io.BytesIO()
        image = Image.open(io.BytesIO(base64.b64decode("".join(picture))))
        few_colours(image).save(small, "PNG", optimize=True)
        output["data"]["image/png"] = base64.b64encode(small.getvalue()).decode()
    return output
