"""Train the section encoder whose weights come with the package, or go on with a training that was stopped.

    python tools/pretrain.py OUT                the weights as they are shipped: OUT/section_encoder.pt
    python tools/pretrain.py OUT --steps 20     a short training, to try it

OUT holds the checkpoint; the same command goes on from there. On one kind of CPU the result is the same,
bit for bit, however often it was stopped and with any number of --workers, which make the simulated
sections. The model card, OUT/section_encoder.json, states settings, data, seeds, size and SHA-256. To
ship other weights: copy both files into msi_selfsup/, and put the SHA-256 into
nbs/38_section_encoder.ipynb.
"""
from __future__ import annotations

import argparse
import json
from dataclasses import replace
from pathlib import Path

import torch

from msi_selfsup.pretrain import PretrainConfig, model_card, pretrain, save_weights


def arguments() -> argparse.Namespace:
    "What the command line asks for."
    as_written = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=as_written)
    parser.add_argument("out", type=Path, help="folder, made where missing")
    parser.add_argument("--steps", type=int, default=PretrainConfig.n_steps, help="(default: %(default)s)")
    parser.add_argument("--workers", type=int, default=0, help="processes that make sections (default: 0)")
    return parser.parse_args()


def main() -> None:
    "Train, and write weights and card."
    args = arguments()
    torch.set_num_threads(1)
    args.out.mkdir(parents=True, exist_ok=True)
    config = replace(PretrainConfig(), n_steps=args.steps)
    encoder, losses = pretrain(args.out / "checkpoint.pt", config, n_workers=args.workers, show=True)
    weights = save_weights(encoder, args.out / "section_encoder.pt")
    card = model_card(encoder, losses, config, weights)
    weights.with_suffix(".json").write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")
    print(f"{weights}: loss {card['last_loss']}, SHA-256 {card['sha256']}")


if __name__ == "__main__": main()
